"""What is to mend counts for as long as it stands: nothing ends because nobody could look."""

from copy import deepcopy
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.findings.register import Register
from scanner.findings.store import SqliteStore
from scanner.model.document import Json
from scanner.model.rule import Rule
from scanner.model.scanned import Scanned
from scanner.publish.metrics import Told, exposition
from scanner.publish.state import Board, Reload
from tests.policies.cases import base_snapshot
from tests.scanning import results
from tests.unit.findings.scans import RULES, SNAPSHOT, after, result, scan

GATEWAY = ("dc1", "MGP-205", "high")
SETTLING = ("dc1", "MGP-204", "high")
BLIND: Json = {"dc1": {"access": "error", "gateways": "error"}}
FAILS = result("MGP-205", "fail")


def reread() -> Json:
    raise AssertionError("nothing had to be read again")


class Daemon:
    """The memory of a daemon, and the board that it fills; each scan is a hundred seconds after the one before."""

    def __init__(self, rules: tuple[Rule, ...] = RULES) -> None:
        self.store, self.board, self.rules = SqliteStore(None), Board(), rules
        self.scans = 0
        self.reloads()

    def reloads(self) -> None:
        self.register = Register(self.store, self.rules, timedelta(days=90))

    def sees(self, document: Json, *, remembers: bool = True) -> None:
        self.scans += 1
        if remembers:
            self.register.observe(document, SNAPSHOT, after(100 * self.scans), lambda: document)
        standing = self.register.standing if remembers else None
        self.board.state = self.board.state.succeeded(Scanned(document, {}, standing), at=1.0, duration=1.0)

    def values(self, metric: str, finding_series: int = 0) -> dict[tuple[str, ...], float]:
        """The samples of a metric by cluster, rule and severity, without the zeros."""
        told = Told(self.board, self.rules, Reload(successful=True, last_success=1.0), finding_series)
        families = text_string_to_metric_families(exposition(told, "")[0].decode())
        samples = [sample for family in families for sample in family.samples if sample.name == metric]
        labels = ("consul_cluster", "rule", "severity")
        return {tuple(one.labels.get(name, "") for name in labels): one.value for one in samples if one.value}

    def open(self) -> dict[tuple[str, ...], float]:
        return self.values("consul_compliance_open_findings")


@pytest.fixture
def daemon() -> Daemon:
    return Daemon()


def test_a_finding_that_cannot_be_seen_any_more_still_counts(daemon: Daemon) -> None:
    daemon.sees(scan(FAILS))
    for blind in (scan(sections=BLIND), scan(result("MGP-205", "unknown")), scan(result("MGP-205", "error"))):
        daemon.sees(blind)
        assert daemon.open() == {GATEWAY: 1}
        assert daemon.values("consul_compliance_finding", 5) == {GATEWAY: 1}
    daemon.sees(scan(result("MGP-205", "pass")))
    assert daemon.open() == {}


def test_it_counts_from_the_first_scan_after_a_reload_on(daemon: Daemon) -> None:
    daemon.sees(scan(FAILS))
    daemon.reloads()
    assert daemon.open() == {GATEWAY: 1}
    daemon.sees(scan(sections=BLIND))
    assert daemon.open() == {GATEWAY: 1}


def test_it_counts_once_it_has_settled(daemon: Daemon) -> None:
    fails = scan(result("MGP-204", "fail"))
    daemon.sees(fails)
    assert daemon.open() == {}
    daemon.sees(fails)
    assert daemon.open() == {SETTLING: 1}


def test_what_could_not_be_remembered_counts_at_once_by_the_results(daemon: Daemon) -> None:
    daemon.sees(scan(FAILS, result("MGP-204", "fail")), remembers=False)
    assert daemon.open() == {GATEWAY: 1, SETTLING: 1}


def test_a_waived_finding_does_not_count_also_where_nobody_can_look(daemon: Daemon) -> None:
    daemon.sees(scan(FAILS | {"waived_by": "NET-7"}))
    daemon.sees(scan(sections=BLIND))
    assert daemon.open() == {}


def following(*, waived_by: str | None = None) -> tuple[Json, Json]:
    """A failure that has to settle, and one that follows from it."""
    cause = {"rule": "MGP-204", "cluster": "dc1", "kind": "gateway", "id": "mesh-gateway"}
    return result("MGP-204", "fail", waived_by=waived_by), FAILS | {"caused_by": [cause]}


def test_a_consequence_does_not_count_also_while_its_cause_settles(daemon: Daemon) -> None:
    daemon.sees(scan(*following()))
    assert daemon.open() == {}
    daemon.sees(scan(*following()))
    assert daemon.open() == {SETTLING: 1}
    daemon.sees(scan(sections=BLIND))
    assert daemon.open() == {SETTLING: 1}


def test_a_consequence_counts_where_its_cause_is_waived(daemon: Daemon) -> None:
    daemon.sees(scan(*following(waived_by="NET-7")))
    assert daemon.open() == {GATEWAY: 1}


def test_a_consequence_that_is_left_counts_though_nobody_sees_it(daemon: Daemon) -> None:
    daemon.sees(scan(*following()))
    daemon.sees(scan(result("MGP-204", "pass"), result("MGP-205", "unknown")))
    assert daemon.open() == {GATEWAY: 1}


def test_a_finding_of_a_cluster_that_is_not_scanned_any_more_does_not_count(daemon: Daemon) -> None:
    daemon.sees(scan(FAILS))
    only_dc2 = scan()
    del only_dc2["clusters"]["dc1"]
    daemon.sees(only_dc2)
    assert daemon.open() == {}


def test_a_finding_of_a_rule_that_is_not_asked_any_more_does_not_count(daemon: Daemon) -> None:
    daemon.sees(scan(FAILS))
    daemon.rules = tuple(rule for rule in RULES if rule.id != "MGP-205")
    daemon.reloads()
    daemon.sees(scan())
    assert daemon.open() == {}


def test_what_has_no_series_of_its_own_is_counted_by_what_stands(daemon: Daemon) -> None:
    daemon.sees(scan(FAILS, result("MGP-205", "fail", "other"), result("MGP-205", "fail", "third")))
    daemon.sees(scan(sections=BLIND))
    assert len(daemon.values("consul_compliance_finding", 2)) == 1, "three labels do not tell two subjects apart"
    assert daemon.values("consul_compliance_finding_series_dropped", 2) == {("", "", ""): 1}


@pytest.mark.parametrize("section", ["mesh", "envoy", "gateways", "peerings"])
def test_no_finding_of_a_broken_pair_ends_when_a_section_fails(
    embedded: Engine, policy_set: PolicySet, section: str
) -> None:
    daemon = Daemon(catalogue(policy_set))
    snapshot = base_snapshot("broken-pair")
    whole = results(embedded, policy_set, snapshot)
    daemon.sees(whole)
    daemon.sees(whole)
    before = daemon.open()
    assert {rule for _, rule, severity in before if severity == "critical"}

    daemon.sees(results(embedded, policy_set, without(snapshot, section)))
    assert before.items() <= daemon.open().items()


def without(snapshot: Json, section: str) -> Json:
    """The same, with a section that cannot be read any more in any cluster."""
    blind = deepcopy(snapshot)
    for cluster in blind["clusters"].values():
        cluster[section] = None
        cluster["collection"][section] |= {"status": "error", "detail": "500"}
    return blind
