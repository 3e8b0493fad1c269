"""Several jobs at once, a few at a time."""

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def in_parallel(jobs: Mapping[str, Callable[[], T]], workers: int, limit_s: float | None = None) -> dict[str, T | None]:
    """Run each job and return what it returned, by name; None for one that did not end within `limit_s` seconds.

    The threads are daemons and the caller waits on an event: Ctrl-C ends the wait at once and the process leaves
    without joining them, even when one sits in a connect or in a name look-up that nothing can cut short.
    `ThreadPoolExecutor` joins its threads at exit, and so would hold the exit for a whole timeout.

    Where the system has fewer threads than `workers`, those that it has do all the jobs.

    Raises:
        BaseException: whatever a job raised, in the caller's thread.
        RuntimeError: the system has no thread at all.
    """
    futures: dict[str, Future[T]] = {name: Future() for name in jobs}
    waiting: SimpleQueue[tuple[Future[T], Callable[[], T]]] = SimpleQueue()
    for name, job in jobs.items():
        waiting.put((futures[name], job))
    _start(min(workers, len(jobs)), waiting)
    wait(futures.values(), timeout=limit_s)
    return {name: _outcome(future) for name, future in futures.items()}


def _start(workers: int, waiting: "SimpleQueue[tuple[Future[T], Callable[[], T]]]") -> None:
    for started in range(workers):
        try:
            Thread(target=_work, args=(waiting,), daemon=True).start()
        except RuntimeError:
            if not started:
                raise
            return


def _work(waiting: "SimpleQueue[tuple[Future[T], Callable[[], T]]]") -> None:
    with contextlib.suppress(Empty):
        while True:
            future, job = waiting.get_nowait()
            if future.set_running_or_notify_cancel():
                _settle(future, job)


def _settle(future: Future[T], job: Callable[[], T]) -> None:
    try:
        future.set_result(job())
    except BaseException as error:  # noqa: BLE001 - it is the caller who meets it: `result` raises it there
        future.set_exception(error)


def _outcome(future: Future[T]) -> T | None:
    if not future.done():
        future.cancel()
        return None
    return future.result()
