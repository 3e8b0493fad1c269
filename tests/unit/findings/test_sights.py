"""What a scan shows of a finding: nothing is gone that was not looked for."""

from typing import Any

import pytest

from scanner.findings.fingerprint import fingerprint
from scanner.findings.lifecycle import Failure, Sight, stepped
from scanner.findings.sights import sights
from scanner.model.document import Json, sha256
from scanner.model.finding import Finding
from scanner.schemas import schema
from tests.unit.findings.scans import OF_PAIRS, RULES, SETTLE, START, of_pair, result, rule, scan

BY_ID = {each.id: each for each in RULES}
GATEWAY = result("MGP-205", "fail")
IN_A_TEAM = result("MGP-205", "fail", partition="team")
PAIR = of_pair("fail")


def known(failing: Json) -> Finding:
    found = stepped(fingerprint(failing), None, Failure.from_result(failing), SETTLE, START)
    assert found
    return found


def shown(failing: Json, *told: Json, sections: Json | None = None) -> Sight:
    name = fingerprint(failing)
    return sights(scan(*told, sections=sections), BY_ID, {name: known(failing)})[name]


def test_a_fingerprint_is_the_place_and_not_what_is_said_of_it() -> None:
    plain = ["MGP-205", "dc1", "", "", "gateway", "mesh-gateway"]

    assert fingerprint(GATEWAY) == sha256(plain)
    assert fingerprint(result("MGP-205", "pass", name="other", message="else", peer="dc2")) == sha256(plain)


@pytest.mark.parametrize("field", ["cluster", "partition", "namespace", "kind", "id"])
def test_each_part_of_the_place_counts(field: str) -> None:
    assert fingerprint(result("MGP-205", "fail", **{field: "other"})) != fingerprint(GATEWAY)
    assert fingerprint(result("MGP-204", "fail")) != fingerprint(GATEWAY)


def test_a_pair_is_the_same_from_both_of_its_sides() -> None:
    assert fingerprint(of_pair("fail", "dc1", peer=None)) == fingerprint(of_pair("fail", "dc2", "dc1"))


@pytest.mark.parametrize(("status", "sight"), [("pass", "passes"), ("unknown", "unclear"), ("error", "unclear")])
def test_a_result_says_what_it_says(status: str, sight: Sight) -> None:
    assert shown(GATEWAY, result("MGP-205", status)) == sight


def test_a_failure_is_shown_as_it_is_now_whether_it_was_known_or_not() -> None:
    now = result("MGP-205", "fail", message="it is worse", severity="critical")

    assert shown(GATEWAY, now) == Failure.from_result(now)
    assert sights(scan(now), BY_ID, {}) == {fingerprint(now): Failure.from_result(now)}


def test_of_two_results_with_one_fingerprint_the_worse_counts() -> None:
    one, other = of_pair("pass", "dc1", None), of_pair("fail")

    assert shown(PAIR, one, other) == shown(PAIR, other, one) == Failure.from_result(other)


@pytest.mark.parametrize("status", ["ok", "disabled", "unsupported"])
def test_what_is_not_there_is_gone_where_it_was_looked_for(status: str) -> None:
    assert shown(GATEWAY, sections={"dc1": {"gateways": status}}) == "gone"


@pytest.mark.parametrize("status", ["denied", "filtered", "off", "error"])
def test_a_section_that_was_not_read_whole_hides_what_is_in_it(status: str) -> None:
    assert shown(GATEWAY, sections={"dc1": {"gateways": status}}) == "unclear"


@pytest.mark.parametrize("cluster", ["dc1", "dc2"])
@pytest.mark.parametrize("section", ["mesh", "peerings", "access"])
def test_a_pair_is_gone_only_where_both_clusters_were_read(cluster: str, section: str) -> None:
    assert shown(PAIR) == "gone"
    assert shown(PAIR, sections={cluster: {section: "error"}}) == "unclear"


@pytest.mark.parametrize(("two_sided", "sight"), [(True, "unclear"), (False, "gone")])
def test_a_rule_that_needs_both_clusters_misses_nothing_by_one(two_sided: bool, sight: Sight) -> None:  # noqa: FBT001
    of_peerings = rule("X-1", needs=("mesh", "peerings"), judges="peering", two_sided=two_sided)
    failing = result("X-1", "fail", "p1", kind="peering", peer="dc2")
    name, blind = fingerprint(failing), scan(sections={"dc2": {"mesh": "error"}})

    assert sights(blind, {"X-1": of_peerings}, {name: known(failing)}) == {name: sight}


def test_other_clusters_and_sections_hide_nothing() -> None:
    assert shown(GATEWAY, sections={"dc2": {"gateways": "error"}, "dc1": {"mesh": "denied"}}) == "gone"


def test_a_partition_that_could_not_be_listed_hides_what_is_in_it() -> None:
    blind: Json = {"dc1": {"partitions": "denied"}}

    assert shown(GATEWAY, sections=blind) == "gone"
    assert shown(IN_A_TEAM, sections=blind) == "unclear"
    assert shown(IN_A_TEAM) == "gone"


def blind(**fields: Any) -> Json:
    return result("MGP-205", "unknown", **fields)


@pytest.mark.parametrize(
    "told",
    [
        blind(kind="cluster", id="dc1"),
        result("MGP-205", "error", kind="rule", cluster="", id="MGP-205"),
    ],
    ids=["a blind rule", "an erred rule"],
)
def test_a_rule_that_saw_nothing_freezes_its_findings_there(told: Json) -> None:
    assert shown(GATEWAY, told) == "unclear"


@pytest.mark.parametrize(
    "told",
    [
        blind(kind="cluster", id="dc2", cluster="dc2"),
        blind(id="another-gateway"),
        result("MGP-204", "error", kind="rule", cluster="", id="MGP-204"),
        result("MGP-205", "not_applicable", kind="cluster", id="dc1"),
    ],
    ids=["elsewhere", "another subject", "another rule", "nothing of the kind"],
)
def test_what_is_said_of_others_freezes_nothing(told: Json) -> None:
    assert shown(GATEWAY, told) == "gone"


def test_what_does_not_apply_is_no_answer_of_its_own() -> None:
    of_cluster = result("MGP-205", "fail", "dc1", kind="cluster")
    told = result("MGP-205", "not_applicable", "dc1", kind="cluster")

    assert shown(of_cluster, told) == "gone"
    assert shown(of_cluster, told, sections={"dc1": {"gateways": "denied"}}) == "unclear"


WITHOUT_ITS_RULE = {OF_PAIRS.id: OF_PAIRS}


def without_dc1(*told: Json) -> Json:
    left = scan(*told)
    del left["clusters"]["dc1"]
    return left


def test_what_is_taken_out_of_the_scan_has_left() -> None:
    name = fingerprint(GATEWAY)

    assert sights(scan(), WITHOUT_ITS_RULE, {name: known(GATEWAY)}) == {name: "left"}
    assert sights(without_dc1(), BY_ID, {name: known(GATEWAY)}) == {name: "left"}


def test_a_pair_has_left_with_one_of_its_clusters_unless_it_is_judged_all_the_same() -> None:
    name, unknown, passes = fingerprint(PAIR), of_pair("unknown", peer=None), of_pair("pass", peer=None)
    fails = of_pair("fail", peer=None)

    told = [sights(without_dc1(*each), BY_ID, {name: known(PAIR)})[name] for each in ([], [unknown], [passes], [fails])]

    assert told == ["left", "left", "passes", Failure.from_result(fails)]


@pytest.mark.parametrize(("section", "missing", "sight"), [("acl", [], "left"), ("acl", ["acl:read"], "unclear")])
def test_what_the_config_file_says_not_to_read_has_left_unless_a_grant_is_all_that_lacks(
    section: str, missing: list[str], sight: Sight
) -> None:
    name, needing = fingerprint(GATEWAY), rule("MGP-205", needs=("gateways", "acl"))
    switched_off = scan(sections={"dc1": {section: "off"}})
    switched_off["clusters"]["dc1"]["collection"][section]["missing"] = missing
    assert sights(switched_off, {"MGP-205": needing}, {name: known(GATEWAY)}) == {name: sight}


def test_of_what_a_rule_may_need_the_config_file_switches_the_acls_alone() -> None:
    needs = schema("rule")["properties"]["custom"]["properties"]["needs"]["items"]["enum"]
    assert {"acl", "envoy", "probe"} & {*needs} == {"acl"}


def test_what_could_not_be_reached_has_not_left() -> None:
    assert shown(GATEWAY, sections={"dc1": {"access": "error", "gateways": "error"}}) == "unclear"
    assert shown(PAIR, of_pair("unknown"), sections={"dc1": {"access": "error"}}) == "unclear"


def test_what_a_narrowed_scan_does_not_show_is_unclear() -> None:
    name, filtered = fingerprint(GATEWAY), {"filter": {"rules": ["MGP-303"], "clusters": ["dc2"], "severity": None}}

    assert sights(without_dc1() | filtered, BY_ID, {name: known(GATEWAY)}) == {name: "unclear"}
    assert sights(scan() | filtered, WITHOUT_ITS_RULE, {name: known(GATEWAY)}) == {name: "unclear"}
    assert sights(scan() | filtered, BY_ID, {name: known(GATEWAY)}) == {name: "unclear"}


def test_a_waiver_is_of_no_cluster() -> None:
    of_waiver = result("MGP-801", "fail", "w-1", cluster="", kind="waiver")
    name = fingerprint(of_waiver)
    rules = {"MGP-801": rule("MGP-801", needs=())}

    assert sights(scan(), rules, {name: known(of_waiver)}) == {name: "gone"}


def test_the_other_cluster_of_a_pair_may_be_unknown() -> None:
    assert shown(of_pair("fail", "dc1", peer=None), sections={"dc2": {"mesh": "error"}}) == "gone"
