"""One cause speaks once."""

from dataclasses import replace

from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.policies import PolicySet
from scanner.findings.causes import causes, failing
from scanner.model.result import Cause, Subject, Verdict
from scanner.model.rule import Rule

PAIR = Subject(cluster="dc2", kind="pair", id="p", name="dc2 -> dc1", peer="dc1")


def verdict(rule: str, subject: Subject, status: str = "fail") -> Verdict:
    return Verdict.from_document(
        {"rule": rule, "status": status, "subject": subject.document(), "message": "", "evidence": {}}
        | {"remedy": None, "needed": None, "error": None}
    )


def rule(policy_set: PolicySet, rule_id: str) -> Rule:
    return next(rule for rule in catalogue(policy_set) if rule.id == rule_id)


def cluster(name: str) -> Subject:
    return Subject(cluster=name, kind="cluster", id=name, name=name)


def test_a_failure_on_either_side_explains_that_of_a_pair(policy_set: PolicySet) -> None:
    failures = failing([verdict("MGP-301", cluster("dc1")), verdict("MGP-301", cluster("dc2"))])

    found = causes(rule(policy_set, "MGP-303"), PAIR, failures)

    assert found == (Cause("MGP-301", "dc2", "cluster", "dc2"), Cause("MGP-301", "dc1", "cluster", "dc1"))


def test_another_cluster_explains_nothing(policy_set: PolicySet) -> None:
    failures = failing([verdict("MGP-301", cluster("dc3"))])

    assert causes(rule(policy_set, "MGP-303"), PAIR, failures) == ()


def test_what_does_not_fail_explains_nothing(policy_set: PolicySet) -> None:
    failures = failing([verdict("MGP-301", cluster("dc1"), "unknown"), verdict("MGP-301", cluster("dc2"), "pass")])

    assert causes(rule(policy_set, "MGP-303"), PAIR, failures) == ()


def test_a_subject_without_another_side_looks_at_its_own_cluster(policy_set: PolicySet) -> None:
    failures = failing([verdict("MGP-301", cluster("dc1")), verdict("MGP-301", cluster("dc2"))])

    found = causes(rule(policy_set, "MGP-303"), replace(PAIR, peer=None), failures)

    assert [cause.cluster for cause in found] == ["dc2"]
