"""Where a watch stands in what Consul tells: HashiCorp's rules for blocking queries (facts 3). Pure."""

from dataclasses import dataclass

FROM_THE_START = 0
"""No index to wait for: Consul answers such a question at once."""
LEAST = 1
"""Consul may answer with 0, and would take that as no index: the watch would turn into a busy loop."""


@dataclass(frozen=True)
class Position:
    """The index to wait for, and the digest of the last answer; empty before the first one."""

    index: int = FROM_THE_START
    digest: bytes = b""

    def after(self, index: int, digest: bytes) -> "Position":
        """Return the position after an answer.

        An index that went back is that of a Consul which was restored or started anew: what it counts has nothing to
        do with what was counted before, so the next question starts over.
        """
        return Position(FROM_THE_START if index < self.index else max(index, LEAST), digest)

    def changed(self, digest: bytes) -> bool:
        """Tell whether an answer says something new: Consul also answers because time is up, or for a neighbour."""
        return digest != self.digest
