"""JUnit: a suite a cluster, a case a rule and subject; failure, error and skipped are kept apart."""

from xml.etree import ElementTree as ET

import pytest

from scanner.model.document import Json
from tests.unit.publish.builders import document, passing, result
from tests.unit.publish.reports import junit_fault, junit_suites, rendered
from tests.unit.publish.samples import MEND_301, SAMPLES, blind_token, entry_missing, healthy, unreachable, waived


def told(results: Json, cluster: str, class_name: str) -> ET.Element:
    """Return what one case says; an empty case passed."""
    (case,) = (case for case in junit_suites(results)[cluster] if case.get("classname") == f"{cluster}.{class_name}")
    (found,) = case
    return found


def test_the_schema_would_notice() -> None:
    assert junit_fault("<testsuites><testsuite/></testsuites>") is not None


@pytest.mark.parametrize("sample", SAMPLES)
def test_is_of_the_schema_and_its_sums_are_right(sample: str) -> None:
    root = ET.fromstring(rendered("junit", SAMPLES[sample]()))
    assert junit_fault(rendered("junit", SAMPLES[sample]())) is None
    for counter, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        assert root.get(counter) == str(len(list(root.iter(tag))))
        for suite in root:
            assert suite.get(counter) == str(len(list(suite.iter(tag))))
    assert sum(int(suite.get("skipped", "")) for suite in root) == len(list(root.iter("skipped")))


def test_has_a_case_for_each_result_and_one_for_each_cluster() -> None:
    suites = junit_suites(healthy())
    assert {name: len(suite) for name, suite in suites.items()} == {"dc1": 9, "dc2": 11}
    assert [list(case) for case in suites["dc1"]] == [[]] * 9
    assert suites["dc1"].get("timestamp") == "2026-10-20T03:12:44.251Z"


def test_a_failure_has_its_severity_its_words_and_the_mend() -> None:
    failure = told(entry_missing(), "dc1", "MGP-301 mesh_entry")
    assert (failure.tag, failure.get("type")) == ("failure", "critical")
    assert str(failure.get("message")).startswith("The mesh entry has Peering.PeerThroughMeshGateways = false")
    assert failure.text == f"Write the entry back whole with the flag set; its other settings are kept.\n{MEND_301}"


def test_a_failure_without_a_mend_is_one_too() -> None:
    assert told(document([result("MGP-301", "dc1", "fail", message="m")], 1), "dc1", "MGP-301 mesh_entry").text is None


def test_commands_that_are_not_copyable_are_withheld() -> None:
    mend = {"text": "Do this.", "commands": ["echo \x1b[2J"]}
    failed = document([result("MGP-301", "dc1", "fail", remediation=mend)], 1)
    assert told(failed, "dc1", "MGP-301 mesh_entry").text == "Do this."


def test_a_consequence_names_its_cause() -> None:
    assert told(entry_missing(), "dc2", "MGP-404 addresses_exposed").text == "Follows from MGP-301 of dc1."


WAIVER = {"id": "w", "owner": "net", "reason": "it is rebuilt", "ticket": "NET-7", "expires": "2027-01-31"}


def test_an_error_is_an_error_and_no_failure() -> None:
    erred = told(document([result("MGP-404", "dc2", "error", error="why")], 3), "dc2", "MGP-404 addresses_exposed")
    assert (erred.tag, erred.get("message")) == ("error", "why")


@pytest.mark.parametrize(
    ("fields", "kind", "message"),
    [
        ({"status": "unknown", "message": "m", "needed": "n"}, "unknown", "unknown: m To settle: n"),
        ({"status": "unknown", "message": "m"}, "unknown", "unknown: m"),
        ({"status": "not_applicable", "message": "m"}, "not_applicable", "not applicable: m"),
        ({"status": "fail", "message": "m", "waived_by": "w"}, "waived", "waived by w: m"),
        (
            {"status": "fail", "message": "m", "waived_by": "w", "waiver": WAIVER},
            "waived",
            "waived by w, net until 2027-01-31 (NET-7): it is rebuilt: m",
        ),
        ({"status": "fail", "message": "m", "baseline": "known"}, "known", "known from the baseline: m"),
    ],
)
def test_what_nobody_has_to_mend_now_is_skipped_with_its_reason(fields: Json, kind: str, message: str) -> None:
    skipped = told(document([result("MGP-301", "dc1", **fields)], 0), "dc1", "MGP-301 mesh_entry")
    assert (skipped.tag, skipped.get("type"), skipped.get("message")) == ("skipped", kind, message)


def test_a_cluster_that_was_not_read_is_an_error_though_all_of_it_is_skipped() -> None:
    error = told(unreachable(), "dc2", "consul-scan")
    assert (error.tag, error.get("type")) == ("error", "unreachable")
    assert str(error.get("message")).endswith("(error): connection refused at 127.0.0.1:8510")


def test_a_cluster_that_was_read_in_part_says_what_is_missing() -> None:
    skipped = told(blind_token(), "dc2", "consul-scan")
    assert (skipped.tag, skipped.get("type")) == ("skipped", "partial")
    assert str(skipped.text).splitlines()[1] == "peerings (denied): not asked, as the token may not read peerings"


def test_cases_of_one_rule_have_different_names() -> None:
    double = [result(rule, "dc1") for rule in ("MGP-204", "MGP-204", "MGP-201", "MGP-301")]
    names = [case.get("name") for case in junit_suites(document(double, 0))["dc1"]]
    assert names[1:] == ["gateway mesh-gateway", "gateway mesh-gateway (2)", "cluster dc1", "cluster dc1"]


def test_what_belongs_to_no_cluster_has_a_suite() -> None:
    stray = result("MGP-301", "dc1", "fail", message="m")
    stray["subject"] |= {"cluster": "", "kind": "waiver", "id": "w1", "name": "w1"}
    (case,) = junit_suites(document([stray, *passing()], 1))["outside the clusters"]
    assert (case.get("name"), case[0].tag) == ("waiver w1", "failure")


def test_is_ascii_so_that_any_terminal_keeps_it_whole() -> None:
    failed = document([result("MGP-301", "dc1", "fail", message="Straße 東京")], 1)
    assert rendered("junit", failed).isascii()
    assert told(failed, "dc1", "MGP-301 mesh_entry").get("message") == "Straße 東京"


def test_waived_failures_fail_no_suite() -> None:
    assert junit_suites(waived())["dc1"].get("failures") == "1"
