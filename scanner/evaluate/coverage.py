"""Which lines of the policies an engine reached."""

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.model.document import Json


@dataclass(frozen=True)
class Lines:
    """The lines of one file that hold something to evaluate: those that were reached, and all."""

    reached: frozenset[int]
    all: frozenset[int]

    @property
    def missed(self) -> tuple[int, ...]:
        """The lines that were never reached, in order."""
        return tuple(sorted(self.all - self.reached))

    def __or__(self, other: "Lines") -> "Lines":
        """Return what two evaluations reached together."""
        return Lines(self.reached | other.reached, self.all | other.all)


Coverage = dict[str, Lines]
"""By the path of the policy."""


def read_coverage(report: Json) -> Coverage:
    """Return what regorus reports: {"files": [{"path", "covered": [...], "not_covered": [...]}]}."""
    return {file["path"]: _lines(file) for file in report["files"]}


def together(first: Mapping[str, Lines], second: Mapping[str, Lines]) -> Coverage:
    """Return what two evaluations reached together, by path."""
    nothing = Lines(frozenset(), frozenset())
    return {path: first.get(path, nothing) | second.get(path, nothing) for path in first.keys() | second.keys()}


def _lines(file: Json) -> Lines:
    reached = frozenset(file["covered"])
    return Lines(reached, reached | frozenset(file["not_covered"]))
