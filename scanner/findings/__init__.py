"""Verdicts -> results: causes, severity, the sums. Pure; memory over time joins with the daemon's store."""
