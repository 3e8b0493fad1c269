"""A store as version 1 of it was, with a row in each table. Released once, so nothing here ever changes."""

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

TABLES = """
CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE findings (
    fingerprint TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, rule TEXT NOT NULL, name TEXT NOT NULL,
    severity TEXT NOT NULL, cluster TEXT NOT NULL, subject JSON NOT NULL, message JSON NOT NULL,
    caused_by JSON NOT NULL, waived_by JSON, failing_since TEXT, last_failed_at TEXT NOT NULL, opened_at TEXT,
    resolved_at TEXT);
CREATE INDEX ix_findings_resolved_at ON findings (resolved_at);
CREATE TABLE transitions (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL, event TEXT NOT NULL, at TEXT NOT NULL, message JSON NOT NULL, scan_id TEXT NOT NULL,
    snapshot TEXT NOT NULL, policies TEXT NOT NULL, results TEXT NOT NULL, engine TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    FOREIGN KEY (fingerprint) REFERENCES findings (fingerprint) ON DELETE CASCADE);
CREATE INDEX ix_transitions_fingerprint ON transitions (fingerprint);
CREATE INDEX ix_transitions_at ON transitions (at);
CREATE INDEX ix_transitions_snapshot ON transitions (snapshot);
CREATE TABLE snapshots (sha256 TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL, content BLOB NOT NULL);
CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, created TEXT NOT NULL,
    payload JSON NOT NULL);
CREATE INDEX ix_outbox_created ON outbox (created);
INSERT INTO meta (key, value) VALUES ('schema_version', '1');
"""
SUBJECT = {
    "cluster": "dc1",
    "kind": "gateway",
    "id": "mesh-gateway",
    "name": "mesh-gateway",
    "partition": "",
    "namespace": "",
    "peer": None,
}
CAUSE = {"rule": "MGP-201", "cluster": "dc1", "kind": "cluster", "id": "dc1"}
TIME = "2026-11-22T09:00:00.000000+00:00"
SNAPSHOT = b'{"clusters":{}}'
ROWS: dict[str, list[object]] = {
    "findings": [
        *("f", "open", "MGP-205", "a_rule", "high", "dc1"),
        *(json.dumps(each) for each in (SUBJECT, "it is wrong", [CAUSE], "w-1")),
        *(TIME, TIME, TIME, None),
    ],
    "transitions": [
        1,
        "f",
        "opened",
        TIME,
        '"it is wrong"',
        "scan-0",
        "a" * 64,
        "b" * 64,
        "c" * 64,
        "embedded",
        "0.13",
    ],
    "snapshots": ["a" * 64, TIME, gzip.compress(SNAPSHOT, mtime=0)],
    "outbox": [1, "event-1", TIME, '{"id": "event-1"}'],
}


def written(path: Path) -> None:
    """Write the store."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(TABLES)
        for table, row in ROWS.items():
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
