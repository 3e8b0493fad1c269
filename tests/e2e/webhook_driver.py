"""A daemon without Consul, to be killed: generated results go into the real register, store, outbox and couriers.

Real: the lifecycle, the store with its transactions, the outbox, the threads, signatures and HTTP. Not real: the scans
(some of 300 subjects begin or cease to fail each time, as drawn) and the pace, which is that of days in seconds.

    python -m tests.e2e.webhook_driver STORE SECRET_FILE SEED live|NUMBER|end URL [URL]

`live` goes on until it is killed; with a number it kills itself when it is to commit for so many times, so between any
two writes. `end` scans once with nothing failing, and ends when the first endpoint has all.
"""

import itertools
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event

from scanner.findings.outbox import SqliteOutbox
from scanner.findings.register import Register
from scanner.findings.remembering import opened_store
from scanner.findings.settings import StoreSettings
from scanner.model.document import Json
from scanner.publish.webhooks.courier import Pace
from scanner.publish.webhooks.delivering import Delivery
from scanner.publish.webhooks.schedule import Schedule
from scanner.publish.webhooks.settings import Endpoint
from scanner.publish.webhooks.source import InFile, Written
from tests.unit.findings.scans import AT_ONCE, SNAPSHOT, result, scan

SUBJECTS = 300
PACE = Schedule(first=timedelta(milliseconds=20), longest=timedelta(milliseconds=200), attempts=10_000)


def results(failing: set[int], number: int) -> Json:
    """Return the results of a scan in which these subjects fail and all others pass."""
    statuses = ("fail" if subject in failing else "pass" for subject in range(SUBJECTS))
    return scan(*(result(AT_ONCE.id, status, f"gw-{at}") for at, status in enumerate(statuses)), number=number)


def observe(register: Register, failing: set[int], number: int) -> None:
    """Let the register see a scan; no rule of it is judged by two readings."""
    document = results(failing, number)
    register.observe(document, SNAPSHOT, datetime.now(UTC), lambda: document)


def endpoints(urls: list[str], secret: Path) -> list[Endpoint]:
    """Return an endpoint for each URL."""
    return [
        Endpoint(f"endpoint-{at}", Written(url), secrets=InFile(secret), window=timedelta(milliseconds=5))
        for at, url in enumerate(urls)
    ]


def die_at_commit(number: int) -> None:
    """Let the process kill itself when it is to commit for the `number`th time from now on, and does not any more."""
    commits = itertools.count(1)

    def committing(_connection: object) -> None:
        if next(commits) >= number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "commit", committing)


def run(store: Path, secret: Path, drawn: random.Random, ends: str, urls: list[str]) -> None:
    """Scan again and again, or once and wait until all has arrived."""
    pace = Pace(lambda: datetime.now(UTC), drawn.random, PACE, timedelta(milliseconds=5), limit_seconds=0.5)
    with opened_store(StoreSettings(store)) as opened:
        register, outbox = Register(opened, [AT_ONCE], timedelta(days=90)), SqliteOutbox(opened.database)
        with Delivery(endpoints(urls, secret), outbox, pace):
            print("up", flush=True)  # noqa: T201 - whoever kills it waits for this
            if ends.isdecimal():
                die_at_commit(int(ends))
            number, failing = 0, set[int]()
            while ends != "end":
                failing ^= set(drawn.sample(range(SUBJECTS), drawn.randrange(1, 60)))
                observe(register, failing, number)
                number += 1
                time.sleep(drawn.uniform(0, 0.02))
            observe(register, set(), number)
            while outbox.first_new("endpoint-0") or outbox.queue("endpoint-0").depth:
                time.sleep(0.02)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), random.Random(sys.argv[3]), sys.argv[4], sys.argv[5:])
