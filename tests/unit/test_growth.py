"""What the soak calls growth."""

import pytest

from bench.growth import Sample, grown

FLAT = [Sample(100.0 + at % 3, 20 + at % 2, 30, 12) for at in range(40)]


def test_what_comes_and_goes_is_no_growth() -> None:
    assert grown(FLAT) == []


def test_a_warm_up_is_no_growth() -> None:
    assert grown([Sample(50.0, 3, 2, 5)] * 8 + FLAT[8:]) == []


@pytest.mark.parametrize(("name", "a_sample"), [("rss_mb", 0.5), ("threads", 0.2), ("sockets", 0.2), ("files", 0.2)])
def test_a_slow_leak_is_told(name: str, a_sample: float) -> None:
    leaking = [
        Sample(**{**vars(sample), name: getattr(sample, name) + at * a_sample}) for at, sample in enumerate(FLAT)
    ]
    (told,) = grown(leaking)
    assert told.startswith(f"{name} grew from ")


def test_too_few_samples_tell_nothing() -> None:
    with pytest.raises(ValueError, match="3 samples are too few"):
        grown(FLAT[:3])
