"""How the daemon keeps up with the clusters: what its watches and its readings last did. For metrics."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WatchState:
    """One watch: when it last answered (Unix seconds, None: never yet), and how often it has failed since then."""

    cluster: str
    watch: str
    last_answer_unix: float | None = None
    failures: int = 0


@dataclass(frozen=True)
class ReadingState:
    """One cluster: when it was last read (Unix seconds, None: never yet), how often it woke us and was polled.

    A cluster counts as read when its first question, about the scanner's own token, had a usable answer.
    """

    cluster: str
    last_success_unix: float | None = None
    wakes: int = 0
    polls: int = 0


@dataclass(frozen=True)
class Watching:
    """All watches and all clusters, each in the order of the config; and whether the last scan could be remembered."""

    watches: tuple[WatchState, ...] = ()
    clusters: tuple[ReadingState, ...] = ()
    remembers: bool = True
