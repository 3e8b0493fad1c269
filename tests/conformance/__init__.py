"""Both engines on the same documents: recorded, changed at random from a seed, and multiplied."""
