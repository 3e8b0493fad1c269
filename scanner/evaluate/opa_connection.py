"""Bytes to an OPA server and back, through opa-python-client with its traps closed (engines.md 4.2)."""

import json
import ssl
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from opa_client.opa import OpaClient
from requests import RequestException, Response
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import HTTPError

from scanner.errors import EngineError, EngineTimeoutError, EvaluationError, UsageError
from scanner.model.document import Json

LARGEST_ANSWER = 256 << 20
"""Bytes; verdicts are far smaller than the input, of which OPA itself takes no more than this."""

_CONNECT_SECONDS = 3.05
_CHUNK = 2**16
_DEFAULT_PORT = {"http": 8181, "https": 443, "unix": 80}
_DENIED = {401, 403}


class Token(Protocol):
    """Gives the bearer token, anew for each request."""

    def text(self) -> str:
        """Return the token, never empty."""
        ...


@dataclass(frozen=True)
class OpaAccess:
    """How to get in.

    `transport` carries the requests (a TLS context of its own, a unix socket; None: what `requests` has), `token` is
    sent with each of them, `largest_answer` is in bytes.
    """

    transport: HTTPAdapter | None = None
    token: Token | None = field(default=None, repr=False)
    largest_answer: int = LARGEST_ANSWER


class OpaConnection:
    """Asks one server for JSON.

    Args:
        url: `http://host:port`, `https://host:port` or `unix:///path`.
        access: how to get in.
        timeout_seconds: how long one answer may take, from start to end.

    Raises:
        UsageError: the address is none.
    """

    def __init__(self, url: str, access: OpaAccess, timeout_seconds: float) -> None:
        """Open nothing yet."""
        self.url = url
        self._access = access
        self._timeout_seconds = timeout_seconds
        self._client = _client(_parts(url), access, timeout_seconds)

    def get(self, path: str) -> Json:
        """Return what stands at a path below `/v1`; errors as of `post`."""
        return self._answer("GET", path, None)

    def post(self, path: str, document: bytes) -> Json:
        """Return the answer to a document.

        Raises:
            EvaluationError: a policy erred.
            EngineTimeoutError: no whole answer in time.
            EngineError: no connection, or an answer that makes no sense.
        """
        return self._answer("POST", path, document)

    def close(self) -> None:
        """Close the connections."""
        self._client.close_connection()

    def _answer(self, method: str, path: str, document: bytes | None) -> Json:
        headers = {"Authorization": f"Bearer {self._access.token.text()}"} if self._access.token else {}
        url = f"{self._client.root_url}/{path}"
        started = monotonic()
        try:
            # The client has no raw POST, and would follow a redirect with the token in hand.
            with self._client._session.request(  # noqa: SLF001
                method,
                url,
                data=document,
                headers=headers,
                timeout=self._client.timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                return _body(response.status_code, self._read(response, started), self.url)
        except (RequestException, HTTPError, OSError) as fault:
            raise self._fault(fault) from fault

    def _read(self, response: Response, started: float) -> bytes:
        body = bytearray()
        # `read1` gives what one read of the socket gave: a server that drips is seen on the clock.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._access.largest_answer:
                raise EngineError(f"OPA at {self.url} answered more than {self._access.largest_answer} bytes")
            if monotonic() - started > self._timeout_seconds:
                raise TimeoutError("timed out")
        return bytes(body)

    def _fault(self, fault: Exception) -> EngineError:
        if "timed out" in str(fault):
            return EngineTimeoutError(f"OPA at {self.url} did not answer in {self._timeout_seconds:g} s")
        cause = _root_cause(fault)
        advice = "Is it running, and is that its address?"
        if isinstance(cause, ssl.SSLError):
            advice = "Name the CA of its certificate: engine.ca_file."
        text = getattr(cause, "strerror", None) or str(cause)
        return EngineError(f"OPA at {self.url} cannot be asked: {text}", advice)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0 and "@" not in parts.netloc and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if not usable or parts.scheme not in _DEFAULT_PORT or not _whole(parts):
        shown = url if "@" not in url else "What holds a user or a password"
        raise UsageError(f"{shown} is no address of an OPA server", "It looks like http://127.0.0.1:8181.")
    return parts


def _whole(parts: SplitResult) -> bool:
    if parts.scheme == "unix":
        return not parts.netloc and parts.path.startswith("/")
    return bool(parts.hostname) and not parts.path.strip("/")


def _client(parts: SplitResult, access: OpaAccess, timeout_seconds: float) -> Any:
    host = parts.hostname or "localhost"
    client = OpaClient(
        host=f"[{host}]" if ":" in host else host,
        port=parts.port or _DEFAULT_PORT[parts.scheme],
        ssl=parts.scheme == "https",
        retries=0,
        timeout=(_CONNECT_SECONDS, timeout_seconds),
    )
    session = client._session  # noqa: SLF001
    # Neither a proxy nor ~/.netrc nor a CA of the environment may come between us and it.
    session.trust_env = False
    session.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    # gzip only costs time on loopback.
    session.headers.update({"Content-Type": "application/json", "Accept-Encoding": "identity"})
    if access.transport is not None:
        session.adapters.clear()
        session.mount(f"{client.root_url.partition('://')[0]}://", access.transport)
    return client


def _root_cause(fault: BaseException) -> BaseException:
    # requests wraps urllib3, which wraps what happened; only the last of them is worth reading.
    while deeper := fault.__cause__ or fault.__context__:
        fault = deeper
    return fault


def _body(status: int, raw: bytes, url: str) -> Json:
    if status in _DENIED:
        raise EngineError(
            f"OPA at {url} refused with {status}: {' '.join(raw[:300].decode(errors='replace').split())}",
            "Give its token by engine.token_file or engine.token_env, and let it read policies and evaluate.",
        )
    try:
        body = json.loads(raw)
    except ValueError as fault:
        raise EngineError(f"OPA at {url} answered {status} without JSON: is that OPA?") from fault
    if status == 500 and isinstance(body, dict) and body.get("errors"):  # noqa: PLR2004
        raise EvaluationError("; ".join(_error_text(error) for error in body["errors"]))
    if status != 200 or not isinstance(body, dict):  # noqa: PLR2004
        raise EngineError(f"OPA at {url} answered {status}: {json.dumps(body)[:300]}")
    return body


def _error_text(error: Json) -> str:
    location = error.get("location") or {}
    return f"{location.get('file', '?')}:{location.get('row', '?')}: {error.get('message', '?')}"
