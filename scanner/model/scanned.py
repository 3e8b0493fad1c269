"""What one scan of the daemon gave: its results, what they were judged by, and what fails as far as is remembered."""

from dataclasses import dataclass

from scanner.model.document import Json
from scanner.model.finding import Finding

Standing = tuple[Finding, ...]
"""Findings that fail as far as is known: by the last scan that could see them, pending ones among them."""


@dataclass(frozen=True)
class Scanned:
    """The results document of a scan, the snapshot that it judged, and what stands after it.

    `standing` is None where the scan could not be remembered: then only the results tell what fails.
    """

    results: Json
    snapshot: Json
    standing: Standing | None = None
