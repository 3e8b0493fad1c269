"""Consul -> Snapshot: one HTTP client, one module per thing read, and the assembly of what was read."""
