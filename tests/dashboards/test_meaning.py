"""What the panels that say PASS or FAIL, proven or bypassed, work out to, by Prometheus' own arithmetic."""

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.dashboards.shipped import VARIABLES, panels
from tests.tools import tool
from tests.tools.gate import need_tools

AT = 'job="j", instance="i", consul_cluster="dc1"'
PAIR = f'{AT}, peer="dc2", pair="p"'


def query(title: str) -> str:
    """The query of a panel, with something for its variables."""
    (expression,) = (panel["targets"][0]["expr"] for panel in panels() if panel["title"] == title)
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return str(expression)


def check(tmp_path: Path, title: str, series: dict[str, float], labels: str, value: float) -> None:
    """See that a query gives one value for these series."""
    need_tools("promtool")
    expected = {"expr": query(title), "eval_time": "1m", "exp_samples": [{"labels": labels, "value": value}]}
    shown = [{"series": name, "values": f"{amount}x2"} for name, amount in series.items()]
    test = {"interval": "1m", "input_series": shown, "promql_expr_test": [expected]}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump({"rule_files": [], "tests": [test]}))
    argv = [str(tool("promtool")), "test", "rules", "test.yaml"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("critical", "low", "coverage", "verdict"),
    [(0, 0, 1, 0), (0, 5, 1, 0), (0, 0, 0.9, 1), (1, 0, 1, 2), (3, 0, 0.5, 2)],
)
def test_the_verdict(tmp_path: Path, critical: int, low: int, coverage: float, verdict: int) -> None:
    series = {
        f'consul_compliance_open_findings{{{AT}, rule="a", severity="critical"}}': critical,
        f'consul_compliance_open_findings{{{AT}, rule="b", severity="low"}}': low,
        f"consul_compliance_coverage_ratio{{{AT}}}": coverage,
    }
    check(tmp_path, "Verdict", series, "{}", verdict)


@pytest.mark.parametrize(("state", "value"), [("proven", 0), ("unknown", 1), ("bypassed", 2)])
def test_the_path_of_a_pair(tmp_path: Path, state: str, value: int) -> None:
    states = ("proven", "unknown", "bypassed")
    series = {f'consul_compliance_path_state{{{PAIR}, state="{known}"}}': known == state for known in states}
    numbers = {name: float(shown) for name, shown in series.items()}
    check(tmp_path, "Path of each pair", numbers, '{consul_cluster="dc1", peer="dc2", pair="p"}', value)
