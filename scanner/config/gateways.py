"""What a config file tells of a cluster's gateways: `clusters.<name>.gateways`."""

from scanner.collect.address import Address, parse_address
from scanner.collect.target import GatewayTarget, TokenHint
from scanner.config.yaml_text import Place, YamlText
from scanner.errors import ConfigError
from scanner.model.document import Json


def gateway_targets(text: YamlText, cluster: str) -> tuple[GatewayTarget, ...]:
    """Return the gateways of a cluster as the file tells of them.

    Raises:
        ConfigError: an address that is none, with its place in the file.
    """
    entries: list[Json] = text.value["clusters"][cluster].get("gateways", [])
    return tuple(_gateway(text, ("clusters", cluster, "gateways", at), entry) for at, entry in enumerate(entries))


def address_at(text: YamlText, place: Place, written: str) -> Address:
    """Return the address that stands at a place of the file.

    Raises:
        ConfigError: it is none, with that place.
    """
    try:
        return parse_address(written)
    except ConfigError as error:
        raise ConfigError(f"{text.place(place)}: {error.message}", error.advice) from None


def _gateway(text: YamlText, place: Place, entry: Json) -> GatewayTarget:
    admins = entry.get("envoy_admin", {})
    return GatewayTarget(
        entry["service"],
        entry.get("partition", ""),
        entry.get("namespace", ""),
        {name: address_at(text, (*place, "envoy_admin", name), admin) for name, admin in admins.items()},
        token=next((TokenHint(by, value) for by, value in entry.get("token", {}).items()), None),
        **entry.get("attest", {}),
    )
