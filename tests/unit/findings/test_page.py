"""What docs/findings.md shows of `consul-scan history` is what it prints of a recorded pair of clusters."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.cli.main import exit_code
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.findings.register import Register
from scanner.findings.store import SqliteStore
from tests.scanning import results
from tests.test_docs import ROOT, block
from tests.unit.findings.scans import after


def test_the_page_shows_what_history_prints(
    embedded: Engine, policy_set: PolicySet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = SqliteStore(tmp_path / "findings.db")
    register = Register(store, catalogue(policy_set), timedelta(days=90))
    for minute, name in enumerate(("broken", "healthy", "broken")):
        snapshot = json.loads((ROOT / f"tests/data/{name}-pair.json").read_text())
        judged = results(embedded, policy_set, snapshot)
        register.observe(judged, snapshot, after(60 * minute), lambda judged=judged: judged)  # type: ignore[misc]
    store.close()

    assert exit_code(["history", "list", "--store", str(tmp_path / "findings.db")]) == 0
    assert capsys.readouterr().out == block((ROOT / "docs/findings.md").read_text(), "history")
