"""What runs is exchanged as a whole, between two scans, and what it held is given up exactly once."""

import pytest
from structlog.testing import capture_logs

from scanner.errors import ConfigError, StoreError
from scanner.model.scanned import Scanned
from scanner.model.watching import ReadingState, Watching
from scanner.running import Running, Whole, running
from tests.outlets import outlet


class Told:
    """A whole that tells in `heard` what became of it."""

    def __init__(self, name: str, heard: list[str], faults: int = 0) -> None:
        self.name, self.heard, self.faults = name, heard, faults

    def scan(self) -> Scanned:
        self.heard.append(f"{self.name} scans")
        return Scanned({"by": self.name}, {})

    def wait(self) -> None:
        self.heard.append(f"{self.name} waits")

    def watching(self) -> Watching:
        return Watching(clusters=(ReadingState(self.name),))

    def close(self) -> None:
        self.heard.append(f"{self.name} ends its waits")

    def started(self) -> None:
        if self.faults:
            self.faults -= 1
            message = "the disk is full"
            raise StoreError(message)
        self.heard.append(f"{self.name} starts")

    def released(self) -> None:
        self.heard.append(f"{self.name} is released")

    def whole(self) -> Whole:
        return Whole(self, outlet(scan_now=self.woken), self.started, self.released)

    def woken(self) -> None:
        self.heard.append(f"{self.name} wakes")


class Builds:
    """Makes the wholes of these names, one after the other; a name of `!` cannot be made."""

    def __init__(self, *names: str) -> None:
        self.heard: list[str] = []
        self._names = iter(names)

    def __call__(self) -> Whole:
        name = next(self._names)
        if name == "!":
            raise ConfigError("the file is broken")
        return Told(name, self.heard).whole()


def scanned_by(runs: Running) -> str:
    found = runs.scan()
    assert found is not None
    return str(found.results["by"])


def test_the_next_scan_is_by_the_whole_that_was_made_last() -> None:
    builds = Builds("a", "b")
    runs = Running(builds)
    assert scanned_by(runs) == "a"
    before = runs.outlet

    runs.reload()
    assert (runs.outlet, runs.watching().clusters[0].cluster) == (before, "a")

    assert scanned_by(runs) == "b"
    assert runs.outlet is not before
    assert runs.watching().clusters[0].cluster == "b"
    assert builds.heard == ["a starts", "a scans", "a wakes", "a is released", "b starts", "b scans"]


def test_what_cannot_be_made_leaves_what_runs_as_it_is() -> None:
    builds = Builds("a", "!", "b")
    runs = Running(builds)
    with pytest.raises(ConfigError):
        runs.reload()
    assert scanned_by(runs) == "a"
    assert builds.heard == ["a starts", "a scans"]
    runs.reload()
    assert scanned_by(runs) == "b"


def test_one_that_was_never_taken_up_is_released_too() -> None:
    builds = Builds("a", "b", "c")
    runs = Running(builds)
    runs.reload()
    runs.reload()
    assert scanned_by(runs) == "c"
    assert builds.heard == ["a wakes", "b is released", "a wakes", "a is released", "c starts", "c scans"]


def test_at_the_end_all_is_released_and_nothing_is_taken_up_any_more() -> None:
    builds = Builds("a", "b", "c")
    with running(builds) as runs:
        runs.wait()
        runs.reload()
        runs.close()
        runs.reload()
    assert builds.heard == [
        "a waits",
        "a wakes",
        "a ends its waits",
        "c is released",
        "a wakes",
        "a ends its waits",
        "a is released",
        "b is released",
    ]


def test_what_could_not_be_started_is_tried_again_at_the_next_scan() -> None:
    heard: list[str] = []
    runs = Running(lambda: Told("a", heard, faults=2).whole())
    with capture_logs() as logs:
        for _ in range(4):
            assert scanned_by(runs) == "a", "a store out of reach costs no scan"
    assert heard == ["a scans", "a scans", "a starts", "a scans", "a scans"]
    assert [entry["error"] for entry in logs] == ["the disk is full"], "told once"


def test_who_made_a_whole_while_another_was_scanned_by_has_it_scan_at_once() -> None:
    builds = Builds("a", "b")
    runs = Running(builds)
    runs.reload()
    runs.wait()
    assert builds.heard == ["a wakes"], "the wake may be taken by the scan that was going on"
    runs.scan()
    runs.wait()
    assert builds.heard[-1] == "b waits"


def test_the_later_wholes_are_made_as_such() -> None:
    first, later = Builds("first"), Builds("!", "later")
    runs = Running(first, later)
    with pytest.raises(ConfigError):
        runs.reload()
    runs.reload()
    runs.scan()
    assert runs.watching().clusters == (ReadingState("later"),)
    runs.release()
