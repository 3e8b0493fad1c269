"""The policies that Consul makes of service and node identities and of its builtin templates.

Their rules are those of Consul 1.22.7 CE (agent/structs/acltemplatedpolicy/policies/ce/), made here without reading a
text, so that thousands of tokens cost nothing. `tests/integration/test_acl_parity.py` compares them with Consul's own.
"""

from functools import lru_cache

from scanner.acl.merge import NamedPolicy
from scanner.acl.rules import Match, Policy, Rule
from scanner.hcl.position import Position

SERVICE = "builtin/service"
NODE = "builtin/node"

_NAME = "{name}"
# Nobody wrote these rules, so they stand nowhere; a position has no smaller value.
_NOWHERE = Position(1, 1)


def _rule(resource: str, match: Match, segment: str, level: str) -> Rule:
    return Rule(resource, match, segment, level, None, _NOWHERE)


_READ_SERVICES = _rule("service", "prefix", "", "read")
_READ_NODES = _rule("node", "prefix", "", "read")
_READ_AGENTS = _rule("agent", "prefix", "", "read")
_WRITE_SERVICES = _rule("service", "prefix", "", "write")
_OWN_SERVICE = _rule("service", "exact", _NAME, "write")

_TEMPLATES: dict[str, tuple[Rule, ...]] = {
    SERVICE: (
        _OWN_SERVICE,
        _rule("service", "exact", f"{_NAME}-sidecar-proxy", "write"),
        _READ_SERVICES,
        _READ_NODES,
    ),
    NODE: (_rule("node", "exact", _NAME, "write"), _READ_SERVICES),
    "builtin/dns": (_READ_NODES, _READ_SERVICES, _rule("query", "prefix", "", "read")),
    "builtin/api-gateway": (_rule("mesh", "scalar", "", "read"), _READ_NODES, _READ_SERVICES, _OWN_SERVICE),
    "builtin/nomad-server": (_rule("acl", "scalar", "", "write"), _READ_AGENTS, _READ_NODES, _WRITE_SERVICES),
    "builtin/nomad-client": (_READ_AGENTS, _READ_NODES, _WRITE_SERVICES, _rule("key", "prefix", "", "read")),
}

NAMELESS = frozenset({"builtin/dns", "builtin/nomad-server", "builtin/nomad-client"})
"""Templates that take no name: two uses of one are the same."""


# The identities of roles are those of all tokens that have them.
@lru_cache(maxsize=4096)
def synthetic(template: str, name: str) -> NamedPolicy | None:
    """Return the policy of a template for a name; None where this scanner does not know the template."""
    rules = _TEMPLATES.get(template)
    if rules is None:
        return None
    called = f"{template} {name}".strip()
    return NamedPolicy(called, called, Policy(tuple(_named(rule, name) for rule in rules), ()))


def _named(rule: Rule, name: str) -> Rule:
    if _NAME not in rule.segment:
        return rule
    return Rule(rule.resource, rule.match, rule.segment.replace(_NAME, name), rule.level, None, rule.at)
