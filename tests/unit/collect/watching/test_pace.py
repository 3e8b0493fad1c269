"""No loop hammers a server: neither one that answers at once for ever, nor one that fails."""

import pytest

from scanner.collect.fault import Kind
from scanner.collect.watching.pace import full, pause_s


def test_a_bucket_lets_a_burst_go_and_then_one_step_at_a_time() -> None:
    bucket, now, delays = full(3, 2.0, 100.0), 100.0, []
    for _ in range(6):
        delays.append(bucket.delay_s(now))
        now += delays[-1]
        bucket = bucket.taken(now)
    assert delays == [0, 0, 0, 2, 2, 2]


def test_a_bucket_fills_again_and_never_over_its_size() -> None:
    empty = full(2, 1.0, 0.0).taken(0.0).taken(0.0)
    assert empty.delay_s(0.25) == 0.75
    rested = empty.taken(1000.0).taken(1000.0)
    assert rested.delay_s(1000.0) == 1.0


@pytest.mark.parametrize(
    ("failures", "chance", "kind", "seconds"),
    [
        (1, 1.0, None, 0.5),
        (1, 0.0, "status", 0.25),
        (2, 1.0, "unreachable", 1.0),
        (5, 1.0, None, 8.0),
        (7, 1.0, None, 30.0),
        (10**6, 1.0, None, 30.0),
        (1, 1.0, "busy", 5.0),
        (6, 1.0, "busy", 16.0),
    ],
)
def test_faults_are_followed_by_longer_and_longer_pauses(
    failures: int, chance: float, kind: Kind | None, seconds: float
) -> None:
    assert pause_s(failures, chance, kind) == seconds
