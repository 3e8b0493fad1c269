"""The cases of our own rules; `scanner.evaluate.cases` reads them, as it does those of custom rules."""

from scanner.evaluate.cases import Case, cases_below, unlike
from scanner.evaluate.changes import changed
from scanner.evaluate.policies import shipped_policies
from scanner.evaluate.recorded import base_snapshot, recorded_snapshots

__all__ = ["DATA", "Case", "all_cases", "base_snapshot", "changed", "unlike"]

DATA = recorded_snapshots()


def all_cases() -> list[Case]:
    """Return every case beside every rule."""
    return cases_below(shipped_policies())
