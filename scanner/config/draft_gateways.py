"""The part of a drafted config file about one gateway: its Envoys and its token, which Consul does not tell."""

from collections.abc import Callable, Iterator

from scanner.model.document import Json

_LONGEST_KEY = 1000
"""YAML wants the colon within 1,024 characters, or a question mark before the key."""

Quote = Callable[[str], str]
"""Makes YAML of a text, on one line."""


def gateway_lines(key: str, gateway: Json, state: Json, quote: Quote) -> Iterator[str]:
    """Yield the lines of an item of `gateways`.

    Args:
        key: of the gateway in the snapshot.
        gateway: what stands there.
        state: the whole cluster, for the ACL tokens that may be the gateway's.
        quote: makes YAML of a name.
    """
    yield f"- service: {quote(gateway['service'])}"
    for place in ("partition", "namespace"):
        if gateway[place]:
            yield f"  {place}: {quote(gateway[place])}"
    yield "  # Where each Envoy's admin interface answers proves which way the stream goes (MGP-405):"
    yield "  # envoy_admin:"
    for instance in sorted(gateway["instances"]):
        yield from (f"  #   {line}" for line in _entry(quote(instance), "http://HOST:19000"))
    yield from (f"  # {line}" for line in _token_lines(key, state, quote))


def _entry(key: str, value: str) -> Iterator[str]:
    if len(key) > _LONGEST_KEY:
        yield f"? {key}"
        yield f": {value}"
    else:
        yield f"{key}: {value}"


def _token_lines(key: str, state: Json, quote: Quote) -> Iterator[str]:
    acl = state["acl"]
    if acl is None:
        read = state["collection"]["acl"]
        if read["status"] != "disabled":
            yield f"Its ACL token was not looked for: {quote(read['detail'])}; see `consul-scan policy --acl`."
        return
    tokens: Json = acl["gateways"].get(key, {"tokens": {}})["tokens"]
    yield f"Which ACL token it uses, of {len(tokens)} that may write the service:"
    for accessor, more in sorted(tokens.items()):
        yield f"token: {{accessor: {quote(accessor)}}}  # {_described(acl, accessor, more, quote)}"


def _described(acl: Json, accessor: str, more: int, quote: Quote) -> str:
    token = acl["tokens"][accessor]
    policies = [_name(acl["policies"], policy) for policy in token["attached"]["policies"]]
    roles = [_name(acl["roles"], role) for role in token["roles"]]
    told = [
        f"described as {quote(token['description'])}",
        *(f"policy {quote(name)}" for name in policies),
        *(f"role {quote(name)}" for name in roles),
        *([f"and {more} more like it"] if more else []),
    ]
    return ", ".join(told)


def _name(stored: Json, key: str) -> str:
    return str(stored[key]["name"]) if key in stored else key
