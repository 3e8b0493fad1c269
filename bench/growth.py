"""Whether a process that runs for long grows: its samples after the warm-up, the first part beside the last. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from statistics import median

WARM_UP = 0.2
"""Part of the samples that is not looked at: caches fill, and a first scan is the largest."""
PART = 0.25
"""Part of what is left that is compared at either end."""
RSS_SLACK = 1.05
"""An allocator keeps some of what it was given back; what leaks goes past it in half an hour."""
RSS_NOISE_MB = 4.0
COUNT_NOISE = 2
"""Threads, sockets and files come and go: a request, a retry."""


@dataclass(frozen=True)
class Sample:
    """One moment of a process and its children: memory in MB, and how many of each it has."""

    rss_mb: float
    threads: int
    sockets: int
    files: int


def grown(samples: Sequence[Sample]) -> list[str]:
    """Return what grew, a sentence each; nothing where all is flat.

    Raises ValueError where there are too few samples to tell.
    """
    settled = samples[int(len(samples) * WARM_UP) :]
    size = int(len(settled) * PART)
    if size < 1:
        raise ValueError(f"{len(samples)} samples are too few")
    told = []
    for field in fields(Sample):
        first = median(getattr(sample, field.name) for sample in settled[:size])
        last = median(getattr(sample, field.name) for sample in settled[-size:])
        if last > _most(field.name, first):
            told.append(f"{field.name} grew from {first:g} to {last:g}")
    return told


def _most(name: str, first: float) -> float:
    return first * RSS_SLACK + RSS_NOISE_MB if name == "rss_mb" else first + COUNT_NOISE
