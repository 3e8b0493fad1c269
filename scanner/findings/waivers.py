"""Which failures a waiver covers, and whether it can be told that it covers none. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

from scanner.model.document import Json
from scanner.model.result import Outcome, Result, Subject
from scanner.model.waiver import Waiver, WaiverCheck


@dataclass(frozen=True)
class Reach:
    """What a waiver meets in a scan.

    `failures` are those that it covers, or would if its time were now; `doubt` says why it cannot be told whether there
    are more, None where all that it speaks of was judged.
    """

    failures: tuple[Outcome, ...]
    doubt: str | None


def waived(results: Iterable[Result], waivers: Sequence[Waiver], at: datetime) -> list[Result]:
    """Return the results, each failure marked with the first waiver that covers it at that moment."""
    by_rule: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        if waiver.state(at) == "active":
            by_rule.setdefault(waiver.rule, []).append(waiver)
    return [_marked(result, by_rule.get(result.rule, ())) for result in results]


def checked(waivers: Sequence[Waiver], at: datetime, results: Json | None) -> list[WaiverCheck]:
    """Return what can be told of each waiver at that moment; with a results document also what it matches there."""
    if results is None:
        return [WaiverCheck(waiver, waiver.state(at)) for waiver in waivers]
    outcomes = [Outcome.from_document(result) for result in results["results"]]
    found = reaches(waivers, outcomes, results["clusters"])
    return [
        WaiverCheck(waiver, waiver.state(at), len(met.failures), met.doubt)
        for waiver, met in zip(waivers, found, strict=True)
    ]


def reaches(waivers: Iterable[Waiver], outcomes: Iterable[Outcome], clusters: Collection[str]) -> list[Reach]:
    """Return what each waiver meets among the outcomes of a scan of these clusters, whatever its time."""
    by_rule: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_rule.setdefault(outcome.rule, []).append(outcome)
    return [_reach(waiver, by_rule.get(waiver.rule, []), clusters) for waiver in waivers]


def covers(waiver: Waiver, outcome: Outcome) -> bool:
    """Tell whether an outcome is a failure that a waiver speaks of; never anything that was not seen to fail."""
    return outcome.status == "fail" and outcome.rule == waiver.rule and _speaks_of(waiver, outcome.subject)


def matches(pattern: str, text: str) -> bool:
    """Tell whether a pattern fits a text whole: `*` is any text, `?` any one character, all else itself."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def names(subject: Subject) -> tuple[str, ...]:
    """Return what a subject is called: as reports print it without its kind, and by its id in place of its name."""
    place = "".join(f"{part}/" for part in (subject.partition, subject.namespace) if part)
    sides = [f"{subject.cluster} -> {subject.peer}"] if subject.kind == "pair" and subject.peer else []
    return tuple(dict.fromkeys([*sides, f"{place}{subject.name}", f"{place}{subject.id}"]))


def _marked(result: Result, waivers: Iterable[Waiver]) -> Result:
    outcome = result.outcome
    first = next((waiver for waiver in waivers if covers(waiver, outcome)), None)
    return replace(result, waiver=first) if first else result


def _reach(waiver: Waiver, judged: Sequence[Outcome], clusters: Collection[str]) -> Reach:
    failures = tuple(outcome for outcome in judged if covers(waiver, outcome))
    return Reach(failures, _doubt(waiver, judged, clusters))


def _speaks_of(waiver: Waiver, subject: Subject) -> bool:
    named = any(matches(waiver.subject, name) for name in names(subject))
    return named and matches(waiver.cluster, subject.cluster)


def _doubt(waiver: Waiver, judged: Sequence[Outcome], clusters: Collection[str]) -> str | None:
    if not judged:
        return f"{waiver.rule} was not judged in this scan"
    if not any(matches(waiver.cluster, cluster) for cluster in clusters):
        return f"no cluster that it speaks of ({waiver.cluster}) is in this scan"
    open_questions = (one.subject for one in judged if one.status in {"unknown", "error"})
    hiding = next((subject for subject in open_questions if _may_hide(waiver, subject)), None)
    if hiding is None:
        return None
    return f"{waiver.rule} could not be judged whole" + (f" in {hiding.cluster}" if hiding.cluster else "")


def _may_hide(waiver: Waiver, subject: Subject) -> bool:
    """Tell whether a failure that a waiver speaks of may stand behind an outcome that says nothing of its subject.

    A blind rule says so of the whole cluster, one that erred of itself; a pair of which one side was read has another
    name than it would have.
    """
    if subject.kind == "rule":
        return True
    whole = subject.kind == "cluster" or (subject.kind == "pair" and subject.peer is None)
    return matches(waiver.cluster, subject.cluster) if whole else _speaks_of(waiver, subject)
