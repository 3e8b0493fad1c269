"""Jobs at once: bounded, in time, and with their errors."""

import threading
import time

import pytest

from scanner.collect.parallel import in_parallel


def test_each_job_gives_its_value_under_its_name() -> None:
    assert in_parallel({"a": lambda: 1, "b": lambda: 2}, workers=4) == {"a": 1, "b": 2}
    assert in_parallel({}, workers=4) == {}


def test_no_more_than_so_many_at_once() -> None:
    running, most = threading.Semaphore(2), []

    def job() -> None:
        most.append(running.acquire(blocking=False))
        time.sleep(0.02)
        running.release()

    in_parallel({str(number): job for number in range(6)}, workers=2)
    assert most == [True] * 6


def test_a_late_job_is_none_and_the_others_are_whole() -> None:
    started = time.monotonic()
    late = threading.Event()
    assert in_parallel({"late": lambda: late.wait(5), "a": lambda: 1}, workers=2, limit_s=0.1) == {"late": None, "a": 1}
    late.set()
    assert time.monotonic() - started < 2


def test_a_job_that_never_began_is_none_too() -> None:
    late, began = threading.Event(), threading.Event()
    assert in_parallel({"late": lambda: late.wait(5), "next": began.set}, 1, limit_s=0.1) == {
        "late": None,
        "next": None,
    }
    late.set()
    assert not began.wait(0.1)


def test_what_a_job_raises_meets_the_caller() -> None:
    def job() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_parallel({"a": job, "b": lambda: None}, workers=2)
