"""What results documents of two peered clusters are made of, as plain as the schema allows."""

from collections import Counter
from typing import Any

from scanner.model.document import Json
from scanner.model.rule import SEVERITIES, Rule, Severity
from scanner.model.snapshot import SECTIONS

CATALOGUE: dict[str, tuple[str, Severity, str]] = {
    "MGP-101": ("consul_version", "critical", "server"),
    "MGP-201": ("gateway_registered", "critical", "cluster"),
    "MGP-204": ("gateway_available", "critical", "gateway"),
    "MGP-301": ("mesh_entry", "critical", "cluster"),
    "MGP-303": ("both_clusters", "critical", "pair"),
    "MGP-404": ("addresses_exposed", "critical", "pair"),
    "MGP-406": ("stream_healthy", "high", "peering"),
    "MGP-501": ("grpc_tls_port", "critical", "server"),
    "MGP-701": ("scanner_sees_all", "high", "cluster"),
    "MGP-702": ("peer_in_scan", "info", "peering"),
}

PEERING_ID = "6f1d0a52-6d8f-4f52-9f0e-0e7c2c7f3a11"


def rules() -> tuple[Rule, ...]:
    """The catalogue that the samples were judged by."""
    return tuple(_rule(identifier) for identifier in CATALOGUE)


def _rule(identifier: str) -> Rule:
    name, severity, kind = CATALOGUE[identifier]
    return Rule(
        id=identifier,
        group="group",
        name=name,
        title="Title",
        description="Text",
        severity=severity,
        document=(),
        needs=("mesh",),
        judges=kind,
        two_sided=False,
        not_applicable="",
        in_consul="",
        mend="text",
    )


def subject(rule: str, cluster: str, **fields: Any) -> Json:
    kind = CATALOGUE[rule][2]
    peer = {"dc1": "dc2", "dc2": "dc1"}[cluster]
    names: dict[str, Json] = {
        "cluster": {"id": cluster, "name": cluster},
        "server": {"id": f"{cluster}-server", "name": f"{cluster}-server"},
        "gateway": {"id": "mesh-gateway", "name": "mesh-gateway"},
        "peering": {"id": PEERING_ID, "name": f"to-{peer}", "peer": peer},
        "pair": {"id": PEERING_ID, "name": f"{cluster} to {peer}", "peer": peer},
    }
    whole = {"cluster": cluster, "partition": "", "namespace": "", "kind": kind, "peer": None}
    return whole | names[kind] | fields


def result(rule: str, cluster: str, status: str = "pass", **fields: Any) -> Json:
    name, severity, _ = CATALOGUE[rule]
    settled: Json = {"rule": rule, "name": name, "status": status, "severity": severity, "document": ["D07"]}
    empty: Json = {"message": "", "evidence": {}, "needed": None, "error": None, "caused_by": [], "waived_by": None}
    return settled | empty | {"subject": subject(rule, cluster), "remediation": None} | fields


def cause(rule: str, cluster: str) -> Json:
    judged = subject(rule, cluster)
    return {"rule": rule, "cluster": cluster, "kind": judged["kind"], "id": judged["id"]}


def passing(*, without: tuple[tuple[str, str], ...] = ()) -> list[Json]:
    """All ten rules of a healthy pair in which dc2 dials dc1, less some (rule, cluster)."""
    everywhere = [(rule, cluster) for rule in CATALOGUE for cluster in ("dc1", "dc2")]
    one_sided = [place for place in everywhere if place not in {("MGP-303", "dc1"), ("MGP-404", "dc1")}]
    results = [result(rule, cluster) for rule, cluster in one_sided if (rule, cluster) not in without]
    for judged in results:
        if (judged["rule"], judged["subject"]["cluster"]) == ("MGP-501", "dc2"):
            judged |= {"status": "not_applicable", "message": "No peering is accepted here."}
    return results


def section(status: str = "ok", detail: str = "", missing: tuple[str, ...] = ()) -> Json:
    return {
        "status": status,
        "detail": detail,
        "missing": list(missing),
        "index": 42,
        "at_ns": 1_790_000_000_000_000_000,
    }


def cluster(results: list[Json], name: str, status: str = "ok", **sections: Json) -> Json:
    counts = Counter(judged["status"] for judged in results if judged["subject"]["cluster"] == name)
    collection = {known: section() for known in SECTIONS} | sections
    return {"status": status, "coverage": coverage(counts), "collection": collection}


def coverage(counts: Counter[str]) -> float | None:
    known = counts["pass"] + counts["fail"]
    asked = known + counts["unknown"] + counts["error"]
    return known / asked if asked else None


def document(results: list[Json], exit_code: int, **clusters: Json) -> Json:
    """A results document with the summary that its results ask for."""
    counts = Counter(judged["status"] for judged in results)
    severities = Counter(judged["severity"] for judged in results if judged["status"] == "fail")
    summary = {status: counts[status] for status in ("fail", "error", "unknown", "pass", "not_applicable")}
    return {
        "schema_version": 1,
        "scan": {
            "id": "0199f3c2-7a41-7c55-8f0e-2f6f0d9c1b77",
            "started_at": "2026-10-20T03:12:43.104Z",
            "finished_at": "2026-10-20T03:12:44.251Z",
            "engine": {"name": "embedded", "version": "0.13.0"},
            "hashes": {"snapshot": "a" * 64, "policies": "b" * 64, "results": "c" * 64},
        },
        "clusters": {name: cluster(results, name) for name in ("dc1", "dc2")} | clusters,
        "summary": {
            **summary,
            "by_severity": {severity: severities[severity] for severity in SEVERITIES},
            "coverage": coverage(counts),
            "exit_code": exit_code,
        },
        "results": results,
    }
