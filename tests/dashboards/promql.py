"""What a shipped query works out to, by Prometheus' own arithmetic."""

import subprocess
from pathlib import Path

import yaml

from tests.dashboards.shipped import VARIABLES, panels
from tests.tools import tool
from tests.tools.gate import need_tools

ONE, OTHER = 'job="j", instance="i"', 'job="k", instance="i"'
AT = f'{ONE}, consul_cluster="dc1"'
PAIR_ONLY = 'consul_cluster="dc1", peer="dc2", pair="p"'
PAIR = f"{ONE}, {PAIR_ONLY}"


def query(title: str) -> str:
    """The query of a panel, with something for its variables."""
    (expression,) = (panel["targets"][0]["expr"] for panel in panels() if panel["title"] == title)
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return str(expression)


def assert_shows(tmp_path: Path, title: str, series: dict[str, float], labels: str, value: float) -> None:
    """See that the query of a panel gives one value for these series."""
    assert_gives(tmp_path, query(title), {name: f"{amount}x2" for name, amount in series.items()}, {labels: value})


def assert_gives(tmp_path: Path, expression: str, series: dict[str, str], samples: dict[str, float]) -> None:
    """See that a query gives these samples after two minutes; `series` are promtool's values by series."""
    need_tools("promtool")
    wanted = [{"labels": labels, "value": value} for labels, value in samples.items()]
    expected = {"expr": expression, "eval_time": "2m", "exp_samples": wanted}
    shown = [{"series": name, "values": values} for name, values in series.items()]
    test = {"interval": "1m", "input_series": shown, "promql_expr_test": [expected]}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump({"rule_files": [], "tests": [test]}))
    argv = [str(tool("promtool")), "test", "rules", "test.yaml"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
