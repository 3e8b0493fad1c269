"""An HTTP status and its text -> what Consul means by it."""

import re

from scanner.collect.excerpt import excerpt
from scanner.collect.fault import CallError, Kind
from scanner.collect.times import http_date_ns
from scanner.collect.transport import RawAnswer

_OK = 200
_PLACE = re.compile(r"(https?://)(?:[^/?#@]*@)?([^/?#@]+)", re.IGNORECASE)
_GRANT = re.compile(r"lacks permission '([a-z]+:[a-z]+)'")
_KINDS: tuple[tuple[int, str, Kind, str], ...] = (
    (401, "ACL support disabled", "acl_disabled", ""),
    (403, "ACL not found", "unknown_token", "Give a token of this cluster, or none"),
    (403, "ermission denied", "denied", "Grant it to the scanner's token"),
    (404, "not a recognized HTTP API endpoint", "unsupported", "This Consul is too old for it"),
    (404, "", "not_found", "Is this address Consul's own?"),
    (429, "", "busy", "Consul limits requests; scan again later"),
    (500, "must be enabled", "disabled", ""),
)
"""Status, part of the text, kind and next step; the first that fits. Facts sections 1 and 13, all seen live."""


def status_fault(raw: RawAnswer, request: str) -> CallError | None:
    """Return what an answer's status says is wrong; None for 200."""
    if raw.status == _OK:
        return None
    if 300 <= raw.status < 400:  # noqa: PLR2004 - the redirects
        return _redirect(raw, request)
    text = raw.body.decode(errors="replace")
    kind, advice = _meaning(raw.status, text)
    message = f"{request}: HTTP {raw.status}: {excerpt(text, raw.secrets) or 'no text'}"
    grant = _GRANT.search(text)
    at_ns = http_date_ns(raw.headers.get("date"))
    return CallError(kind, message, advice, grant=grant.group(1) if grant else "", at_ns=at_ns)


def _meaning(status: int, text: str) -> tuple[Kind, str]:
    for known, part, kind, advice in _KINDS:
        if status == known and part in text:
            return kind, advice
    if "HTTP request to an HTTPS server" in text:
        return "status", "Use https:// in the address"
    return "status", "See Consul's log"


def _redirect(raw: RawAnswer, request: str) -> CallError:
    place = _PLACE.match(excerpt(raw.headers.get("location", ""), raw.secrets))
    host = f"{place.group(1)}{place.group(2)}" if place else "another path"
    message = f"{request}: HTTP {raw.status}, a redirect to {host}, which is not followed: the token would go there"
    advice = f"If that is Consul, set the address to {host}" if place else "Set the address to Consul's own"
    return CallError("redirect", message, advice)
