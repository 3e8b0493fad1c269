"""The policies that Consul makes of service and node identities and of its builtin templates.

Their rules are those of Consul 1.22.7 CE (agent/structs/acltemplatedpolicy/policies/ce/), made here without reading a
text, so that thousands of tokens cost nothing. `tests/integration/test_acl_parity.py` compares them with Consul's own.
"""

from dataclasses import dataclass

from scanner.acl.merge import NamedPolicy
from scanner.acl.rules import Match, Policy, Rule
from scanner.hcl.position import Position

SERVICE = "builtin/service"
NODE = "builtin/node"


@dataclass(frozen=True)
class _Line:
    resource: str
    match: Match
    segment: str
    level: str


_NAME = "{name}"
_READ_SERVICES = _Line("service", "prefix", "", "read")
_READ_NODES = _Line("node", "prefix", "", "read")
_READ_AGENTS = _Line("agent", "prefix", "", "read")
_WRITE_SERVICES = _Line("service", "prefix", "", "write")
_OWN_SERVICE = _Line("service", "exact", _NAME, "write")

_TEMPLATES: dict[str, tuple[_Line, ...]] = {
    SERVICE: (
        _OWN_SERVICE,
        _Line("service", "exact", f"{_NAME}-sidecar-proxy", "write"),
        _READ_SERVICES,
        _READ_NODES,
    ),
    NODE: (_Line("node", "exact", _NAME, "write"), _READ_SERVICES),
    "builtin/dns": (_READ_NODES, _READ_SERVICES, _Line("query", "prefix", "", "read")),
    "builtin/api-gateway": (_Line("mesh", "scalar", "", "read"), _READ_NODES, _READ_SERVICES, _OWN_SERVICE),
    "builtin/nomad-server": (_Line("acl", "scalar", "", "write"), _READ_AGENTS, _READ_NODES, _WRITE_SERVICES),
    "builtin/nomad-client": (_READ_AGENTS, _READ_NODES, _WRITE_SERVICES, _Line("key", "prefix", "", "read")),
}

NAMELESS = frozenset({"builtin/dns", "builtin/nomad-server", "builtin/nomad-client"})
"""Templates that take no name: two uses of one are the same."""


def synthetic(template: str, name: str) -> NamedPolicy | None:
    """Return the policy of a template for a name; None where this scanner does not know the template."""
    lines = _TEMPLATES.get(template)
    if lines is None:
        return None
    called = f"{template} {name}".strip()
    return NamedPolicy(called, called, Policy(tuple(_rule(line, name) for line in lines), ()))


def _rule(line: _Line, name: str) -> Rule:
    segment = line.segment.replace(_NAME, name)
    # Nobody wrote these rules, so they stand nowhere; a position has no smaller value.
    return Rule(line.resource, line.match, segment, line.level, None, Position(1, 1))
