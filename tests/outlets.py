"""What a web application serves in tests: a real store in memory behind it, and nobody who scans."""

from collections.abc import Callable
from datetime import timedelta

from scanner.findings.recollection import Recollection
from scanner.findings.register import Register
from scanner.findings.store import SqliteStore
from scanner.model.document import Json
from scanner.model.recall import Recall
from scanner.model.rule import Rule
from scanner.model.scanned import Scanned
from scanner.publish.access.door import Door
from scanner.publish.access.settings import OPEN
from scanner.publish.state import Board
from scanner.publish.web import Outlet
from tests.unit.findings.scans import SNAPSHOT, after
from tests.unit.publish.builders import rules as sample_rules

ANYBODY = Door(lambda: OPEN)


def outlet(
    door: Door = ANYBODY,
    recall: Recall | None = None,
    scan_now: Callable[[], None] = lambda: None,
    rules: tuple[Rule, ...] | None = None,
) -> Outlet:
    """An outlet whose memory is empty, but for what is given."""
    judged_by = sample_rules() if rules is None else rules
    return Outlet(door, judged_by, recall=recall or remembered(), scan_now=scan_now)


def remembered(*scans: Json, rules: tuple[Rule, ...] | None = None) -> Recollection:
    """What is remembered after scans, a second from each other."""
    store = SqliteStore(None)
    register = Register(store, sample_rules() if rules is None else rules, timedelta(days=90))
    for second, results in enumerate(scans):
        register.observe(results, SNAPSHOT, after(second), lambda: results)  # noqa: B023 - called at once, or never
    return Recollection(store.database)


def board_of(results: Json, snapshot: Json) -> Board:
    """A board after one good scan."""
    board = Board()
    board.state = board.state.succeeded(Scanned(results, snapshot), at=1000.0, duration=1.0)
    return board
