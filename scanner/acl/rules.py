"""What the text of one ACL policy says, as Consul keeps it."""

from dataclasses import dataclass
from typing import Literal

from scanner.hcl.position import Position

Match = Literal["exact", "prefix", "scalar"]
Edition = Literal["ce", "enterprise"]


@dataclass(frozen=True)
class Rule:
    """One rule of a policy.

    Args:
        resource: in lower case and without `_prefix`: "service", "node", "key", "query", "operator", ...
        match: whether `segment` is a whole name or the beginning of one; "scalar" rules have no name.
        segment: the name or prefix, as written (names are case-sensitive); "" for a scalar.
        level: as written, because Consul ranks "Read" and "read" differently in a merge. Never "".
        intentions: of a service rule alone: its own level for intentions, as written; None where it says none.
        at: where the rule's key stands in the text.
    """

    resource: str
    match: Match
    segment: str
    level: str
    intentions: str | None
    at: Position


@dataclass(frozen=True)
class Ignored:
    """Something that Consul accepts and that grants nothing: an unknown key, `peering = "Read"`."""

    what: str
    why: str
    at: Position


@dataclass(frozen=True)
class Policy:
    """The rules of one policy in the order of the text, and what in it has no effect."""

    rules: tuple[Rule, ...]
    ignored: tuple[Ignored, ...]
