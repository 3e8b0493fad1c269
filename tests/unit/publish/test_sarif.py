"""SARIF: what is wrong or unknown with its rule, place and fingerprint, for viewers that know nothing of Consul."""

import pytest

from scanner.findings.fingerprint import fingerprint
from scanner.findings.told_rules import told_rules
from scanner.model.document import Json
from scanner.model.statements import STATEMENTS
from tests.unit.publish.builders import document, passing, result, rules
from tests.unit.publish.reports import sarif_fault, sarif_run
from tests.unit.publish.samples import (
    MEND_301,
    SAMPLES,
    compared,
    entry_missing,
    healthy,
    rule_erred,
    unreachable,
    waived,
)


def found(results: Json, rule: str) -> Json:
    """Return the one result of a rule."""
    hits: list[Json] = [told for told in sarif_run(results)["results"] if told["ruleId"] == rule]
    assert len(hits) == 1
    return hits[0]


def rule_of(results: Json, rule: str) -> Json:
    return next(told for told in sarif_run(results)["tool"]["driver"]["rules"] if told["id"] == rule)


def test_the_schema_would_notice() -> None:
    assert sarif_fault('{"version": "2.1.0"}') is not None


@pytest.mark.parametrize("sample", SAMPLES)
def test_is_of_the_schema_and_names_its_rules(sample: str) -> None:
    run = sarif_run(SAMPLES[sample]())
    listed = run["tool"]["driver"]["rules"]
    assert len(listed) == len({rule["id"] for rule in listed}) > 3
    assert all(listed[told["ruleIndex"]]["id"] == told["ruleId"] for told in run["results"])


def test_a_pass_is_no_result() -> None:
    assert sarif_run(healthy())["results"] == []


@pytest.mark.parametrize(
    ("rule", "level", "score"),
    [("MGP-301", "error", "9.5"), ("MGP-406", "error", "8.0"), ("MGP-702", "note", "1.0")],
)
def test_a_severity_has_a_level_and_a_score(rule: str, level: str, score: str) -> None:
    failed = document([result(rule, "dc1", "fail", message="m")], 1)
    assert (found(failed, rule)["kind"], found(failed, rule)["level"]) == ("fail", level)
    assert rule_of(failed, rule)["defaultConfiguration"] == {"level": level}
    assert rule_of(failed, rule)["properties"]["security-severity"] == score


def test_a_failure_says_what_is_wrong_and_what_mends_it() -> None:
    told = found(entry_missing(), "MGP-301")
    first, *rest = told["message"]["text"].splitlines()
    assert first.startswith(
        "cluster dc1: The mesh entry has Peering.PeerThroughMeshGateways = false, so the servers of"
    )
    assert rest == ["Mend:", "Write the entry back whole with the flag set; its other settings are kept."]
    assert told["properties"]["commands"] == [MEND_301]


def test_a_consequence_names_its_cause() -> None:
    assert found(entry_missing(), "MGP-404")["message"]["text"].endswith(
        "\nFollows from MGP-301 of dc1: mend that first."
    )


def test_commands_that_are_not_copyable_are_withheld() -> None:
    mend = {"text": "Do this.", "commands": ["echo first", "echo \x1b[2J"]}
    told = found(document([result("MGP-301", "dc1", "fail", remediation=mend)], 1), "MGP-301")
    assert told["properties"]["commands"] == []


def test_a_place_is_a_file_that_is_not_there_and_a_name() -> None:
    failed = result("MGP-204", "dc1", "fail")
    failed["subject"] |= {"partition": "team a", "namespace": "web"}
    location = found(document([failed], 1), "MGP-204")["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "consul/dc1/gateway/team%20a/web/mesh-gateway"
    assert location["logicalLocations"] == [
        {
            "name": "mesh-gateway",
            "fullyQualifiedName": "dc1/gateway/team a/web/mesh-gateway",
            "kind": "gateway",
        }
    ]


def test_is_known_again_by_its_fingerprint() -> None:
    wanted = fingerprint(result("MGP-301", "dc1"))
    assert found(entry_missing(), "MGP-301")["partialFingerprints"] == {
        "consulScan/v1": wanted,
        "primaryLocationLineHash": wanted,
    }


def test_unknown_is_open_and_says_what_would_settle_it() -> None:
    told = found(document([result("MGP-406", "dc1", "unknown", message="Not heard", needed="Wait")], 0), "MGP-406")
    assert (told["kind"], told["level"]) == ("open", "none")
    assert told["message"]["text"] == "Unknown, peering to-dc2 (peer dc2): Not heard\nTo settle: Wait"


def test_unknown_without_words_is_told_too() -> None:
    told = found(document([result("MGP-406", "dc1", "unknown")], 0), "MGP-406")
    assert told["message"]["text"] == "Unknown, peering to-dc2 (peer dc2)"


def test_waived_is_suppressed_and_says_by_what() -> None:
    assert found(waived(), "MGP-204")["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "waived by OPS-7 gateway rebuild"}
    ]
    assert found(waived(), "MGP-702")["suppressions"] == []


def test_an_error_is_a_notification_of_its_rule() -> None:
    run = sarif_run(rule_erred())
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"][told["associatedRule"]["index"]]["id"] == told["associatedRule"]["id"]
    assert (told["level"], told["associatedRule"]["id"]) == ("error", "MGP-404")
    assert "eval_conflict_error: rules must not produce multiple outputs" in told["message"]["text"]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_a_cluster_that_was_not_read_is_a_notification() -> None:
    run = sarif_run(unreachable())
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["level"] == "error"
    assert told["message"]["text"].startswith("dc2: access, ")
    assert told["message"]["text"].endswith("(error): connection refused at 127.0.0.1:8510")


def test_the_run_has_the_scan_and_its_times() -> None:
    run = sarif_run(entry_missing())
    (invocation,) = run["invocations"]
    assert run["automationDetails"]["id"] == "consul-scan/0199f3c2-7a41-7c55-8f0e-2f6f0d9c1b77"
    assert invocation["startTimeUtc"] == "2026-10-20T03:12:43.104Z"
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (1, True)
    assert run["properties"]["summary"]["fail"] == 3


def test_a_time_with_an_offset_is_told_as_utc() -> None:
    results = healthy()
    results["scan"]["finished_at"] = "2026-10-20T03:12:44.251+00:00"
    assert sarif_run(results)["invocations"][0]["endTimeUtc"] == "2026-10-20T03:12:44.251Z"


def test_a_rule_tells_of_itself_what_the_results_do() -> None:
    results = document(passing(), 0) | {"rules": told_rules(rules())}
    told = rule_of(results, "MGP-301")
    assert told["name"] == "mesh_entry"
    assert told["shortDescription"]["text"] == "Title"
    assert told["fullDescription"]["text"] == "Text"
    assert told["help"]["text"].splitlines() == [
        f"The document, D07: {STATEMENTS['D07'].text}",
        "How it is judged: Text",
        "More: consul-scan rules show MGP-301",
    ]
    assert "**How it is judged** `Text`" in told["help"]["markdown"]
    assert told["properties"]["tags"] == ["security", "consul", "D07"]


def test_without_words_on_a_rule_its_name_is_told() -> None:
    told = rule_of(document(passing(), 0), "MGP-301")
    assert told["shortDescription"]["text"] == told["fullDescription"]["text"] == "mesh_entry"


def test_braces_and_links_are_text() -> None:
    failed = document([result("MGP-301", "dc1", "fail", message="{0} [a](b)")], 1)
    assert found(failed, "MGP-301")["message"]["text"] == "cluster dc1: {{0}} [a] (b)"


def test_a_baseline_is_told() -> None:
    told = [(one["ruleId"], one["baselineState"]) for one in sarif_run(compared())["results"]]
    assert sorted(told) == [
        ("MGP-204", "unchanged"),
        ("MGP-301", "unchanged"),
        ("MGP-303", "new"),
        ("MGP-404", "unchanged"),
        ("MGP-702", "new"),
    ]
