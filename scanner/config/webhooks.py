"""Who is told of findings: `webhooks` of a config file."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from ipaddress import ip_network

from scanner.collect.target import Tls
from scanner.collect.tls import tls_context
from scanner.config.yaml_text import Place, YamlText
from scanner.errors import ConfigError
from scanner.model.document import Json
from scanner.publish.webhooks.settings import Endpoint, Filters, Network, Road, Template
from scanner.publish.webhooks.source import InFile, InVariable, Source, Written

_LONGEST_TEMPLATE = 64 * 1024
_TLS_FILES = ("ca_file", "cert_file", "key_file")


def endpoints(text: YamlText, environment: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """Return the endpoints of a file; `environment` is where `url_env` and `secret_env` look, when they are needed.

    Raises:
        ConfigError: settings that do not go together, with their place in the file; a template that cannot be read.
    """
    entries: list[Json] = text.value.get("webhooks", [])
    found = tuple(_endpoint(text, ("webhooks", at), entry, environment) for at, entry in enumerate(entries))
    names = [endpoint.name for endpoint in found]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise _refusal(text, ("webhooks", at, "name"), f"{name} stands twice", "Give each endpoint its own name")
    return found


def _endpoint(text: YamlText, place: Place, entry: Json, environment: Mapping[str, str]) -> Endpoint:
    _check(text, place, entry)
    url = _source("url", entry, text, environment)
    if url is None:
        raise _refusal(text, place, "lacks its address", "Give one of url, url_file and url_env")
    plain: Json = {"format": entry["format"]} if "format" in entry else {}
    if "window" in entry:
        plain["window"] = timedelta(seconds=int(entry["window"].removesuffix("s")))
    return Endpoint(
        entry["name"],
        url,
        secrets=_source("secret", entry, text, environment),
        filters=_filters(text, place, entry.get("filters", {})),
        template=_template(text, place, entry),
        road=_road(text, place, entry),
        **plain,
    )


def _check(text: YamlText, place: Place, entry: Json) -> None:
    """Refuse settings that do not go together."""
    how = entry.get("format", "standard")
    for kind in ("url", "secret"):
        if len([key for key in (kind, f"{kind}_file", f"{kind}_env") if key in entry]) > 1:
            raise _refusal(text, place, f"has its {kind} twice", f"Keep one of the settings that begin with {kind}")
    signed = "secret_file" in entry or "secret_env" in entry
    if how == "standard" and not signed:
        raise _refusal(text, place, "lacks the secret to sign with", "Give secret_file or secret_env")
    if how in {"slack", "alertmanager"} and signed:
        raise _refusal(text, place, f"has a secret, and {how} knows no signature", "Remove it")
    if how == "slack" and "url" in entry:
        raise _refusal(text, place, "has its url in the file, and Slack's is a secret", "Give url_file or url_env")
    if (how == "template") != ("template" in entry) or ("content_type" in entry and how != "template"):
        raise _refusal(text, place, "mixes formats", "template and content_type go with format: template alone")


def _source(kind: str, entry: Json, text: YamlText, environment: Mapping[str, str]) -> Source | None:
    if f"{kind}_file" in entry:
        return InFile(text.path.parent / entry[f"{kind}_file"])
    if f"{kind}_env" in entry:
        return InVariable(entry[f"{kind}_env"], environment)
    return Written(entry[kind]) if kind in entry else None


def _filters(text: YamlText, place: Place, entry: Json) -> Filters:
    for name in entry.get("clusters", ()):
        if name not in text.value.get("clusters", {}):
            raise _refusal(text, (*place, "filters", "clusters"), f"names {name}, which is no cluster", "See clusters")
    given: Json = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Filters(**given)


def _template(text: YamlText, place: Place, entry: Json) -> Template | None:
    if "template" not in entry:
        return None
    path = text.path.parent / entry["template"]
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_TEMPLATE + 1).decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise _refusal(text, (*place, "template"), f"names {path}: {reason}", "Name a readable template") from None
    if len(content) > _LONGEST_TEMPLATE:
        raise _refusal(text, (*place, "template"), f"names {path}, which is too large", "64 kB are the most")
    return Template(content, **{key: entry[key] for key in ("content_type",) if key in entry})


def _road(text: YamlText, place: Place, entry: Json) -> Road:
    files = Tls(**{key: text.path.parent / entry[key] for key in _TLS_FILES if key in entry})
    networks = tuple(
        _network(text, (*place, "networks", at), each) for at, each in enumerate(entry.get("networks", ()))
    )
    return Road(networks, entry.get("proxy"), partial(tls_context, files))


def _network(text: YamlText, place: Place, written: str) -> Network:
    try:
        return ip_network(written)
    except ValueError:
        raise _refusal(text, place, f"{written} is no network", "It looks like 10.0.0.0/8 or fd00::/8") from None


def _refusal(text: YamlText, place: Place, what: str, advice: str) -> ConfigError:
    return ConfigError(f"{text.place(place)}: {'.'.join(map(str, place))} {what}", advice)
