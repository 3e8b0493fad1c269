"""What a report says of each cluster, and which cluster comes first."""

from scanner.model.document import Json
from scanner.publish.chapters import Blindness, chapters
from tests.unit.publish.builders import cluster, document, passing, result, section
from tests.unit.publish.samples import blind_token, entry_missing, unreachable


def order(results: Json) -> list[str]:
    return [chapter.cluster for chapter in chapters(results)]


def only_failing(cluster_name: str, rule: str) -> list[Json]:
    return [*passing(without=((rule, cluster_name),)), result(rule, cluster_name, "fail")]


def test_the_cluster_with_the_worst_failure_comes_first() -> None:
    assert order(document(only_failing("dc2", "MGP-406"), 1)) == ["dc2", "dc1"]


def test_one_that_is_unreachable_comes_after_a_high_failure_and_before_a_milder_one() -> None:
    gone = {"dc2": cluster([], "dc2", "unreachable")}
    assert order(document(only_failing("dc1", "MGP-406"), 4, **gone)) == ["dc1", "dc2"]
    assert order(document(only_failing("dc1", "MGP-702"), 4, **gone)) == ["dc2", "dc1"]


def test_an_error_comes_before_the_unknown_and_both_before_what_is_well() -> None:
    judged = [result("MGP-301", "dc1"), result("MGP-301", "dc2", "unknown")]
    assert order(document(judged, 0)) == ["dc2", "dc1"]
    assert order(document([*judged, result("MGP-204", "dc1", "error")], 3)) == ["dc1", "dc2"]


def test_a_cluster_without_results_still_has_its_chapter() -> None:
    assert order(document([], 0)) == ["dc1", "dc2"]


def test_what_belongs_to_no_cluster_has_a_chapter_without_status() -> None:
    stray = result("MGP-301", "dc1", "fail")
    stray["subject"] = stray["subject"] | {"cluster": "", "kind": "waiver"}
    first = chapters(document([stray], 1))[0]
    assert (first.cluster, first.status, len(first.findings)) == ("", "", 1)


def test_sections_that_were_not_read_for_the_same_reason_are_one() -> None:
    blind = chapters(blind_token())[0]
    assert [reason.sections for reason in blind.blindness] == [("agents", "gateways", "servers"), ("peerings",)]
    assert blind.missing_grants == ("node:read", "peering:read", "service:read")


def test_a_section_that_was_switched_off_is_no_blindness_of_a_cluster_that_is_ok() -> None:
    well = document(passing(), 0, dc1=cluster(passing(), "dc1", "ok", agents=section("off", "by the config")))
    assert [chapter.blindness for chapter in chapters(well)] == [(), ()]


def test_all_sections_of_a_cluster_that_is_gone_are_one_line() -> None:
    gone = chapters(unreachable())[0]
    assert gone.blindness == (
        Blindness(tuple(sorted(cluster([], "dc2")["collection"])), "error", "connection refused at 127.0.0.1:8510"),
    )


def test_unknown_results_that_the_same_thing_would_settle_are_one() -> None:
    blind = chapters(blind_token())[0]
    assert [len(unknown.results) for unknown in blind.unknown] == [9]


def test_an_unknown_that_names_no_need_is_told_by_its_message() -> None:
    unsettled = result("MGP-301", "dc1", "unknown", message="The answer was cut off")
    assert chapters(document([unsettled], 0))[0].unknown[0].needed == "The answer was cut off"


def test_a_consequence_is_in_the_chapter_of_its_cause() -> None:
    accepting, dialing = chapters(entry_missing())
    assert [len(finding.follows) for finding in accepting.findings] == [2]
    assert dialing.findings == ()


def test_a_cluster_with_something_new_comes_before_one_where_worse_was_known() -> None:
    known = result("MGP-204", "dc1", "fail", baseline="known")
    new = result("MGP-702", "dc2", "fail", baseline="new")

    assert order(document([known, new], 1)) == ["dc2", "dc1"]
