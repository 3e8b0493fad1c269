"""Consul's HTTP API as this scanner needs it: JSON in, checked JSON out, every failure a `CallError`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote

from scanner.collect.excerpt import excerpt
from scanner.collect.fault import CallError, Kind
from scanner.collect.fields import Fields, rows
from scanner.collect.status import status_fault
from scanner.collect.times import http_date_ns
from scanner.collect.transport import RawAnswer, Request, Transport


@dataclass(frozen=True)
class Mark:
    """What comes with an answer: its Raft index, Consul's time, and whether ACLs cut something out of it."""

    index: int | None = None
    at_ns: int | None = None
    filtered: bool = False


@dataclass(frozen=True)
class ObjectAnswer:
    """A JSON object and its mark."""

    value: Fields
    mark: Mark


@dataclass(frozen=True)
class ListAnswer:
    """A JSON list of objects and its mark."""

    rows: list[Fields]
    mark: Mark


@dataclass(frozen=True)
class WatchAnswer:
    """What a blocking query came back with: the index to wait for next, and a digest of what was said."""

    index: int
    digest: bytes


class ConsulClient:
    """Asks one cluster. Each method raises `CallError`."""

    def __init__(self, transport: Transport) -> None:
        """Speak through `transport`."""
        self._transport = transport

    @property
    def anonymous(self) -> bool:
        """Tell whether no token is sent."""
        return self._transport.anonymous

    def read_object(self, path: str, query: Mapping[str, str] | None = None) -> ObjectAnswer:
        """GET a JSON object."""
        raw, value = self._call(Request(path, query or {}))
        return ObjectAnswer(Fields(value, path), _mark(raw))

    def read_list(
        self, path: str, query: Mapping[str, str] | None = None, patience_s: float | None = None
    ) -> ListAnswer:
        """GET a JSON list of objects; Consul writes an empty one as null at times."""
        return self._list(Request(path, query or {}, patience_s=patience_s))

    def watch(self, path: str, query: Mapping[str, str], patience_s: float) -> WatchAnswer:
        """GET what is said at a path, when it changes or time is up: `query` says from which index on and how long."""
        request = Request(path, query, patience_s=patience_s)
        raw, _ = self._call(request)
        index = _mark(raw).index
        if index is None:
            raise _unusable(raw, request, "shape", "an index (X-Consul-Index) was expected")
        return WatchAnswer(index, hashlib.sha256(raw.body).digest())

    def ask(self, path: str, question: Any) -> ListAnswer:
        """POST a JSON document that changes nothing and get a list of objects."""
        return self._list(Request(path, body=json.dumps(question).encode()))

    def _list(self, request: Request) -> ListAnswer:
        raw, value = self._call(request)
        if value is not None and not isinstance(value, list):
            raise _unusable(raw, request, "shape", "a JSON list was expected")
        return ListAnswer(rows(value or [], request.path), _mark(raw))

    def _call(self, request: Request) -> tuple[RawAnswer, Any]:
        raw = self._transport.send(request)
        fault = status_fault(raw, request.name)
        if fault is not None:
            raise fault
        try:
            return raw, json.loads(raw.body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise _unusable(raw, request, "not_json", "the answer is not JSON") from None


def quoted(name: str) -> str:
    """Return a name of Consul's as one path segment: names may hold `/`, `?`, `..` and anything else."""
    return quote(name, safe="", errors="surrogatepass").replace(".", "%2E")


def _mark(raw: RawAnswer) -> Mark:
    index = raw.headers.get("x-consul-index", "")
    return Mark(
        index=int(index) if index.isascii() and index.isdigit() else None,
        at_ns=http_date_ns(raw.headers.get("date")),
        filtered=raw.headers.get("x-consul-results-filtered-by-acls") == "true",
    )


def _unusable(raw: RawAnswer, request: Request, kind: Kind, what: str) -> CallError:
    seen = excerpt(raw.body.decode(errors="replace"), raw.secrets)
    at_ns = http_date_ns(raw.headers.get("date"))
    message = f"{request.name}: {what}: {seen or 'it is empty'}"
    return CallError(kind, message, "Is this address Consul's own?", at_ns=at_ns)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
