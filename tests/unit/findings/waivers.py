"""Waivers and outcomes for tests, as plain as they can be."""

from datetime import UTC, datetime
from typing import Any

from scanner.model.result import Outcome, Result, Status, Subject
from scanner.model.waiver import Waiver

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
ENDED = datetime(2027, 1, 14, 23, 59, 59, tzinfo=UTC)


def waiver(**fields: Any) -> Waiver:
    """One that counts now, of every failure of MGP-204 in every cluster."""
    whole = {"id": "w", "rule": "MGP-204", "cluster": "*", "subject": "*", "owner": "team", "reason": "it is known"}
    ends = datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)
    times = {"ticket": None, "starts": None, "ends": ends, "expires": "2027-01-31"}
    return Waiver(**(whole | times | fields))


def gateway(cluster: str = "dc1", name: str = "gw", **fields: str) -> Subject:
    return Subject(cluster=cluster, kind="gateway", id=name, name=name, **fields)


def whole_cluster(cluster: str = "dc1") -> Subject:
    return Subject(cluster=cluster, kind="cluster", id=cluster, name=cluster)


def pair(peer: str | None = "dc1") -> Subject:
    return Subject(cluster="dc2", kind="pair", id="6f1d0a52", name="dc2 -> to-dc1", peer=peer)


def outcome(status: Status = "fail", subject: Subject | None = None, rule: str = "MGP-204") -> Outcome:
    return Outcome(rule, status, subject or gateway())


def result(status: Status = "fail", subject: Subject | None = None, rule: str = "MGP-204", **fields: Any) -> Result:
    empty: dict[str, Any] = {"message": "", "evidence": {}, "needed": None, "error": None, "document_statements": ()}
    empty |= {"caused_by": (), "remediation": None, "name": "gateway_available", "severity": "critical"}
    return Result(rule=rule, status=status, subject=subject or gateway(), **(empty | fields))
