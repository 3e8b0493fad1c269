"""What Consul means by a status and its text; all texts are from live clusters of 1.22.7 and 1.14.8."""

import pytest

from scanner.collect.status import status_fault
from scanner.collect.transport import RawAnswer
from tests.faults.behaviours import DATE, DATE_NS
from tests.unit.collect.answers import told

DENIED = (
    "rpc error: code = Unknown desc = Permission denied: token with AccessorID "
    "'00000000-0000-0000-0000-000000000002' lacks permission 'peering:read'"
)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (401, "ACL support disabled", "acl_disabled"),
        (403, "ACL not found", "unknown_token"),
        (403, DENIED, "denied"),
        (403, "Permission denied: anonymous token lacks permission 'peering:read'.", "denied"),
        (403, "Endpoint is blocked by agent configuration", "status"),
        (404, "Invalid URL path: not a recognized HTTP API endpoint", "unsupported"),
        (404, "<html>no such page", "not_found"),
        (429, "Resource Exhausted", "busy"),
        (500, "rpc error: code = FailedPrecondition desc = peering must be enabled to use this endpoint", "disabled"),
        (500, "No cluster leader", "status"),
        (400, "Client sent an HTTP request to an HTTPS server.", "status"),
        (503, "", "status"),
    ],
)
def test_kinds(status: int, text: str, kind: str) -> None:
    fault = status_fault(told(status, text), "GET /v1/x")
    assert fault is not None
    assert fault.kind == kind
    assert fault.message.startswith(f"GET /v1/x: HTTP {status}: ")
    assert fault.at_ns == DATE_NS


def test_200_is_no_fault() -> None:
    assert status_fault(told(200, ""), "GET /v1/x") is None


def test_a_denial_names_the_grant() -> None:
    fault = status_fault(told(403, DENIED), "GET /v1/x")
    assert fault is not None
    assert fault.grant == "peering:read"


def test_plain_http_to_a_tls_port_says_what_to_do() -> None:
    fault = status_fault(told(400, "Client sent an HTTP request to an HTTPS server."), "GET /v1/x")
    assert fault is not None
    assert "https://" in fault.advice


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("https://consul.example.com:8501/v1/x?y=1", "https://consul.example.com:8501"),
        ("http://user:hunter2@consul.example.com/", "http://consul.example.com"),
        ("/ui/", "another path"),
        ("", "another path"),
        ("http://[", "http://["),
    ],
)
def test_a_redirect_names_the_host_and_nothing_more(location: str, place: str) -> None:
    fault = status_fault(RawAnswer(302, {"date": DATE, "location": location}, b""), "GET /v1/x")
    assert fault is not None
    assert fault.kind == "redirect"
    assert f"a redirect to {place}, which" in fault.message
    assert "hunter2" not in str(fault)


def test_secrets_are_replaced_in_text_and_location() -> None:
    for status in (500, 301):
        raw = RawAnswer(status, {"location": "https://s3cret.example"}, b"no s3cret here", ("s3cret",))
        fault = status_fault(raw, "GET /v1/x")
        assert fault is not None
        assert "s3cret" not in str(fault)
        assert "<token>" in str(fault)
