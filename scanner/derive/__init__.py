"""Snapshot -> the same with facts that more than one rule needs and that no cluster says by itself. Pure."""
