"""How slow this machine is now: limits in seconds are those of a usual one, and a crowded host takes longer for all."""

import subprocess
import sys
import time

USUAL_SECONDS = 0.45
"""What this takes, at most, on the machines on which the limits were set; nothing of ours is in it."""
WORK = "import sqlalchemy, requests, rich.console, jsonschema, jinja2, starlette.applications, uvicorn"
ROUNDS = 3


def slowness() -> float:
    """Return how many times as long as usual the same work takes here; 1 where it is no slower than usual."""
    return max(1.0, min(seconds_of_work() for _ in range(ROUNDS)) / USUAL_SECONDS)


def seconds_of_work() -> float:
    """Take the time of a Python that starts and imports libraries."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", WORK], check=True)
    return time.perf_counter() - begun
