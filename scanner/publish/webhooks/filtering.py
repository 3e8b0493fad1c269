"""Which events and findings an endpoint wants. Pure."""

from scanner.model.document import Json
from scanner.model.rule import at_least
from scanner.publish.webhooks.settings import Filters


def wants(filters: Filters, event: Json) -> bool:
    """Tell whether an event (schema `event`) is wanted."""
    if event["type"] not in filters.events:
        return False
    if "finding" not in event:
        return event["cluster"] is None or _is_one_of(filters.clusters, event["cluster"])
    if not wants_finding(filters, event["finding"]):
        return False
    # It was told of before it became so, and its end would be missed.
    return event["type"] == "finding.muted" or filters.muted or not is_muted(event["finding"])


def wants_finding(filters: Filters, finding: Json) -> bool:
    """Tell whether a finding (as in an event) is wanted, muted or not."""
    subject = finding["subject"]
    return (
        at_least(finding["severity"], filters.severity)
        and _is_one_of(filters.clusters, subject["cluster"], subject["peer"])
        and _is_one_of(filters.rules, finding["rule"])
    )


def is_muted(finding: Json) -> bool:
    """Tell whether a finding alerts nobody: a waiver covers it, or another failure explains it."""
    return bool(finding["caused_by"] or finding["waived_by"])


def _is_one_of(wanted: tuple[str, ...], *names: str | None) -> bool:
    return not wanted or any(name in wanted for name in names)
