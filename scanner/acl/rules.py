"""What the text of one ACL policy says, as Consul keeps it."""

from dataclasses import dataclass
from typing import Literal

from scanner.hcl.position import Position

Match = Literal["exact", "prefix", "scalar"]


@dataclass(frozen=True)
class Rule:
    """One rule of a policy.

    Args:
        resource: in lower case and without `_prefix`: "service", "node", "key", "query", "operator", ...
        match: whether `segment` is a whole name or the beginning of one; "scalar" rules have no name.
        segment: the name or prefix, escapes decoded (names are case-sensitive); "" for a scalar.
        level: as written, because Consul ranks "Read" and "read" differently in a merge. Never "".
        intentions: of a service rule alone: its own level for intentions, as written; None where it says none.
        at: where the rule's name stands in the text, or a scalar's level.
    """

    resource: str
    match: Match
    segment: str
    level: str
    intentions: str | None
    at: Position


@dataclass(frozen=True)
class Ignored:
    """Something that Consul accepts and that grants nothing: an unknown key, `peering = "Read"`.

    Args:
        what: as the text has it.
        why: it grants nothing; or that it is not judged.
        at: where it stands.
        judged: False where it may grant or deny something after all: Enterprise's blocks on Enterprise.
    """

    what: str
    why: str
    at: Position
    judged: bool = True


@dataclass(frozen=True)
class Policy:
    """What one policy says.

    Args:
        rules: of one resource and match in the order in which Consul merges them: those with a label (`service "a" {}`)
            before those in a block (`service { a {} }`). The order matters to levels that Consul cannot rank ("Read").
        ignored: what in the text has no effect.
    """

    rules: tuple[Rule, ...]
    ignored: tuple[Ignored, ...]
