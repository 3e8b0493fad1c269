"""Results documents as audits of two peered clusters give them, one function a state."""

from scanner.model.document import Json
from scanner.model.snapshot import SECTIONS
from tests.unit.publish.builders import CATALOGUE, cause, cluster, document, passing, result, section, subject

MEND_301 = """\
consul config write - <<'EOF'
{
  "Kind": "mesh",
  "Peering": {"PeerThroughMeshGateways": true},
  "TLS": {"Incoming": {"TLSMinVersion": "TLSv1_2"}, "Outgoing": {"TLSMinVersion": "TLSv1_2", "CipherSuites": []}}
}
EOF"""


def healthy() -> Json:
    return document(passing(), 0)


def entry_missing() -> Json:
    """The mesh entry is gone on the accepting side, and Consul gives its servers' own addresses to the dialer."""
    broken = [
        result(
            "MGP-303",
            "dc2",
            "fail",
            message="dc2 (dialing) has the mesh entry and dc1 (accepting) has not: the handshake bypasses gateways",
            caused_by=[cause("MGP-301", "dc1")],
        ),
        result(
            "MGP-404",
            "dc2",
            "fail",
            message="dc2 dials 127.0.0.1:8503, which is no advertised gateway address of dc1 (127.0.0.1:8443)",
            caused_by=[cause("MGP-301", "dc1")],
        ),
        result(
            "MGP-301",
            "dc1",
            "fail",
            message="The mesh entry has Peering.PeerThroughMeshGateways = false, so the servers of this cluster do not "
            "take control-plane traffic through its mesh gateways",
            remediation={
                "text": "Write the entry back whole with the flag set; its other settings are kept.",
                "commands": [MEND_301],
            },
        ),
    ]
    return document(passing(without=(("MGP-301", "dc1"), ("MGP-303", "dc2"), ("MGP-404", "dc2"))) + broken, 1)


def blind_token() -> Json:
    """dc2 is read with a token that may see nothing."""
    needed = "Grant the scanner's token on dc2: node:read, service:read, peering:read, operator:read"
    seen = [judged for judged in passing() if judged["subject"]["cluster"] == "dc1"]
    hidden = [
        result(rule, "dc2", "unknown", needed=needed, message="dc2: sections are denied or filtered")
        | {"subject": subject("MGP-201", "dc2")}
        for rule in CATALOGUE
        if rule != "MGP-701"
    ]
    failed = result(
        "MGP-701",
        "dc2",
        "fail",
        message="The scanner's token may not read servers, agents, gateways, peerings",
        remediation={
            "text": "Give the scanner's token node:read, service:read, peering:read and operator:read.",
            "commands": [],
        },
    )
    read = {
        "servers": section("filtered", "the token lacks grants, so lists are cut", ("node:read", "service:read")),
        "agents": section("filtered", "the token lacks grants, so lists are cut", ("node:read",)),
        "gateways": section("filtered", "the token lacks grants, so lists are cut", ("service:read",)),
        "peerings": section("denied", "not asked, as the token may not read peerings", ("peering:read",)),
    }
    results = [*seen, *hidden, failed]
    return document(results, 1, dc2=cluster(results, "dc2", "partial", **read))


def unreachable() -> Json:
    """dc2 does not answer, dc1 is judged."""
    needed = "dc2 must be reachable: connection refused at 127.0.0.1:8510"
    pair_rules = {"MGP-303", "MGP-404"}
    seen = [judged for judged in passing() if judged["subject"]["cluster"] == "dc1" and judged["rule"] != "MGP-702"]
    hidden = [
        result(rule, "dc2", "unknown", needed=needed) | {"subject": subject("MGP-201", "dc2")}
        for rule in CATALOGUE
        if rule not in pair_rules
    ]
    split = [
        result(rule, "dc1", "unknown", needed="dc2 has to be read too", message="dc2 could not be read")
        for rule in ("MGP-303", "MGP-404", "MGP-702")
    ]
    results = [*seen, *hidden, *split]
    gone = {name: section("error", "connection refused at 127.0.0.1:8510") for name in SECTIONS}
    return document(results, 4, dc2=cluster(results, "dc2", "unreachable", **gone))


def rule_erred() -> Json:
    erred = result("MGP-404", "dc2", "error", error="eval_conflict_error: rules must not produce multiple outputs")
    return document([*passing(without=(("MGP-404", "dc2"),)), erred], 3)


def waived() -> Json:
    """One failure is accepted by a waiver, a milder one is left."""
    failed = [
        result("MGP-204", "dc1", "fail", message="No instance passes its checks", waived_by="OPS-7 gateway rebuild"),
        result("MGP-702", "dc1", "fail", message="Its other cluster is not in the scan"),
    ]
    return document([*passing(without=(("MGP-204", "dc1"), ("MGP-702", "dc1"))), *failed], 0)


HOSTILE_NAME = "gw\x1b[2J\x1b]0;owned\x07[red]\u202eevil\n  PASS\u2028\x9b31m\ud800" + "x" * 10_000


def hostile() -> Json:
    """Every string that a cluster can choose is an attack on a terminal."""
    judged = subject("MGP-204", "dc1", name=HOSTILE_NAME, id=HOSTILE_NAME, peer=HOSTILE_NAME, partition="\x1b[1m")
    failed = result(
        "MGP-204",
        "dc1",
        "fail",
        subject=judged,
        message=f"No instance of {HOSTILE_NAME} passes its checks",
        evidence={"node": HOSTILE_NAME},
        remediation={
            "text": f"Restart {HOSTILE_NAME}\nRun, with consul speaking to dc1:\n\nrm -rf /",
            "commands": ["ls \x1b[2J"],
        },
    )
    derived = result(
        "MGP-406", "dc1", "fail", message=HOSTILE_NAME, caused_by=[cause("MGP-204", "dc1") | {"id": HOSTILE_NAME}]
    )
    unsettled = result("MGP-501", "dc1", "unknown", needed=HOSTILE_NAME, message=f"[bold]{HOSTILE_NAME}")
    erred = result("MGP-101", "dc1", "error", error=HOSTILE_NAME)
    results = [failed, derived, unsettled, erred]
    read = {"gateways": section("error", HOSTILE_NAME, (HOSTILE_NAME,))}
    return document(results, 3, dc1=cluster(results, "dc1", "partial", **read))


SAMPLES = {
    "healthy": healthy,
    "entry_missing": entry_missing,
    "blind_token": blind_token,
    "unreachable": unreachable,
    "rule_erred": rule_erred,
    "waived": waived,
    "hostile": hostile,
}
