"""Reads `<rule>_cases.yaml`: a base snapshot, changes to it, and every verdict that the rule must give then.

`with` puts further rules into the catalogue. A change is {set: POINTER, to: VALUE}, {set: POINTER, from: POINTER} (a
copy) or {remove: POINTER}; in a pointer (RFC 6901) a `*` stands for every key there, as recorded ids are random. An
expected verdict names what matters of it: any field of the subject, status, message, needed, evidence, remedy (its
text), steps.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scanner.evaluate.policies import shipped_policies
from scanner.model.document import Json
from scanner.model.result import Verdict

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Case:
    """One case of a rule, with its snapshot changed already."""

    rule: str
    beside: tuple[str, ...]
    name: str
    snapshot: Json
    parameters: Json
    expected: tuple[Json, ...]


def all_cases() -> list[Case]:
    """Return every case beside every rule."""
    paths = sorted(shipped_policies().rglob("*_cases.yaml"))
    return [case for path in paths for case in cases_of(yaml.safe_load(path.read_text()))]


def cases_of(document: Json) -> Iterator[Case]:
    """Return the cases of one file."""
    base = base_snapshot(document.get("base", "healthy-pair"))
    for case in document["cases"]:
        yield Case(
            rule=document["rule"],
            beside=tuple(case.get("with", ())),
            name=case["name"],
            snapshot=changed(base, case.get("change", [])),
            parameters=case.get("parameters", {}),
            expected=tuple(case["expect"]),
        )


def base_snapshot(name: str) -> Json:
    """Return a recorded snapshot."""
    snapshot: Json = json.loads((DATA / f"{name}.json").read_text())
    return snapshot


def changed(snapshot: Json, changes: list[Json]) -> Json:
    """Return a copy with the changes made, in order. Raises KeyError where a pointer leads nowhere."""
    result = copy.deepcopy(snapshot)
    for change in changes:
        *way, last = _parts(change["set"] if "set" in change else change["remove"])
        value = _value(result, change)
        for parent in _reached(result, way):
            for key in list(_children(parent)) if last == "*" else [last]:
                _apply(parent, key, change, value)
    return result


def _value(document: Any, change: Json) -> Any:
    """Return what is set; None where a change removes."""
    if "from" in change:
        return _reached(document, _parts(change["from"]))[0]
    return change["to"] if "set" in change else None


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _reached(document: Any, way: list[str]) -> list[Any]:
    reached = [document]
    for part in way:
        children = [_children(parent) for parent in reached]
        reached = [value for found in children for value in (found.values() if part == "*" else [found[part]])]
    if not reached:
        raise KeyError("/".join(way))
    return reached


def _children(parent: Any) -> dict[str, Any]:
    return parent if isinstance(parent, dict) else {str(index): value for index, value in enumerate(parent)}


def _apply(parent: Any, key: str, change: Json, value: Any) -> None:
    place: Any = int(key) if isinstance(parent, list) else key
    if "remove" in change:
        del parent[place]
    else:
        parent[place] = copy.deepcopy(value)


def unlike(verdicts: list[Verdict], expected: tuple[Json, ...]) -> tuple[list[Json], list[Json]]:
    """Return what is left of both when each expected verdict has taken one that it describes: nothing if alike."""
    given = [_flat(verdict) for verdict in verdicts]
    missing = []
    for wanted in expected:
        found = next((one for one in given if wanted.items() <= one.items()), None)
        if found is None:
            missing.append(wanted)
        else:
            given.remove(found)
    return given, missing


def _flat(verdict: Verdict) -> Json:
    subject = verdict.subject.document()
    told = {"status": verdict.status, "message": verdict.message, "needed": verdict.needed, "error": verdict.error}
    remedy = verdict.remedy or {"text": None, "steps": []}
    return subject | told | {"evidence": verdict.evidence, "remedy": remedy["text"], "steps": remedy["steps"]}
