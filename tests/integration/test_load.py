"""`make bench-load` for some seconds: the daemon answers a crowd while Consul changes, and keeps up with both."""

import pytest

from bench.load import A_SECOND, GROWTH_MB, OLDEST_S, loaded

SECONDS = 4


@pytest.mark.usefixtures("playgrounds")
def test_it_answers_a_crowd_and_keeps_up() -> None:
    seen, memory, _ = loaded(SECONDS)

    assert seen.failed == []
    assert len(seen.seconds) == A_SECOND * SECONDS
    assert max(seen.ages) < OLDEST_S
    assert memory[-1] - memory[0] < GROWTH_MB
