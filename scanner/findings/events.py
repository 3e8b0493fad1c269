"""What is told of a finding to the outside, as the document that waits in the outbox (schema `event`)."""

from scanner.model.document import Json
from scanner.model.finding import Event, Finding, Transition

SCHEMA_VERSION = 1


def event_document(event_id: str, finding: Finding, transition: Transition) -> Json:
    """Return the event of a transition; `finding` is as it is after it, `event_id` is unique."""
    told, origin = transition.document(), transition.origin
    return {
        "schema_version": SCHEMA_VERSION,
        "id": event_id,
        "type": f"finding.{transition.event}",
        "at": told["at"],
        "message": transition.message,
        "scan": {"id": origin.scan_id, **{name: getattr(origin, name) for name in ("snapshot", "policies", "results")}},
        "finding": finding.document(),
    }


def transition_message(event: Event, finding: Finding, *, gone: bool) -> str:
    """Return why something is told: what fails, or what became of it. `finding` is as it is after it."""
    if finding.state == "withdrawn":
        return "it is not looked at any more: its rule or a cluster left the config file, or collect.acl is false"
    if event == "resolved":
        return "the subject is gone" if gone else "the rule passes"
    if event == "unmuted":
        return "it is neither waived nor the consequence of another failure any more"
    return _muted_by(finding) if event == "muted" else finding.message


def _muted_by(finding: Finding) -> str:
    if finding.waived_by:
        return f"waived by {finding.waived_by}"
    cause = finding.caused_by[0]
    return f"the consequence of {cause.rule} in {cause.cluster}"
