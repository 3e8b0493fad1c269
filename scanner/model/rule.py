"""A rule of the catalogue, as its METADATA describes it."""

from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["critical", "high", "medium", "low", "info"]

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
"""From worst to mildest."""


def at_least(severity: Severity, threshold: Severity) -> bool:
    """Tell whether `severity` is as bad as `threshold` or worse."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(threshold)


@dataclass(frozen=True)
class Parameter:
    """One setting of a rule: its JSON type, default and meaning."""

    name: str
    type: str
    default: Any
    meaning: str


@dataclass(frozen=True)
class Rule:
    """What the catalogue knows of a rule.

    `group` and `name` are the last two parts of its package (`compliance.rules.<group>.<name>`); `needs` are the
    sections of the snapshot without which it cannot judge a cluster; `judges` is the kind of its subjects and
    `two_sided` tells that it needs the other cluster too; `follows_from` are rules whose failure on the same cluster
    or pair explains a failure of this one; `settle_seconds` is how long it must fail before the daemon speaks;
    `in_rego` is false of the rules about waivers, which are judged after all others.
    """

    id: str
    group: str
    name: str
    title: str
    description: str
    severity: Severity
    document: tuple[str, ...]
    needs: tuple[str, ...]
    judges: str
    two_sided: bool
    not_applicable: str
    in_consul: str
    mend: Literal["commands", "text"]
    parameters: tuple[Parameter, ...] = ()
    follows_from: tuple[str, ...] = ()
    settle_seconds: int = 0
    related_resources: tuple[str, ...] = field(default=())
    in_rego: bool = True

    def defaults(self) -> dict[str, Any]:
        """Return the default of each parameter by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}
