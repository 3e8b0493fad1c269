"""The clusters followed over time: what wakes, what is asked again when, what is kept of each (docs/watching.md)."""
