"""Annotations of GitHub: one command a line, the worst first, escaped as GitHub's toolkit does it."""

import re

from scanner.model.document import Json
from tests.unit.publish.builders import document, result
from tests.unit.publish.reports import rendered
from tests.unit.publish.samples import blind_token, compared, entry_missing, healthy, rule_erred, unreachable, waived

ESCAPED = {"%25": "%", "%0A": "\n", "%3A": ":", "%2C": ","}


def annotations(results: Json) -> list[tuple[str, str, str]]:
    """Return command, title and message of each line, as GitHub reads them."""
    return [
        (command, _read(title), _read(message))
        for command, title, message in re.findall(r"(?m)^::(\w+) title=(.*?)::(.*)$", rendered("github", results))
    ]


def _read(text: str) -> str:
    return re.sub("%..", lambda match: ESCAPED[match[0]], text)


def test_the_verdict_comes_first() -> None:
    assert annotations(healthy()) == [
        (
            "notice",
            "consul-scan: PASS",
            "17 checks passed\ncoverage 100%; exit code 0: nothing failed at or above --fail-on",
        )
    ]


def test_a_failure_tells_what_follows_and_what_mends_it_in_one_annotation() -> None:
    ((command, title, message),) = annotations(entry_missing())[1:]
    assert (command, title) == ("error", "critical: MGP-301 mesh_entry (cluster dc1)")
    assert message.splitlines()[1:] == [
        "so also MGP-303, pair dc2 -> dc1",
        "so also MGP-404, pair dc2 -> dc1",
        "Mend:",
        "Write the entry back whole with the flag set; its other settings are kept.",
    ]


def test_a_consequence_whose_cause_is_not_shown_names_it() -> None:
    results = entry_missing()
    results["results"] = results["results"][:-1]
    assert annotations(results)[1][2].endswith("\nFollows from MGP-301 of dc1.")


def test_the_worst_is_told_first_and_a_severity_has_its_command() -> None:
    failed = [result("MGP-702", "dc1", "fail"), result("MGP-301", "dc2", "fail"), result("MGP-406", "dc1", "fail")]
    failed[2]["severity"] = "medium"
    assert [(command, title.split(":")[0]) for command, title, _ in annotations(document(failed, 1))[1:]] == [
        ("error", "critical"),
        ("warning", "medium"),
        ("notice", "info"),
    ]


def test_what_one_thing_would_settle_is_one_annotation() -> None:
    assert ("warning", "unknown: 9 checks of dc2") in [told[:2] for told in annotations(blind_token())]
    assert [told[1] for told in annotations(blind_token())].count("not read: dc2") == 2


def test_an_error_and_a_cluster_that_was_not_read_are_errors() -> None:
    assert annotations(rule_erred())[1] == (
        "error",
        "erred: MGP-404 addresses_exposed (pair dc2 -> dc1)",
        "eval_conflict_error: rules must not produce multiple outputs",
    )
    assert ("error", "not read: dc2") in [told[:2] for told in annotations(unreachable())]


def test_waived_is_a_notice_with_who_waived_it() -> None:
    assert annotations(waived())[-1] == (
        "notice",
        "MGP-204 gateway_available (gateway mesh-gateway)",
        "waived by OPS-7 gateway rebuild: No instance passes its checks",
    )


def test_escapes_as_the_toolkit_does() -> None:
    failed = result("MGP-301", "dc1", "fail", message="100% a:b, c%0A")
    failed["subject"]["name"] = "a:b, 5%"
    line = rendered("github", document([failed], 1)).splitlines()[1]
    assert line == "::error title=critical%3A MGP-301 mesh_entry (cluster a%3Ab%2C 5%25)::100%25 a:b, c%250A"


def test_what_the_baseline_had_is_a_notice_and_what_is_gone_is_told() -> None:
    told = [(command, title) for command, title, _ in annotations(compared())]
    assert ("notice", "critical (known): MGP-301 mesh_entry (cluster dc1)") in told
    assert told[-1] == ("notice", "resolved: MGP-501 grpc_tls_port (server dc2-server)")
