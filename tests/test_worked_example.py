"""Pages with a worked example: their commands, run in order, print what they show."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scanner.evaluate.recorded import recorded_snapshots
from tests.tools.cache import tool
from tests.tools.gate import need_tools

DOCS = Path(__file__).parents[1] / "docs"
RECORDED = {
    "custom-rules.md": {"snapshot.json": "healthy-pair.json"},
    "waivers.md": {"snapshot.json": "broken-pair.json", "later.json": "healthy-pair.json"},
}
"""The recorded snapshots that stand beside each page's files, by their names there."""


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a worked example does, in order: (path, text to write there), or ("", command and what it prints)."""
    for path, kind, body in re.findall(r"(?:<!-- file: (\S+) -->\n)?```(\w+)\n(.*?)```", text, re.DOTALL):
        if path:
            yield path, body
        elif kind == "console":
            yield from (("", step) for step in re.split(r"^\$ ", body, flags=re.MULTILINE) if step)


@pytest.mark.parametrize("page", RECORDED)
def test_each_command_prints_what_is_shown(page: str, tmp_path: Path) -> None:
    for name, recorded in RECORDED[page].items():
        shutil.copy(recorded_snapshots() / recorded, tmp_path / name)
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    shown, printed = [], []
    for path, step in steps((DOCS / page).read_text()):
        if path:
            (tmp_path / path).write_text(step)
            continue
        command, _, output = step.partition("\n")
        ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True)  # noqa: PLW1510
        shown.append((command, lasting(output.strip("\n"))))
        printed.append((command, lasting((ran.stdout + ran.stderr).strip("\n"))))

    assert len(shown) > 7
    assert printed == shown


def test_the_alert_fires_for_a_failure_and_not_without_one(tmp_path: Path) -> None:
    need_tools("promtool")
    (rules,) = re.findall(r"```yaml\n(groups:.*?)```", (DOCS / "custom-rules.md").read_text(), re.DOTALL)
    (tmp_path / "rules.yaml").write_text(rules)
    (alert,) = yaml.safe_load(rules)["groups"][0]["rules"]
    told = alert["annotations"]["summary"].replace("{{ $labels.consul_cluster }}", "dc1")
    firing = {"exp_labels": {"rule": "ACME-001", "consul_cluster": "dc1"}, "exp_annotations": {"summary": told}}
    tests = [
        {
            "interval": "1m",
            "input_series": [
                {
                    "series": f'consul_compliance_open_findings{{rule="{rule}",consul_cluster="dc1"}}',
                    "values": f"{failures}x9",
                }
            ],
            "alert_rule_test": [{"eval_time": "6m", "alertname": alert["alert"], "exp_alerts": expected}],
        }
        for rule, failures, expected in (("ACME-001", 1, [firing]), ("ACME-001", 0, []), ("MGP-301", 1, []))
    ]
    (tmp_path / "test.yaml").write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], "tests": tests}))

    asked = [str(tool("promtool")), "test", "rules", str(tmp_path / "test.yaml")]
    checked = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stderr) == (0, "")


def lasting(text: str) -> str:
    """Return a text in which recorded ports and days that are counted from today are alike."""
    text = re.sub(r"127\.0\.0\.1:\d+\b", "127.0.0.1:PORT", text)
    return re.sub(r"expires: '\d{4}-\d\d-\d\d'", "expires: 'DAY'", text)
