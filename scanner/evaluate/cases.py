"""Reads `<rule>_cases.yaml`: a base snapshot, changes to it, and every verdict that the rule must give then.

`schemas/cases.json` has the form. `with` puts further rules into the catalogue. An expected verdict names what matters
of it: any field of the subject, status, message, needed, error, evidence, remedy (its text), steps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scanner.errors import DocumentError
from scanner.evaluate.changes import changed
from scanner.evaluate.recorded import base_snapshot
from scanner.model.document import Json
from scanner.model.result import Verdict
from scanner.schemas import fault

_FORM = "docs/custom-rules.md shows the form."


@dataclass(frozen=True)
class Case:
    """One case of a rule, with its snapshot changed already; `file` is where it stands."""

    rule: str
    beside: tuple[str, ...]
    name: str
    snapshot: Json
    parameters: Json
    expected: tuple[Json, ...]
    file: Path


def cases_below(folder: Path) -> list[Case]:
    """Return every case below a folder, ordered by file. Raises DocumentError (see `cases_in`)."""
    return [case for path in sorted(folder.rglob("*_cases.yaml")) for case in cases_in(path)]


def cases_in(path: Path) -> list[Case]:
    """Return the cases of one file.

    Raises:
        DocumentError: it is not YAML or not of its schema, or a case changes what is not there, or makes of the
            snapshot what no snapshot can be.
    """
    document = _document(path)
    if reason := fault(document, "cases"):
        raise DocumentError(f"{path}: {reason}", _FORM)
    return list(_cases(document, path))


def _document(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DocumentError(f"{path} cannot be read: {' '.join(str(error).split())}", _FORM) from error


def _cases(document: Json, path: Path) -> Iterator[Case]:
    base = base_snapshot(document.get("base", "healthy-pair"), path.parent)
    for case in document["cases"]:
        yield Case(
            rule=document["rule"],
            beside=tuple(case.get("with", ())),
            name=case["name"],
            snapshot=_snapshot(base, case, path),
            parameters=case.get("parameters", {}),
            expected=tuple(case["expect"]),
            file=path,
        )


def _snapshot(base: Json, case: Json, path: Path) -> Json:
    where = f"{path}: case {case['name']!r}"
    try:
        snapshot = changed(base, case.get("change", []))
    except KeyError as missing:
        raise DocumentError(
            f"{where}: a change leads nowhere: there is no {missing}", "`consul-scan export` shows what there is."
        ) from missing
    if reason := fault(snapshot, "snapshot"):
        raise DocumentError(f"{where}: what its changes make is no snapshot: {reason}", "Change it otherwise.")
    return snapshot


def unlike(verdicts: Sequence[Verdict], expected: Sequence[Json]) -> tuple[list[Json], list[Json]]:
    """Return what is left of both when each expected verdict has taken one that it describes: nothing if alike."""
    given = [flat(verdict) for verdict in verdicts]
    missing = []
    for wanted in expected:
        found = next((one for one in given if wanted.items() <= one.items()), None)
        if found is None:
            missing.append(wanted)
        else:
            given.remove(found)
    return given, missing


def flat(verdict: Verdict) -> Json:
    """Return a verdict with the fields that a case may name."""
    subject = verdict.subject.document()
    told = {"status": verdict.status, "message": verdict.message, "needed": verdict.needed, "error": verdict.error}
    remedy = verdict.remedy or {"text": None, "steps": []}
    return subject | told | {"evidence": verdict.evidence, "remedy": remedy["text"], "steps": remedy["steps"]}
