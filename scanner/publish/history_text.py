"""Findings over time for people at a terminal: the list of them, and one with all that was told of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import get_args

from rich.text import Text

from scanner.model.finding import OPENINGS, Finding, State, Transition
from scanner.model.result import Subject
from scanner.publish.sheet import Sheet
from scanner.publish.terminal import printable, prose
from scanner.publish.wording import counted, subject_label

SHORT = 12
"""Characters of a fingerprint that the list shows; `history show` takes them."""

_STATES: tuple[State, ...] = get_args(State)
_STATE_STYLES: dict[State, str] = {
    "pending": "yellow",
    "open": "bold red",
    "resolved": "green",
    "reopened": "bold red",
    "withdrawn": "dim",
}
_NAME_THEIR_CLUSTER = frozenset({"cluster", "pair"})
_WIDEST_STATE = max(map(len, _STATES))


def render_list(findings: Sequence[Finding], *, width: int, colour: bool) -> str:
    """Return two lines for each finding: what it is, and when; then how many there are of each state."""
    sheet = Sheet(width=width, colour=colour)
    for finding in findings:
        sheet.paragraph(_heading(finding, finding.fingerprint[:SHORT]), hang=_WIDEST_STATE + 2)
        sheet.paragraph(Text("; ".join(_times(finding))), depth=1, hang=2)
    if findings:
        sheet.blank()
    sheet.paragraph(Text(_sums(findings)))
    return sheet.text()


def render_finding(finding: Finding, transitions: Sequence[Transition], *, width: int, colour: bool) -> str:
    """Return one finding: what it is, what failed last, and each transition with the scan that showed it."""
    sheet = Sheet(width=width, colour=colour)
    sheet.paragraph(_heading(finding, finding.fingerprint), hang=_WIDEST_STATE + 2)
    sheet.paragraph(Text(prose(finding.message)), depth=1)
    for line in _times(finding):
        sheet.paragraph(Text(line), depth=1)
    for transition in transitions:
        sheet.blank()
        _write_transition(sheet, transition)
    return sheet.text()


def _heading(finding: Finding, name: str) -> Text:
    rule = f"{printable(finding.rule)} {printable(finding.name)}"
    state = (f"{finding.state:{_WIDEST_STATE}}  ", _STATE_STYLES[finding.state])
    return Text.assemble(state, f"{printable(name)}  {finding.severity}  {rule}, {_subject(finding.subject)}")


def _subject(subject: Subject) -> str:
    label = subject_label(subject.document())
    return (
        label
        if subject.kind in _NAME_THEIR_CLUSTER or not subject.cluster
        else f"{label} of {printable(subject.cluster)}"
    )


def _times(finding: Finding) -> Iterator[str]:
    if finding.opened_at:
        yield f"opened {_time(finding.opened_at)}"
    if finding.resolved_at:
        ended = "withdrawn" if finding.state == "withdrawn" else "resolved"
        yield f"{ended} {_time(finding.resolved_at)}"
    if finding.failing_since and not finding.is_open:
        yield f"failing since {_time(finding.failing_since)}, not yet settled"
    yield f"last seen failing {_time(finding.last_failed_at)}"
    if finding.waived_by:
        yield f"waived by {printable(finding.waived_by)}"
    if finding.caused_by:
        causes = (f"{printable(cause.rule)} in {printable(cause.cluster)}" for cause in finding.caused_by)
        yield f"the consequence of {', '.join(dict.fromkeys(causes))}"


def _write_transition(sheet: Sheet, transition: Transition) -> None:
    origin = transition.origin
    sheet.paragraph(Text.assemble((transition.event, "bold"), f"  {_time(transition.at)}"))
    sheet.paragraph(Text(prose(transition.message)), depth=1)
    sheet.paragraph(
        Text(f"scan {printable(origin.scan_id)}, {printable(origin.engine)} {printable(origin.engine_version)}"),
        depth=1,
    )
    kept = " (kept)" if transition.event in OPENINGS else ""
    for what, sha256 in (("snapshot", origin.snapshot), ("policies", origin.policies), ("results ", origin.results)):
        sheet.paragraph(Text(f"{what} {printable(sha256)}{kept if what == 'snapshot' else ''}"), depth=1)


def _sums(findings: Sequence[Finding]) -> str:
    states = Counter(finding.state for finding in findings)
    counts = ", ".join(f"{states[state]} {state}" for state in _STATES if states[state])
    return f"{counted(len(findings), 'finding', 'findings')}: {counts}" if counts else "No finding."


def _time(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
