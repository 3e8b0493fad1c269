"""A waiver that is not in the file yet: made, and checked as the file would be."""

from datetime import UTC, datetime, time, timedelta

from scanner.errors import UsageError
from scanner.evaluate.parameters import nearest
from scanner.findings.waivers import covers, names
from scanner.model.document import Json, sha256
from scanner.model.result import Outcome
from scanner.model.waiver import Waiver
from scanner.schemas import fault

_ID_LENGTH = 8


def new_waiver(place: tuple[str, str, str], why: tuple[str, str, str | None], at: datetime, days: int) -> Waiver:
    """Return a waiver that ends with the day that is `days` after `at`, UTC.

    Its id follows from its place: the same waiver made twice is refused by the file, not counted twice.

    Args:
        place: rule id, and patterns of cluster and subject.
        why: owner, reason and ticket, which may be None.
        at: when it is made.
        days: how long it counts.

    Raises:
        UsageError: one of the texts cannot stand in a waivers file.
    """
    rule, cluster, subject = place
    owner, reason, ticket = why
    last_day = at.astimezone(UTC).date() + timedelta(days=days)
    waiver = Waiver(
        id=f"{rule}-{sha256(place)[:_ID_LENGTH]}",
        rule=rule,
        cluster=cluster,
        subject=subject,
        owner=owner,
        reason=reason,
        ticket=ticket,
        starts=None,
        ends=datetime.combine(last_day, time.max, UTC),
        expires=last_day.isoformat(),
    )
    if fault_found := fault([waiver.entry()], "waivers"):
        raise UsageError(f"This would be no waiver: {fault_found}", "docs/waivers.md tells what each key holds.")
    return waiver


def check_needed(waiver: Waiver, results: Json) -> None:
    """Refuse a waiver of something that did not fail in a scan, whose results document is given.

    Raises:
        UsageError: naming the nearest subject that did.
    """
    outcomes = [Outcome.from_document(result) for result in results["results"]]
    if any(covers(waiver, outcome) for outcome in outcomes):
        return
    failed = [one.subject for one in outcomes if (one.rule, one.status) == (waiver.rule, "fail")]
    if not failed:
        raise UsageError(f"{waiver.rule} fails nowhere in these results", "Only what fails can be waived.")
    there = [f"{names(subject)[0]} of {subject.cluster}" for subject in failed]
    wanted = f"{waiver.subject} of {waiver.cluster}"
    raise UsageError(f"{waiver.rule} does not fail on {wanted} in these results", nearest(wanted, there))
