"""The watches of one cluster, while one thread starts them and another ends them."""

from typing import Any

import pytest

from scanner.collect.watching import watches as watches_module
from scanner.collect.watching.bell import Bell
from scanner.collect.watching.connection import Connection
from scanner.collect.watching.watch import Timing
from scanner.collect.watching.watches import Watches
from tests.unit.collect.answers import Memory, target

UNREAD: dict[str, Any] = {"access": None, "gateways": None}
READ: dict[str, Any] = {"access": {"missing": []}, "gateways": {}}


def test_a_watch_that_is_started_while_all_are_stopped_is_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[str] = []

    class Meeting:
        """Is stopped in the moment in which the other thread starts one more."""

        def __init__(self, _cluster: str, place: Any, *_: object) -> None:
            self.name = place.name

        def run(self) -> None:
            """Ask nothing."""

        def stop(self) -> None:
            stopped.append(self.name)
            watches.follow(READ, 1)

    monkeypatch.setattr(watches_module, "Watch", Meeting)
    watches = Watches("dc1", Connection(target(), lambda _target: Memory({})), Bell(), Timing())
    watches.follow(UNREAD, 0)
    watches.stop()
    assert sorted(stopped) == ["mesh", "proxy_defaults", "roots"]
