"""The shipped files are built from what is in the tree, and are what the programs that read them expect."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from dashboards.__main__ import built
from tests.dashboards.shipped import FOLDER, RULE_FILES, Document, alerts, expressions, grafana_rules
from tests.tools import tool
from tests.tools.gate import need_tools

RUNBOOK = (FOLDER.parent / "docs/runbook.md").read_text()
EACH_ALERT = pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])


def run(*arguments: str, folder: Path = FOLDER) -> str:
    """Run a tool; return what it said where it was not content."""
    need_tools(arguments[0])
    done = subprocess.run(
        [str(tool(arguments[0])), *arguments[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(("path", "text"), built().items(), ids=lambda value: getattr(value, "name", ""))
def test_built_files_are_not_stale(path: Path, text: str) -> None:
    assert path.read_text() == text, "run `make dashboards`"


def test_prometheus_takes_the_rules() -> None:
    assert run("promtool", "check", "rules", *map(str, RULE_FILES)) == ""


def test_alerts_are_silent_and_fire_as_they_should() -> None:
    assert run("promtool", "test", "rules", "prometheus/alerts_test.yaml") == ""


def test_alertmanager_takes_the_example() -> None:
    assert run("amtool", "check-config", "alertmanager.yaml") == ""


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["alertname=ConsulComplianceCritical", "severity=critical"], "on-call"),
        (["alertname=ConsulComplianceFinding", "severity=warning"], "team"),
        (["alertname=ConsulComplianceFindingsDropped", "severity=info"], "nobody"),
        (["alertname=Other", "severity=critical"], "team"),
    ],
)
def test_alertmanager_sends_each_severity_where_it_belongs(labels: list[str], receiver: str) -> None:
    routed = ("config", "routes", "test", "--config.file=alertmanager.yaml", f"--verify.receivers={receiver}")
    assert run("amtool", *routed, *labels) == ""


def test_every_expression_is_promql(tmp_path: Path) -> None:
    written = [{"record": f"r{number}", "expr": expression} for number, expression in enumerate(expressions())]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": written}]}))
    assert len(written) > 40
    assert run("promtool", "check", "rules", "all.yaml", folder=tmp_path) == ""


@EACH_ALERT
def test_each_alert_is_tested_both_ways(alert: Document) -> None:
    name = alert["alert"]
    cases = [
        case
        for test in yaml.safe_load((FOLDER / "prometheus/alerts_test.yaml").read_text())["tests"]
        for case in test["alert_rule_test"]
        if case["alertname"] == name
    ]
    assert {bool(case.get("exp_alerts")) for case in cases} == {True, False}


@EACH_ALERT
def test_each_alert_is_written_as_mixins_are(alert: Document) -> None:
    assert re.fullmatch(r"Consul(Compliance|Scan)[A-Za-z]+", alert["alert"])
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    annotations = alert["annotations"]
    assert set(annotations) == {"summary", "description", "runbook_url"}
    assert "{{" not in annotations["summary"]
    # Grafana takes `$` for one of its own variables in some of these places.
    assert "$" not in str(annotations)


@EACH_ALERT
def test_each_alert_on_findings_rides_over_the_gap_of_a_restart(alert: Document) -> None:
    assert alert.get("keep_firing_for") == ("5m" if alert["alert"].startswith("ConsulCompliance") else None)


@EACH_ALERT
def test_each_alert_has_its_section_in_the_runbook(alert: Document) -> None:
    assert alert["annotations"]["runbook_url"].endswith(f"/docs/runbook.md#{alert['alert'].lower()}")
    section = RUNBOOK.partition(f"\n## {alert['alert']}\n")[2].partition("\n## ")[0]
    assert len(section.split()) > 20


def test_the_runbook_has_no_section_too_many() -> None:
    assert re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE) == [alert["alert"] for alert in alerts()]


def test_grafana_has_the_same_alerts() -> None:
    same = [(rule["title"], rule["for"], rule["labels"], rule["annotations"]) for rule in grafana_rules()]
    assert same == [(rule["alert"], rule["for"], rule["labels"], rule["annotations"]) for rule in alerts()]
    assert [rule["data"][0]["model"]["expr"] for rule in grafana_rules()] == [rule["expr"] for rule in alerts()]
    lasting = [rule.get("keepFiringFor") for rule in grafana_rules()]
    assert lasting == [alert.get("keep_firing_for") for alert in alerts()]
    uids = [rule["uid"] for rule in grafana_rules()]
    assert len(uids) == len(set(uids))
    assert all(re.fullmatch(r"[a-z0-9_-]{1,40}", uid) for uid in uids)


def test_grafana_fires_for_every_series_that_an_expression_gives() -> None:
    for rule in grafana_rules():
        assert (rule["condition"], rule["noDataState"]) == ("B", "OK")
        assert rule["data"][1]["model"]["conditions"][0]["evaluator"] == {"type": "gt", "params": [-1]}
