"""`audit --waivers`, `audit --baseline` and `consul-scan waivers`: what they tell, and how each ends."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.cli.main import exit_code
from scanner.model.document import Json
from scanner.schemas import fault
from tests.policies.cases import DATA

DEMO = ["--config", str(DATA / "demo.yaml")]
BROKEN = ["--snapshot", str(DATA / "broken-pair.json"), *DEMO]
HEALTHY = ["--snapshot", str(DATA / "healthy-pair.json"), *DEMO]

EVERY_FAILURE = [("MGP-301", "dc1", "dc1"), *((f"MGP-{number}", "dc2", "dc2 -> dc1") for number in (303, 404, 405))]
NEW = ["waivers", "new", "--owner", "team", "--reason", "why"]


def entry(rule: str = "MGP-301", cluster: str = "dc1", subject: str = "dc1", **fields: str) -> Json:
    whole = {"id": f"w-{rule}", "rule": rule, "cluster": cluster, "subject": subject, "owner": "team", "reason": "why"}
    return whole | {"expires": "2999-12-31"} | fields


@pytest.fixture
def waivers(tmp_path: Path) -> Callable[..., str]:
    def write(*entries: Json) -> str:
        path = tmp_path / "waivers.yaml"
        path.write_text(yaml.safe_dump(list(entries)))
        return str(path)

    return write


def audited(arguments: list[str], folder: Path, code: int) -> Json:
    out = folder / "results.json"
    assert exit_code(["audit", *arguments, "--format", "json", "-o", str(out)]) == code
    document: Json = json.loads(out.read_text())
    assert fault(document, "results") is None
    return document


def of_rule(document: Json, rule: str) -> list[Any]:
    return [result for result in document["results"] if result["rule"] == rule]


def test_what_is_waived_fails_still_and_does_not_fail_the_audit(waivers: Callable[..., str], tmp_path: Path) -> None:
    path = waivers(*(entry(*place) for place in EVERY_FAILURE))

    document = audited([*BROKEN, "--waivers", path], tmp_path, 0)

    summary = document["summary"]
    assert (summary["fail"], summary["waived"], summary["by_severity"]["critical"]) == (4, 4, 4)
    [failed] = [result for result in of_rule(document, "MGP-301") if result["status"] == "fail"]
    assert failed["waived_by"] == failed["waiver"]["id"] == "w-MGP-301"
    assert {result["status"] for result in of_rule(document, "MGP-802")} == {"pass"}
    assert {result["baseline"] for result in document["results"]} == {None}
    assert "baseline" not in document


def test_results_of_waivers_stand_where_their_urgency_puts_them(waivers: Callable[..., str], tmp_path: Path) -> None:
    document = audited([*BROKEN, "--waivers", waivers(entry("MGP-101", subject="none"))], tmp_path, 1)

    failed = [result["rule"] for result in document["results"] if result["status"] == "fail"]
    assert failed == [*(place[0] for place in EVERY_FAILURE), "MGP-802"]
    assert [result["status"] for result in document["results"][: len(failed)]] == ["fail"] * len(failed)


def test_without_waivers_nothing_is_said_of_them(tmp_path: Path) -> None:
    document = audited(HEALTHY, tmp_path, 0)

    assert of_rule(document, "MGP-801") == of_rule(document, "MGP-802") == []
    assert document["summary"]["waived"] == 0


def test_one_that_ended_covers_nothing_and_is_told(waivers: Callable[..., str], tmp_path: Path) -> None:
    path = waivers(*(entry(*place, expires="2020-01-31") for place in EVERY_FAILURE))

    document = audited([*BROKEN, "--waivers", path], tmp_path, 1)

    assert document["summary"]["waived"] == 0
    assert [result["status"] for result in of_rule(document, "MGP-801")] == ["fail"] * 4


def test_the_audit_fails_for_a_waiver_that_ended_where_it_is_still_needed(
    waivers: Callable[..., str], tmp_path: Path
) -> None:
    again = [entry(*place, id=f"again-{place[0]}") for place in EVERY_FAILURE]
    path = waivers(entry(expires="2020-01-31"), *again)

    document = audited([*BROKEN, "--waivers", path], tmp_path, 1)

    assert [
        result["rule"] for result in document["results"] if result["status"] == "fail" and not result["waiver"]
    ] == ["MGP-801"]


def test_a_rule_that_is_switched_off_leaves_its_waiver_unknown(waivers: Callable[..., str], tmp_path: Path) -> None:
    switches = "{disabled: [MGP-301, MGP-801], severity: {MGP-802: high}}"
    (tmp_path / "c.yaml").write_text(f"waivers: waivers.yaml\nrules: {switches}\n")
    waivers(entry())

    document = audited([*HEALTHY[:2], "--config", str(tmp_path / "c.yaml")], tmp_path, 1)

    [unmatched] = of_rule(document, "MGP-802")
    assert (unmatched["status"], unmatched["severity"]) == ("unknown", "high")
    assert unmatched["needed"] == "A scan that sees it: MGP-301 was not judged in this scan"
    assert of_rule(document, "MGP-801") == []


def test_the_option_wins_over_the_config_file(waivers: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("waivers: none.yaml\n")

    audited([*HEALTHY[:2], "--config", str(tmp_path / "c.yaml"), "--waivers", waivers()], tmp_path, 1)


def test_a_baseline_lets_what_was_there_pass_and_nothing_else(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps(audited(BROKEN, tmp_path, 1)))

    same = audited([*BROKEN, "--baseline", str(earlier)], tmp_path, 0)
    mended = audited([*HEALTHY, "--baseline", str(earlier)], tmp_path, 0)

    assert (same["summary"]["fail"], same["summary"]["known"]) == (4, 4)
    assert same["baseline"]["resolved"] == []
    assert [one["rule"] for one in mended["baseline"]["resolved"]] == [place[0] for place in EVERY_FAILURE]
    earlier.write_text(json.dumps(mended))
    worse = audited([*BROKEN, "--baseline", str(earlier)], tmp_path, 1)
    assert {result["baseline"] for result in worse["results"] if result["status"] == "fail"} == {"new"}


def test_fail_on_counts_what_is_new_alone(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    document = audited(BROKEN, tmp_path, 1)
    document["results"] = [result for result in document["results"] if result["rule"] != "MGP-404"]
    earlier.write_text(json.dumps(document))

    compared = audited([*BROKEN, "--baseline", str(earlier), "--fail-on", "critical"], tmp_path, 1)

    assert [result["rule"] for result in compared["results"] if result["baseline"] == "new"] == ["MGP-404"]


def edited(change: Callable[[Json], object]) -> Callable[[Path], list[str]]:
    def write(folder: Path) -> list[str]:
        document = audited(HEALTHY, folder, 0)
        change(document)
        (folder / "e.json").write_text(json.dumps(document))
        return ["audit", *HEALTHY, "--baseline", str(folder / "e.json")]

    return write


def with_text(text: str, *arguments: str) -> Callable[[Path], list[str]]:
    def write(folder: Path) -> list[str]:
        (folder / "w.yaml").write_text(text)
        return [*arguments, str(folder / "w.yaml")]

    return write


def with_results(*arguments: str) -> Callable[[Path], list[str]]:
    def write(folder: Path) -> list[str]:
        audited(BROKEN, folder, 1)
        return [*NEW, *arguments, "--results", str(folder / "results.json")]

    return write


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (with_text("- {id: a}\n", "audit", *HEALTHY, "--waivers"), "w.yaml:1: 0 lacks rule and cluster"),
        (with_text("- {id: a, ruel: b}\n", "waivers", "check"), "0.ruel is not a known key\n  -> Did you mean rule?"),
        (lambda _: ["audit", *HEALTHY, "--waivers", "none.yaml"], "none.yaml cannot be read: No such file"),
        (lambda _: ["audit", *HEALTHY, "--baseline", "none.json"], "Results none.json cannot be read: No such file"),
        (with_text("[", "audit", *HEALTHY, "--baseline"), "w.yaml is not JSON: "),
        (with_text("[" * 100_000, "audit", *HEALTHY, "--baseline"), "w.yaml is nested too deeply\n  -> Make them with"),
        (with_text("[]", "audit", *HEALTHY, "--baseline"), "w.yaml holds no results: $: [] is not of type 'object'"),
        (edited(lambda document: document.update(schema_version=2)), "e.json is of schema version 2; this consul-scan"),
        (edited(lambda document: document["results"][0].pop("waived_by")), "e.json holds no results: $.results[0]"),
        (lambda _: ["waivers", "check"], "No waivers file is named\n  -> Name one, or a --config with `waivers`."),
        (lambda _: ["waivers", "check", *DEMO], "No waivers file is named"),
        (
            lambda _: [*NEW, "--rule", "MGP-300", "--cluster", "a", "--subject", "b"],
            "There is no rule MGP-300\n  -> Did you mean MGP-30",
        ),
        (
            lambda _: [*NEW, "--rule", "waiver_expired", "--cluster", "a", "--subject", "b"],
            "MGP-801 judges waivers, and cannot be waived\n  -> Switch it off: rules.disabled.",
        ),
        (
            lambda _: [*NEW, "--rule", "MGP-301", "--cluster", "a", "--subject", "b", "--ticket", " "],
            "This would be no waiver: $[0].ticket: ' ' does not match",
        ),
        (
            with_results("--rule", "MGP-404", "--cluster", "dc2", "--subject", "dc2->dc1"),
            "MGP-404 does not fail on dc2->dc1 of dc2 in these results\n  -> Did you mean dc2 -> dc1 of dc2?",
        ),
        (
            with_results("--rule", "MGP-101", "--cluster", "dc2", "--subject", "*"),
            "MGP-101 fails nowhere in these results\n  -> Only what fails can be waived.",
        ),
    ],
)
def test_what_cannot_be_used_is_told_and_ends_in_2(
    make: Callable[[Path], list[str]], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(make(tmp_path)) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Error: ")
    assert told in captured.err


@pytest.mark.parametrize("days", ["0", "3651", "x"])
def test_a_waiver_has_an_end_that_somebody_will_see(days: str) -> None:
    assert exit_code([*NEW, "--rule", "MGP-301", "--cluster", "a", "--subject", "b", "--days", days]) == 2


def test_a_new_waiver_can_be_appended_and_covers_what_it_was_made_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "waivers.yaml"
    audited(BROKEN, tmp_path, 1)
    for rule, cluster, subject in EVERY_FAILURE:
        place = [
            "--rule",
            rule,
            "--cluster",
            cluster,
            "--subject",
            subject,
            "--results",
            str(tmp_path / "results.json"),
        ]
        assert exit_code([*NEW, *place]) == 0
    path.write_text(capsys.readouterr().out)

    audited([*BROKEN, "--waivers", str(path)], tmp_path, 0)


def test_a_new_waiver_ends_with_its_last_day_and_has_the_same_id_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    made = []
    for _ in range(2):
        before = datetime.now(UTC).date()
        assert exit_code([*NEW, "--rule", "mesh_entry", "--cluster", "dc1", "--subject", "*", "--days", "30"]) == 0
        after = datetime.now(UTC).date()
        made.append(yaml.safe_load(capsys.readouterr().out)[0])

    last_days = {(day + timedelta(days=30)).isoformat() for day in (before, after)}
    assert made[0]["id"] == made[1]["id"]
    assert made[1]["expires"] in last_days
    assert (made[1]["rule"], made[1]["subject"]) == ("MGP-301", "*")
    assert "ticket" not in made[1]


@pytest.mark.parametrize("subject", ["x\u202egw", "\x1b[2Jgw", "a: b\n- c", "jürgen's", "x" * 300])
def test_no_name_leaves_its_quotes(subject: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code([*NEW, "--rule", "MGP-204", "--cluster", "*", "--subject", subject]) == 0

    printed = capsys.readouterr().out
    assert yaml.safe_load(printed)[0]["subject"] == subject
    assert printed.replace("\n", "").isprintable()
    assert ("jürgen" in printed) == ("jürgen" in subject)


def test_check_tells_each_state(waivers: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    late = entry("MGP-303", id="late", starts="2998-01-01")

    assert exit_code(["waivers", "check", waivers(entry(), entry(id="old", expires="2020-01-31"), late)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[:3]] == ["w-MGP-301", "old", "late"]
    assert "  active   MGP-301  dc1  dc1  until 2999-12-31, team" in lines[0]
    assert "  expired  " in lines[1]
    assert "  not yet  " in lines[2]
    assert lines[3:] == ["3 waivers: 1 active, 1 expired, 1 not yet"]


def test_check_tells_what_each_matches_in_results(
    waivers: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audited(BROKEN, tmp_path, 1)
    (tmp_path / "c.yaml").write_text("waivers: waivers.yaml\n")
    waivers(entry(), entry("MGP-204", id="none"), entry(id="far", cluster="dc9"))

    results = ["--results", str(tmp_path / "results.json")]
    assert exit_code(["waivers", "check", "--config", str(tmp_path / "c.yaml"), *results]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("team  matches 1 failure")
    assert lines[1].endswith("team  matches nothing")
    assert lines[2].endswith("team  cannot be told: no cluster that it speaks of (dc9) is in this scan")


def test_a_file_without_waivers_is_fine(waivers: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["waivers", "check", waivers()]) == 0
    assert capsys.readouterr().out == "0 waivers\n"


def test_a_rule_of_yours_cannot_take_an_id_of_the_rules_about_waivers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "extra").mkdir()
    assert exit_code(["rules", "new", "OWN-001", "mine", "--folder", str(tmp_path / "extra")]) == 0
    [path] = tmp_path.rglob("*.rego")
    path.write_text(path.read_text().replace("OWN-001", "MGP-801"))
    (tmp_path / "c.yaml").write_text("policies: [extra]\n")

    assert (
        exit_code(["audit", "--snapshot", str(DATA / "healthy-pair.json"), "--config", str(tmp_path / "c.yaml")]) == 2
    )
    assert "MGP-801 is an id of consul-scan's own rules" in capsys.readouterr().err
    assert exit_code(["rules", "check", str(tmp_path / "extra")]) == 2
    assert "MGP-801 is an id of consul-scan's own rules" in capsys.readouterr().out
