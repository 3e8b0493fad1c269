"""When which sections of which cluster are read. Pure; times are seconds of a clock that never goes back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

POLLS = 4
"""Polls an interval. With the usual 60 s one is 15 s apart from the next, as heartbeats are (facts 4.4): a stream that
stops is seen after one that is missing, and the Envoys are sampled often enough for a window of 35 s at any time."""
SHORTEST_POLL_S = 1.0
ECHO_S = 5.0
"""What peers see follows a change by up to 3 s (facts 13.5) and does not wake: they are asked again after it."""

WHOLE = frozenset({"access"})
"""Read what the token may do, and then everything."""
POLLED = frozenset({"peerings", "envoy"})
"""What never wakes, and moves by itself (facts 3). Envoys go with the heartbeats that their bytes are held against."""
COMPARED = POLLED | {"roots", "servers", "gateways", "agents", "mesh", "proxy_defaults"}
"""What a watched thing is compared with: it is read together, so that no rule holds new against old."""

Due = dict[str, frozenset[str]]
"""Sections to read, by cluster."""


@dataclass(frozen=True)
class Agenda:
    """The next full reading of all clusters, their next poll, and who is to be asked again when (`echoes`)."""

    interval_s: float
    whole_at: float
    poll_at: float
    echoes: Mapping[str, float] = field(default_factory=dict)

    @property
    def next_at(self) -> float:
        """When the next thing is due."""
        return min(self.whole_at, self.poll_at, *self.echoes.values())

    def polls(self, now: float) -> bool:
        """Tell whether all clusters are due to be polled."""
        return now >= self.poll_at

    def due(self, now: float, clusters: Iterable[str], woken: Mapping[str, bool], peers: Collection[str]) -> Due:
        """Return what to read now.

        Args:
            now: the time.
            clusters: all of them.
            woken: those that may have changed, and whether all that is known of each may be wrong.
            peers: the clusters that a woken one is peered with.
        """
        if now >= self.whole_at:
            return dict.fromkeys(clusters, WHOLE)
        polled = set(clusters) if self.polls(now) else {name for name, at in self.echoes.items() if now >= at}
        asked = dict.fromkeys({*polled, *peers}, POLLED)
        return asked | {name: WHOLE if whole else COMPARED for name, whole in woken.items()}

    def at_once(self, now: float) -> "Agenda":
        """Return the agenda where everything is due now; the full readings after it are counted from here."""
        return replace(self, whole_at=now)

    def after(self, now: float, woken: Collection[str], peers: Collection[str]) -> "Agenda":
        """Return the agenda when that was read; points that were overrun are left out."""
        left = {name: at for name, at in self.echoes.items() if now < at}
        echoes = left | dict.fromkeys({*woken, *peers}, now + ECHO_S)
        poll_s = max(self.interval_s / POLLS, SHORTEST_POLL_S)
        whole_at, poll_at = _next(self.whole_at, self.interval_s, now), _next(self.poll_at, poll_s, now)
        return Agenda(self.interval_s, whole_at, poll_at, echoes)


def first_agenda(interval_s: float, now: float) -> Agenda:
    """Return the agenda of a start: everything is to be read at once."""
    return Agenda(interval_s, whole_at=now, poll_at=now)


def _next(at: float, period_s: float, now: float) -> float:
    return at if now < at else at + period_s * ((now - at) // period_s + 1)
