"""Short phrases about results: a subject's name, a share, a number of things. All of them safe to show."""

import math
from collections.abc import Iterable

from scanner.model.document import Json
from scanner.publish.terminal import printable


def share(coverage: float | None) -> str:
    """Return a coverage from 0 to 1 as a percentage, rounded down: only a whole one reads 100%."""
    if coverage is None:
        return "none (nothing applied)"
    return f"{math.floor(round(coverage * 100, 6))}%"


def counted(number: int, singular: str, plural: str) -> str:
    """Return `1 check`, `2 checks`."""
    return f"{number} {singular if number == 1 else plural}"


def listed(names: Iterable[str]) -> str:
    """Return names in one line, parted by commas, each safe to show."""
    return ", ".join(printable(name) for name in names)


def rule_label(result: Json) -> str:
    """Return a rule as people call it: `MGP-301 mesh_entry`."""
    return f"{printable(result['rule'])} {printable(result['name'])}"


def subject_label(subject: Json) -> str:
    """Return what is judged, with its kind and real name: `gateway team-a/web/mesh-gateway`, `pair dc1 -> dc2`."""
    if subject["kind"] == "pair" and subject["peer"]:
        return f"pair {printable(subject['cluster'])} -> {printable(subject['peer'])}"
    place = [part for part in (subject["partition"], subject["namespace"]) if part]
    name = "/".join(printable(part) for part in [*place, subject["name"] or subject["id"]])
    return f"{subject['kind']} {name}{_peer(subject)}"


def _peer(subject: Json) -> str:
    return f" (peer {printable(subject['peer'])})" if subject["peer"] else ""
