"""What the daemon tells the outside: the last scan that worked, and how the attempts went."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from scanner.model.document import Json
from scanner.model.scanned import Scanned, Standing
from scanner.model.watching import Watching

NOT_YET = "The first scan has not finished yet"


@dataclass(frozen=True)
class State:
    """One moment of the daemon; times are Unix seconds, `duration` is seconds, None means not yet.

    `results` is the document of the last scan that worked, `snapshot` what it judged, `standing` what fails as far as
    was known after it (None: it could not be remembered); they stay when a later one fails.
    `trouble` says why the last attempt gave no results and is empty when it did.
    """

    results: Json | None = None
    snapshot: Json | None = None
    standing: Standing | None = None
    duration: float | None = None
    last_success: float | None = None
    last_attempt: float | None = None
    successes: int = 0
    failures: int = 0
    trouble: str = NOT_YET

    def succeeded(self, scanned: Scanned, *, at: float, duration: float) -> "State":
        """Return the state after a scan that started at `at` and took `duration` seconds, with what it gave."""
        return State(
            results=scanned.results,
            snapshot=scanned.snapshot,
            standing=scanned.standing,
            duration=duration,
            last_success=at + duration,
            last_attempt=at,
            successes=self.successes + 1,
            failures=self.failures,
            trouble="",
        )

    def failed(self, trouble: str, *, at: float) -> "State":
        """Return the state after a scan that started at `at` and gave nothing, for the reason `trouble`."""
        return replace(self, last_attempt=at, failures=self.failures + 1, trouble=trouble)


@dataclass(frozen=True)
class Reload:
    """How the last reading of a file went; `last_success` is in Unix seconds. A file is first read at the start."""

    successful: bool
    last_success: float


class Board:
    """Where the scanning thread leaves the state and the serving one reads it, whole each time."""

    def __init__(self, watching: Callable[[], Watching] = Watching) -> None:
        """Start with no scan at all. `watching` tells at any time how the clusters are followed."""
        self.state = State()
        self.watching = watching
        self.config: Reload | None = None
