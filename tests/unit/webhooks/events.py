"""Events as they wait in the outbox, of findings and of scans."""

from typing import Any

from scanner.findings.events import event_document
from scanner.findings.trouble import Failing
from scanner.model.document import Json, sha256
from scanner.model.finding import Event
from tests.unit.findings.scans import START, after
from tests.unit.findings.test_store import finding, told

CAUSE = {"rule": "MGP-301", "cluster": "dc1", "kind": "cluster", "id": "dc1"}
HOSTILE = (
    "<!channel> <https://evil.example|click> &amp; \x1b[31m\u202e\n"
    "\"'}}{{7*7}}{% raw %}`$(id)` @here *b* _i_ ~s~ \ud800"
)
"""A name and a message such as nobody gives with good intent; Consul takes them."""


def event(name: str = "f", what: Event = "opened", **fields: Any) -> Json:
    """An event of a finding of gateway `name` in dc1; fields of the subject go there, others to the finding."""
    found = finding(name)
    document = event_document(f"event-of-{name}-{what}", found, told(found, what))
    document["finding"]["fingerprint"] = sha256(name)
    subject = document["finding"]["subject"]
    subject |= {key: value for key, value in fields.items() if key in subject}
    document["finding"] |= {key: value for key, value in fields.items() if key not in subject}
    document["message"] = fields.get("message", document["message"])
    return document


def of_scan(what: str = "failing", cluster: str | None = "dc1", message: str = "connection refused") -> Json:
    """An event of scans."""
    about = Failing(cluster or "", START, message, after(60)).document()
    return {
        "schema_version": 1,
        "id": f"{what}-{cluster}",
        "type": f"scan.{what}",
        "at": "2026-11-22T09:01:00.000+00:00",
        **about,
    }


def hostile() -> Json:
    """An event whose every text that a cluster can choose is hostile."""
    document = event("hostile", message=HOSTILE, id=HOSTILE, partition=HOSTILE, namespace=HOSTILE)
    document["finding"]["subject"]["name"] = HOSTILE
    return document
