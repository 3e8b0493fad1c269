"""A peering that is being made is no finding: between its token and its use the accepting cluster alone knows it."""

import json
from datetime import timedelta

from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.findings.register import Register
from scanner.findings.store import SqliteStore
from scanner.model.document import Json
from tests.scanning import results
from tests.test_docs import ROOT
from tests.unit.findings.scans import after


def healthy() -> Json:
    pair: Json = json.loads((ROOT / "tests/data/healthy-pair.json").read_text())
    return pair


def token_made() -> Json:
    """Return the same pair with the token made in dc1 and not yet used in dc2."""
    pair = healthy()
    pair["clusters"]["dc2"]["peerings"] = {}
    for peering in pair["clusters"]["dc1"]["peerings"].values():
        peering |= {"state": "PENDING", "last_heartbeat_ns": None, "last_receive_ns": None}
    return pair


def test_a_token_that_is_used_within_its_time_opens_nothing(embedded: Engine, policy_set: PolicySet) -> None:
    store = SqliteStore(None)
    register = Register(store, catalogue(policy_set), timedelta(days=90))
    opened = []
    for second, snapshot in ((0, healthy()), (10, token_made()), (70, token_made()), (95, healthy())):
        judged = results(embedded, policy_set, snapshot)
        told = register.observe(judged, snapshot, after(second), lambda judged=judged: judged)  # type: ignore[misc]
        opened.append([store.findings()[each.fingerprint].rule for each in told])
    store.close()

    assert opened[1:] == [[], [], []]


def test_one_that_never_is_used_is_told(embedded: Engine, policy_set: PolicySet) -> None:
    store = SqliteStore(None)
    register = Register(store, catalogue(policy_set), timedelta(days=90))
    judged = results(embedded, policy_set, token_made())
    for second in (0, 90):
        register.observe(judged, token_made(), after(second), lambda: judged)

    assert "MGP-702" in {finding.rule for finding in store.findings().values() if finding.is_open}
    store.close()
