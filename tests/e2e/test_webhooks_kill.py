"""Whenever the daemon is killed, and whatever the receiver does, each transition arrives, in order for its finding.

`WEBHOOKS_KILLS` says how often it is killed: 6 times here, 50 by `make webhooks-proof`; `WEBHOOKS_SEED` repeats a run.
"""

import os
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from scanner.model.document import Json
from tests.e2e.webhook_receiver import Arrived, Mood, Receiver
from tests.unit.findings.outbox import outbox
from tests.unit.test_daemon_process import free_port

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("WEBHOOKS_KILLS", "6"))
SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0LCB0aGlydHktdHdvIGI="
AFTER = {"finding.opened": "finding.resolved", "finding.reopened": "finding.resolved"}
"""What has to come next of a finding; after all others `finding.reopened` has."""


def driver(store: Path, seed: str, ends: str, *urls: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", "tests.e2e.webhook_driver", str(store), str(store.with_name("secret")), seed, ends]
    return subprocess.Popen([*argv, *urls], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed(store: Path, seed: str, drawn: random.Random, *urls: str) -> None:
    """Let a daemon live until it is killed: at a moment, or, every other time, between two of its writes."""
    by_itself = drawn.random() < 0.5
    with driver(store, seed, str(drawn.randrange(1, 60)) if by_itself else "live", *urls) as process:
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        if not by_itself:
            time.sleep(drawn.uniform(0, 1.0))
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


def by_finding(arrived: list[Arrived]) -> dict[str, list[Json]]:
    """Return the events of each finding in the order in which each came for the first time."""
    seen: set[str] = set()
    events: dict[str, list[Json]] = defaultdict(list)
    for event in (event for message in arrived for event in message.events):
        if event["id"] not in seen:
            seen.add(event["id"])
            events[event["finding"]["fingerprint"]].append(event)
    return events


def lives(first: str, events: list[Json]) -> bool:
    """Tell whether a finding's events follow each other as they must, and end with its end."""
    kinds = [event["type"] for event in events]
    expected = [first]
    while len(expected) < len(kinds):
        expected.append(AFTER.get(expected[-1], "finding.reopened"))
    times = [event["at"] for event in events]
    return kinds == expected and kinds[-1] == "finding.resolved" and times == sorted(times)


def test_every_transition_arrives_in_order_whenever_it_is_killed(tmp_path: Path) -> None:
    seed = os.environ.get("WEBHOOKS_SEED") or secrets.token_hex(4)
    drawn, store = random.Random(seed), tmp_path / "findings.db"
    (tmp_path / "secret").write_text(SECRET)
    with Receiver(SECRET, seed) as receiver:
        urls = (receiver.url, f"http://127.0.0.1:{free_port()}/nobody")
        for number in range(KILLS):
            killed(store, f"{seed}-{number}", drawn, *urls)
        last = driver(store, f"{seed}-last", "end", *urls)
        last.communicate(timeout=300)
        arrived, faults, moods = list(receiver.arrived), receiver.faults, receiver.moods
    figures(seed, store, arrived, moods)

    assert (last.returncode, faults) == (0, []), seed
    written = outbox(store)
    assert len(written) > 20 * KILLS, seed
    events = by_finding(arrived)
    # None is lost, none is made up: what arrived is what the store wrote, finding by finding in its order.
    assert {event["id"] for event in written} == {event["id"] for told in events.values() for event in told}, seed
    assert [name for name, told in events.items() if not lives("finding.opened", told)] == [], seed
    bodies: dict[str, set[bytes]] = defaultdict(set)
    for message in arrived:
        bodies[message.id].add(message.body)
    assert {len(sent) for sent in bodies.values()} == {1}, seed
    assert len(arrived) > len(bodies), f"nothing came twice, so nothing was tried: {seed}"
    assert set(moods) == {"well", "fails", "stalls", "late", "loses"} or KILLS < 50, seed


def figures(seed: str, store: Path, arrived: list[Arrived], moods: list[Mood]) -> None:
    """Print what is worth knowing of a run; shown with `pytest -s`."""
    with closing(sqlite3.connect(store)) as connection:
        (scans,) = connection.execute("SELECT count(DISTINCT scan_id || snapshot || at) FROM transitions").fetchone()
    counts = {mood: moods.count(mood) for mood in sorted(set(moods))}
    print(f"\nseed {seed}: {KILLS} kills, {scans} scans, {len(outbox(store))} transitions")  # noqa: T201
    print(f"{len(arrived)} messages taken, {len({each.id for each in arrived})} different; answers {counts}")  # noqa: T201
