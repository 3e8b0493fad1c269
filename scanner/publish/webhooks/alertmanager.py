"""The format `alertmanager`: what stands, as alerts of Alertmanager's API v2. Pure.

Not events: as Prometheus does, all that stands is sent again and again, and what ended for a while as resolved. So one
that was lost, on either side, comes again.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from scanner.model.document import Json, canonical_bytes
from scanner.model.outbox import Standing
from scanner.publish.terminal import printable, prose
from scanner.publish.webhooks.filtering import is_muted, wants_finding
from scanner.publish.webhooks.settings import Filters

RESEND = timedelta(minutes=1)
VALID_FOR = 4 * RESEND
"""As of Prometheus: an alert ends by itself when it was not sent again for so long."""
ENDED_FOR = timedelta(minutes=15)
"""As of Prometheus: how long what ended is still sent."""
AT_ONCE = 500
"""Alerts in one request."""

_LABELS = {
    "cluster": "consul_cluster",
    "partition": "consul_partition",
    "namespace": "consul_namespace",
    "peer": "consul_peer",
    "kind": "kind",
    "name": "subject",
}
"""Names of labels by what a subject has."""


def alerts(standing: Standing, filters: Filters, now: datetime) -> list[Json]:
    """Return the alerts of what stands and is wanted, and of findings that were resolved lately."""
    wanted = [each for each in standing.findings if wants_finding(filters, each)]
    findings = [_of_finding(each, now) for each in wanted if filters.muted or not is_muted(each)]
    scans = [_of_scan(each, now) for each in standing.failing] if "scan.failing" in filters.events else []
    return findings + scans


def with_ended(before: Sequence[Json], told: Sequence[Json], now: datetime) -> list[Json]:
    """Return alerts to send, with those that were sent `before`, are not told any more and so have ended."""
    firing = {canonical_bytes(alert["labels"]) for alert in told}
    gone = [alert for alert in before if canonical_bytes(alert["labels"]) not in firing]
    ended = [alert | {"endsAt": min(alert["endsAt"], _text(now))} for alert in gone]
    return [*told, *(alert for alert in ended if alert["endsAt"] > _text(now - ENDED_FOR))]


def trial_alert(message: str, now: datetime) -> Json:
    """Return an alert that says it is a test, and ends soon."""
    labels = {"alertname": "ConsulScanTest", "severity": "info"}
    return _alert(labels, "This is a test", message, now, now + RESEND)


def bodies(told: Sequence[Json]) -> list[bytes]:
    """Return the requests that send alerts."""
    return [json.dumps(told[start : start + AT_ONCE]).encode("ascii") for start in range(0, len(told), AT_ONCE)]


def _of_finding(finding: Json, now: datetime) -> Json:
    subject = finding["subject"]
    labels = {
        "alertname": "ConsulComplianceFinding",
        "fingerprint": finding["fingerprint"],
        "rule": printable(finding["rule"]),
        "severity": finding["severity"],
        **{_LABELS[key]: printable(subject[key]) for key in _LABELS if subject[key]},
    }
    summary = f"{printable(finding['name'])} fails in {printable(subject['cluster'])}"
    since = datetime.fromisoformat(finding["opened_at"])
    until = datetime.fromisoformat(finding["resolved_at"]) if finding["resolved_at"] else now + VALID_FOR
    return _alert(labels, summary, finding["message"], since, until)


def _of_scan(failing: Json, now: datetime) -> Json:
    cluster = failing["cluster"]
    # As the alerts of Prometheus have it: the others are judged where one cluster is gone, and without a scan none is.
    labels = {"alertname": "ConsulScanFailing", "severity": "warning" if cluster else "critical"}
    named = {"consul_cluster": printable(cluster)} if cluster else {}
    summary = f"{printable(cluster)} cannot be read" if cluster else "The scan gives no results"
    since = datetime.fromisoformat(failing["since"])
    return _alert(labels | named, summary, failing["message"], since, now + VALID_FOR)


def _alert(labels: Json, summary: str, description: str, since: datetime, until: datetime) -> Json:
    annotations = {"summary": summary, "description": prose(description)}
    return {"labels": labels, "annotations": annotations, "startsAt": _text(since), "endsAt": _text(until)}


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")
