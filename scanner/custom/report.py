"""What was found of custom rules, for people and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import yaml

from scanner.custom.trials import Outcome
from scanner.evaluate.coverage import Coverage
from scanner.evaluate.source import Fault
from scanner.model.document import Json
from scanner.publish.terminal import printable

SCHEMA_VERSION = 1

_LINE = 400
_TOLD = ("status", "cluster", "kind", "id", "message", "needed", "error")


@dataclass(frozen=True)
class TrialReport:
    """The outcomes of all cases; `coverage` of the files that were tried, None where the engine cannot tell."""

    outcomes: tuple[Outcome, ...]
    coverage: Coverage | None
    remarks: tuple[str, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The cases that did not come out as expected."""
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)


def faults_text(faults: Sequence[Fault], checked: int) -> str:
    """Return a line for each fault, and the sum."""
    lines = [printable(str(fault), _LINE) for fault in faults]
    return "\n".join([*lines, f"{_count(checked, 'file')} checked, {_count(len(faults), 'fault')}."]) + "\n"


def faults_json(faults: Sequence[Fault], checked: int) -> str:
    """Return {"schema_version", "checked", "faults": [{"path", "line", "reason", "instead"}]}."""
    return _json({"checked": checked, "faults": [asdict(fault) for fault in faults]})


def trials_text(report: TrialReport) -> str:
    """Return each case that failed, with what was expected and seen; then counts, coverage and remarks."""
    lines = [line for outcome in report.failed for line in _failure(outcome)]
    passed = len(report.outcomes) - len(report.failed)
    lines += [f"{_count(len(report.outcomes), 'case')}: {passed} passed, {len(report.failed)} failed."]
    lines += _coverage(report.coverage)
    return "\n".join([*lines, *(f"Note: {printable(remark, _LINE)}." for remark in report.remarks)]) + "\n"


def trials_json(report: TrialReport) -> str:
    """Return {"schema_version", "passed", "failed", "cases": [...], "coverage": {path: ...} | null, "remarks"}."""
    cases = [
        {"file": one.case.file.as_posix(), "rule": one.case.rule, "name": one.case.name, "passed": one.passed}
        | {"missing": list(one.missing), "unexpected": list(one.unexpected)}
        for one in report.outcomes
    ]
    failed = len(report.failed)
    counts = {"passed": len(cases) - failed, "failed": failed}
    return _json(counts | {"cases": cases, "coverage": _lines(report.coverage), "remarks": list(report.remarks)})


def _lines(coverage: Coverage | None) -> Json | None:
    if coverage is None:
        return None
    return {
        path: {"reached": len(lines.reached), "lines": len(lines.all), "missed": list(lines.missed)}
        for path, lines in sorted(coverage.items())
    }


def _failure(outcome: Outcome) -> list[str]:
    case = outcome.case
    lines = [printable(f"FAILED {case.file}: {case.rule}: {case.name}", _LINE)]
    lines += [f"  expected, but not seen: {_flow(expected)}" for expected in outcome.missing]
    named = {key for expected in case.expected for key in expected}
    return lines + [f"  seen, but not expected: {_flow(_short(seen, named))}" for seen in outcome.unexpected]


def _short(seen: Json, named: set[str]) -> Json:
    """Return what tells a verdict from others, and whatever the case names of any."""
    told = (*_TOLD, *sorted(named - set(_TOLD)))
    return {key: seen[key] for key in told if key in seen and seen[key] is not None}


def _flow(verdict: Json) -> str:
    """Return a verdict as it could stand in a file of cases."""
    text = yaml.safe_dump(verdict, default_flow_style=True, sort_keys=False, width=float("inf"), allow_unicode=True)
    return printable(text.strip(), _LINE)


def _coverage(coverage: Coverage | None) -> list[str]:
    if coverage is None:
        return ["Lines reached: an OPA server does not tell; --engine embedded does."]
    every = sum(len(lines.all) for lines in coverage.values())
    reached = sum(len(lines.reached) for lines in coverage.values())
    missed = [
        printable(f"  never reached: {path}:{', '.join(map(str, lines.missed))}", _LINE)
        for path, lines in sorted(coverage.items())
        if lines.missed
    ]
    return [f"Lines reached: {reached} of {every}.", *missed]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _json(document: Json) -> str:
    return json.dumps({"schema_version": SCHEMA_VERSION} | document, indent=2, ensure_ascii=True) + "\n"
