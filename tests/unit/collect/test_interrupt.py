"""Ctrl-C ends a scan of a silent cluster at once."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.faults import behaviours
from tests.faults.server import FaultServer

# A shell starts what runs in its background with SIGINT ignored, and that is inherited: the scan takes it up again.
SCAN = """
import signal
import sys
from datetime import UTC, datetime
from scanner.collect.snapshot import collect_snapshot
from scanner.environment import targets_from_flags

signal.signal(signal.SIGINT, signal.default_int_handler)
targets = targets_from_flags([f"dc{number}={address}" for number, address in enumerate(sys.argv[1:])], [], [])
try:
    collect_snapshot(targets, lambda: datetime.now(UTC), lambda cluster, section: None)
except KeyboardInterrupt:
    sys.exit(130)
"""
ROOT = Path(__file__).parents[3]


def test_ctrl_c_does_not_wait_for_a_silent_cluster() -> None:
    with FaultServer(behaviours.silence()) as server:
        scan = subprocess.Popen([sys.executable, "-c", SCAN, server.address, server.address], cwd=ROOT)
        deadline = time.monotonic() + 20
        while len(server.requests) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        interrupted = time.monotonic()
        scan.send_signal(signal.SIGINT)
        assert scan.wait(timeout=20) == 130
        assert time.monotonic() - interrupted < 1
