"""How fast a loop may go: after good answers by a bucket of tokens, after faults by waiting longer each time. Pure."""

from dataclasses import dataclass, replace

from scanner.collect.fault import Kind

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
LEAST_PAUSE_S: dict[Kind, float] = {"busy": 5.0}
"""A server that limits requests (429) is not helped by a question half a second later; it never says when (facts 3)."""
_DOUBLINGS = 10


@dataclass(frozen=True)
class Bucket:
    """Lets `size` steps go at once, then one each `seconds_a_step`; `left` is what it held at the time `at`.

    Times are seconds of a clock that never goes back.
    """

    size: float
    seconds_a_step: float
    left: float
    at: float

    def delay_s(self, now: float) -> float:
        """Return how long the next step has to wait."""
        return max(0.0, (1 - self._filled(now)) * self.seconds_a_step)

    def taken(self, now: float) -> "Bucket":
        """Return the bucket after a step."""
        return replace(self, left=self._filled(now) - 1, at=now)

    def _filled(self, now: float) -> float:
        return min(self.size, self.left + (now - self.at) / self.seconds_a_step)


def full(size: int, seconds_a_step: float, now: float) -> Bucket:
    """Return a bucket from which nothing was taken."""
    return Bucket(size, seconds_a_step, size, now)


def pause_s(failures: int, chance: float, kind: Kind | None = None) -> float:
    """Return the seconds to wait after so many faults in a row.

    Args:
        failures: from 1.
        chance: 0 to 1, by which half of the pause is scattered: many watches of one server come back one by one.
        kind: of the last fault.
    """
    doubled = FIRST_PAUSE_S * (1 << min(failures - 1, _DOUBLINGS))
    longest = min(LONGEST_PAUSE_S, max(doubled, LEAST_PAUSE_S.get(kind, 0.0) if kind else 0.0))
    return longest * (1 + chance) / 2
