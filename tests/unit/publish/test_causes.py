"""One cause speaks once, and no failure is lost."""

from scanner.model.document import Json
from scanner.publish.causes import Finding, findings
from tests.unit.publish.builders import cause, result, subject


def failure(rule: str, cluster: str, *causes: tuple[str, str], **fields: object) -> Json:
    return result(rule, cluster, "fail", caused_by=[cause(*earlier) for earlier in causes], **fields)


def outline(found: tuple[Finding, ...]) -> list[tuple[str, list[str]]]:
    return [(finding.result["rule"], [derived["rule"] for derived in finding.follows]) for finding in found]


def test_puts_what_follows_under_its_cause_in_whatever_order_they_come() -> None:
    failures = [failure("MGP-404", "dc2", ("MGP-301", "dc1")), failure("MGP-301", "dc1")]
    assert outline(findings(failures)) == [("MGP-301", ["MGP-404"])]
    assert outline(findings(failures[::-1])) == [("MGP-301", ["MGP-404"])]


def test_follows_a_chain_of_causes_to_its_root() -> None:
    failures = [
        failure("MGP-301", "dc1"),
        failure("MGP-303", "dc2", ("MGP-301", "dc1")),
        failure("MGP-404", "dc2", ("MGP-303", "dc2")),
    ]
    assert outline(findings(failures)) == [("MGP-301", ["MGP-303", "MGP-404"])]


def test_what_has_several_causes_is_told_once() -> None:
    failures = [
        failure("MGP-301", "dc1"),
        failure("MGP-301", "dc2"),
        failure("MGP-303", "dc2", ("MGP-301", "dc1"), ("MGP-301", "dc2")),
    ]
    assert outline(findings(failures)) == [("MGP-301", ["MGP-303"]), ("MGP-301", [])]


def test_what_follows_from_nothing_shown_stands_alone() -> None:
    failures = [
        failure("MGP-301", "dc1", waived_by="OPS-7"),
        failure("MGP-303", "dc2", ("MGP-301", "dc1")),
    ]
    assert outline(findings(failures)) == [("MGP-303", [])]


def test_a_circle_of_causes_loses_nobody() -> None:
    failures = [
        failure("MGP-301", "dc1", ("MGP-303", "dc2")),
        failure("MGP-303", "dc2", ("MGP-301", "dc1")),
        failure("MGP-404", "dc2", ("MGP-303", "dc2")),
        failure("MGP-406", "dc1", ("MGP-406", "dc1")),
    ]
    assert outline(findings(failures)) == [("MGP-301", []), ("MGP-303", []), ("MGP-404", []), ("MGP-406", [])]


def test_subjects_that_differ_in_their_partition_alone_are_both_told() -> None:
    twins = [
        failure("MGP-204", "dc1", subject=subject("MGP-204", "dc1", partition=partition)) for partition in ("a", "b")
    ]
    assert len(findings(twins)) == len(twins)


def test_the_worst_comes_first() -> None:
    failures = [failure("MGP-702", "dc1"), failure("MGP-406", "dc1"), failure("MGP-204", "dc1")]
    assert outline(findings(failures)) == [("MGP-204", []), ("MGP-406", []), ("MGP-702", [])]


def test_only_failures_are_findings() -> None:
    assert findings([result("MGP-301", "dc1", status) for status in ("pass", "unknown", "error")]) == ()
