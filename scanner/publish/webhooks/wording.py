"""What an event says, in one line for people. What comes from a cluster is made printable here."""

from collections import Counter
from collections.abc import Sequence

from scanner.model.document import Json
from scanner.publish.terminal import printable, prose


def headline(events: Sequence[Json]) -> str:
    """Return what a message is about, such as `3 findings opened, 1 resolved`."""
    counts = Counter(event["type"] for event in events)
    return ", ".join(f"{number} {_words(kind, number)}" for kind, number in counts.items())


def line(event: Json) -> str:
    """Return what happened to what, and why."""
    what = event["type"].rpartition(".")[2]
    if "finding" not in event:
        return f"{what}: {_scan(event)}: {prose(event['message'])}"
    finding, subject = event["finding"], event["finding"]["subject"]
    place = f"{subject['kind']} {printable(subject['name'])} in {printable(subject['cluster'])}"
    head = f"{what}: {finding['severity']} {printable(finding['rule'])} {printable(finding['name'])}, {place}"
    return f"{head}: {prose(event['message'])}"


def _scan(event: Json) -> str:
    return "the scan as a whole" if event["cluster"] is None else f"cluster {printable(event['cluster'])}"


def _words(kind: str, number: int) -> str:
    about, _, what = kind.partition(".")
    return f"{about}{'' if number == 1 else 's'} {what}".strip()
