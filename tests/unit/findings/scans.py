"""Results documents and rules for findings: one rule about gateways, one about pairs, one about clusters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.model.document import Json, sha256
from scanner.model.finding import Origin
from scanner.model.rule import Rule
from scanner.model.snapshot import SECTIONS

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SETTLE = timedelta(seconds=60)
SNAPSHOT: Json = {"clusters": {"dc1": {"name": "a snapshot"}}}
ORIGIN = Origin("scan-0", sha256(SNAPSHOT), "b" * 64, "c" * 64, "embedded", "0.13.0")


def after(seconds: float) -> datetime:
    """Return the time so many seconds after the first scan."""
    return START + timedelta(seconds=seconds)


def rule(rule_id: str, **fields: Any) -> Rule:
    """A rule about gateways that tells at once, but for the fields given."""
    plain = Rule(
        id=rule_id,
        group="group",
        name="a_rule",
        title="Title",
        description="Text",
        severity="high",
        document=(),
        needs=("gateways",),
        judges="gateway",
        two_sided=False,
        not_applicable="",
        in_consul="",
        mend="text",
    )
    return replace(plain, **fields)


AT_ONCE = rule("MGP-205")
SETTLING = rule("MGP-204", settle_seconds=60)
OF_PAIRS = rule("MGP-303", needs=("mesh", "peerings"), judges="pair", two_sided=True)
OF_SETTLING_PAIRS = rule("MGP-404", needs=("mesh", "peerings"), judges="pair", two_sided=True, settle_seconds=60)
FOLLOWING = rule("MGP-406", needs=("peerings",), judges="peering", follows_from=("MGP-205",))
RULES = (AT_ONCE, SETTLING, OF_PAIRS, OF_SETTLING_PAIRS, FOLLOWING)


def result(rule_id: str, status: str, subject_id: str = "mesh-gateway", **fields: Any) -> Json:
    """A result about a gateway of dc1, but for the fields given; those that a subject has go there."""
    subject: Json = {
        "cluster": "dc1",
        "partition": "",
        "namespace": "",
        "kind": "gateway",
        "id": subject_id,
        "name": subject_id,
        "peer": None,
    }
    told: Json = {
        "rule": rule_id,
        "name": "a_rule",
        "status": status,
        "severity": "high",
        "message": "it is wrong",
        "evidence": {},
        "needed": None,
        "error": None,
        "document": [],
        "caused_by": [],
        "remediation": None,
        "waived_by": None,
    }
    ours = {key: value for key, value in fields.items() if key in subject}
    return told | {key: value for key, value in fields.items() if key not in subject} | {"subject": subject | ours}


def of_pair(status: str, cluster: str = "dc2", peer: str | None = "dc1", rule_id: str = "MGP-303") -> Json:
    """A result of a rule about pairs."""
    return result(rule_id, status, "peering-1", cluster=cluster, kind="pair", peer=peer)


def scan(*told: Json, sections: Json | None = None, number: int = 0, snapshot: Json = SNAPSHOT) -> Json:
    """The results document of a scan of dc1 and dc2; `sections` are statuses by cluster and section."""
    given = sections or {}
    clusters = {name: _cluster(given.get(name, {})) for name in ("dc1", "dc2")}
    return {
        "scan": {
            "id": f"scan-{number}",
            "engine": {"name": "embedded", "version": "0.13.0"},
            "hashes": {"snapshot": sha256(snapshot), "policies": "b" * 64, "results": "c" * 64},
        },
        "clusters": clusters,
        "results": list(told),
    }


def _cluster(statuses: Json) -> Json:
    collection = {
        section: {"status": statuses.get(section, "ok"), "missing": []} for section in (*SECTIONS, "partitions")
    }
    status = "unreachable" if "access" in statuses else "ok"
    return {"status": status, "coverage": None, "collection": collection}
