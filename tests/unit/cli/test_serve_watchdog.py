"""`consul-scan serve` below a watchdog of systemd that would end it while it waits for a cluster that is slow."""

import pytest

from scanner.cli.main import exit_code


@pytest.mark.parametrize(("microseconds", "refused"), [("90000000", True), ("90000001", False)])
def test_a_watchdog_has_to_be_longer_than_a_turn_with_slow_clusters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], microseconds: str, *, refused: bool
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    assert exit_code(["serve", "-c", "/nowhere.yaml", "--interval", "60"]) == 2
    told = capsys.readouterr().err
    assert ("WatchdogSec is 90 s, and a scan may come 90 s after" in told) == refused
    assert ("nowhere.yaml" in told) != refused
