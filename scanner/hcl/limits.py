"""How large and how deep a text may be: far beyond what policies and config entries are, far below what hurts."""

from scanner.errors import HclError
from scanner.hcl.source import Source

MAX_CHARACTERS = 1 << 20
"""Consul cannot store a larger policy: raft suggests no entry above 1 MiB."""

MAX_DEPTH = 64
"""Consul reads deeper texts, until its stack ends; none that means something is deeper."""


def check_depth(depth: int, source: Source, offset: int) -> None:
    """Raise HclError where something opens at `offset` inside `depth` others that are open already."""
    if depth >= MAX_DEPTH:
        raise source.fault(offset, f"at most {MAX_DEPTH} levels of brackets")


def check_size(text: str) -> None:
    """Raise HclError where a text is too large to be read."""
    if len(text) > MAX_CHARACTERS:
        raise HclError(1, 1, f"a text of {len(text)} characters", f"at most {MAX_CHARACTERS}")
