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


def waived_in_full() -> Json:
    """One failure is accepted, with all that is known of the waiver; it ended for another one."""
    waiver = {"id": "OPS-7", "owner": "team-net", "ticket": "OPS-7", "expires": "2027-01-31"}
    waiver["reason"] = "The gateway is rebuilt in week 4."
    failed = [
        result("MGP-204", "dc1", "fail", message="No instance passes", waived_by="OPS-7", waiver=waiver),
        result("MGP-204", "dc2", "fail", message="No instance passes", waived_by="w", waiver=waiver | {"ticket": None}),
        result("MGP-702", "dc2", "fail", message="waiver w2 of team-net ended 2027-01-14"),
    ]
    failed[-1] |= {"rule": "MGP-801", "name": "waiver_expired", "severity": "medium"}
    failed[-1]["subject"] |= {"kind": "waiver", "id": "w2", "name": "w2", "peer": None}
    return document([*passing(without=(("MGP-204", "dc1"), ("MGP-204", "dc2"))), *failed], 1)


def compared() -> Json:
    """Of the failures some were known: a milder new one comes first, also where it follows from a known one."""
    failed = [
        result("MGP-301", "dc1", "fail", message="dc1 has no mesh config entry", baseline="known"),
        result("MGP-303", "dc2", "fail", caused_by=[cause("MGP-301", "dc1")], baseline="new", message="One has it"),
        result("MGP-404", "dc2", "fail", caused_by=[cause("MGP-301", "dc1")], baseline="known", message="Exposed"),
        result("MGP-204", "dc1", "fail", message="No instance passes", baseline="known"),
        result("MGP-702", "dc1", "fail", message="Its other cluster is not in the scan", baseline="new"),
    ]
    results = [*passing(without=tuple((one["rule"], one["subject"]["cluster"]) for one in failed)), *failed]
    resolved = {key: result("MGP-501", "dc2")[key] for key in ("rule", "name", "severity", "subject")}
    earlier = {"scan_id": "0199f3c2", "finished_at": "2026-10-19T03:12:44.251Z", "resolved": [resolved]}
    return document(results, 1) | {"baseline": earlier}


def all_known() -> Json:
    """Nothing is new: what failed was known, in a cluster that is not the first by name."""
    failed = result("MGP-204", "dc2", "fail", message="No instance passes", baseline="known")
    earlier = {"scan_id": "0199f3c2", "finished_at": "2026-10-19T03:12:44.251Z", "resolved": []}
    return document([*passing(without=(("MGP-204", "dc2"),)), failed], 0) | {"baseline": earlier}


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


def hostile_waiver() -> Json:
    """Whoever wrote the waivers, and the baseline, means no good either."""
    accepted = result("MGP-702", "dc1", "fail", message=HOSTILE_NAME, waived_by=HOSTILE_NAME)
    accepted["waiver"] = dict.fromkeys(("id", "owner", "reason", "ticket", "expires"), HOSTILE_NAME)
    resolved = {"rule": HOSTILE_NAME, "name": HOSTILE_NAME, "severity": "low", "subject": accepted["subject"]}
    earlier = {"scan_id": HOSTILE_NAME, "finished_at": HOSTILE_NAME, "resolved": [resolved]}
    return document([*passing(without=(("MGP-702", "dc1"),)), accepted], 0) | {"baseline": earlier}


SAMPLES = {
    "healthy": healthy,
    "entry_missing": entry_missing,
    "blind_token": blind_token,
    "unreachable": unreachable,
    "rule_erred": rule_erred,
    "waived": waived,
    "waived_in_full": waived_in_full,
    "compared": compared,
    "all_known": all_known,
    "hostile": hostile,
    "hostile_waiver": hostile_waiver,
}
