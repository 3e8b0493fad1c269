"""Snapshot with derived facts -> verdicts: the rule catalogue, the engine port and its two adapters."""
