"""Bytes to Consul and back, within limits: no redirect, no proxy, no cookie, no retry, no endless answer."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import HTTPError

from scanner import __version__
from scanner.collect.adapters import TlsAdapter, UnixAdapter
from scanner.collect.deadline import answered_within
from scanner.collect.failure import connection_fault, too_large
from scanner.collect.sockets import Sockets
from scanner.collect.target import ClusterTarget
from scanner.collect.tls import tls_context
from scanner.collect.transport import RawAnswer, Request

LARGEST_ANSWER = 64 * 2**20
CONNECTIONS = 4
_CHUNK = 2**16


class HttpTransport:
    """A `Transport` over HTTP, HTTPS or a unix socket; may be used by several threads."""

    def __init__(
        self, target: ClusterTarget, largest_answer: int = LARGEST_ANSWER, connections: int = CONNECTIONS
    ) -> None:
        """Open nothing yet, but read the TLS files. As many `connections` are kept open as there are threads at once.

        Raises:
            ConfigError: a TLS file that cannot be used.
        """
        self._target = target
        self._largest = largest_answer
        self._sockets = Sockets()
        self._session = _session(target, connections, self._sockets)

    @property
    def anonymous(self) -> bool:
        """Tell whether no token is sent."""
        return self._target.token is None

    def send(self, request: Request) -> RawAnswer:
        """Send one request; see `Transport`. The token is read anew each time.

        Raises:
            ConfigError: the token's file is missing, empty or unreadable.
        """
        headers, secrets = self._credentials()
        try:
            with self._answered_in_time(request), self._open(request, headers) as response:
                body = self._body(response, request)
                return RawAnswer(response.status_code, _lower(response.headers), body, secrets)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise connection_fault(error, request.name, self._target.address.text) from None

    def close(self) -> None:
        """Close the connections; a request in progress fails at once."""
        self._session.close()
        self._sockets.cut()

    def _credentials(self) -> tuple[dict[str, str], tuple[str, ...]]:
        headers: dict[str, str] = {}
        secrets: list[str] = []
        if self._target.token is not None:
            token = self._target.token.text()
            headers["X-Consul-Token"] = token
            secrets.append(token)
        if self._target.basic_auth is not None:
            headers["Authorization"] = self._target.basic_auth.header()
            secrets += [self._target.basic_auth.encoded(), self._target.basic_auth.password]
        return headers, tuple(secret for secret in secrets if secret)

    def _open(self, request: Request, headers: Mapping[str, str]) -> requests.Response:
        prepared = self._prepared(request, headers)
        limits = self._target.timeouts
        timeout = (limits.connect_s, max(limits.read_s, request.patience_s or 0.0))
        return self._session.send(prepared, stream=True, allow_redirects=False, timeout=timeout, proxies={})

    def _prepared(self, request: Request, headers: Mapping[str, str]) -> requests.PreparedRequest:
        # Not by the session, which would undo the quoting of `%2E%2E` and then resolve the dots; nor is there anything
        # to merge, which took a fifth of the time of an idle daemon.
        prepared = requests.PreparedRequest()
        prepared.method = "GET" if request.body is None else "POST"
        prepared.url = self._url(request)
        prepared.prepare_headers({**self._session.headers, **headers})
        prepared.prepare_cookies({})
        prepared.prepare_body(request.body, None)
        prepared.prepare_hooks(None)
        return prepared

    def _url(self, request: Request) -> str:
        own = {"ns": self._target.namespace, "partition": self._target.partition}
        # A request that names its place means that one, and not where the target's requests fall by themselves.
        scope = {} if "partition" in request.query else {key: value for key, value in own.items() if value}
        query = urlencode(dict(request.query) | scope)
        return f"{self._target.address.base}{request.path}{'?' if query else ''}{query}"

    def _answered_in_time(self, request: Request) -> AbstractContextManager[None]:
        return answered_within(request.patience_s or self._target.timeouts.total_s)

    def _body(self, response: requests.Response, request: Request) -> bytes:
        body = bytearray()
        # `read1` gives what one read of the socket gave: no more than a chunk is held above the largest answer.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._largest:
                raise too_large(request.name, self._largest)
        return bytes(body)


def _session(target: ClusterTarget, connections: int, sockets: Sockets) -> requests.Session:
    session = requests.Session()
    # Proxy variables and .netrc belong to other programs; a token must not follow them.
    session.trust_env = False
    session.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    # Within a machine gzip only costs time, Consul's as ours: a tenth of an audit with thousands of tokens.
    encoding = "identity" if target.address.is_local else "gzip"
    session.headers.update({"User-Agent": f"consul-scan/{__version__}", "Accept-Encoding": encoding})
    session.adapters.clear()
    session.mount(target.address.base, _adapter(target, connections, sockets))
    return session


def _adapter(target: ClusterTarget, connections: int, sockets: Sockets) -> HTTPAdapter:
    if target.address.scheme == "unix":
        return UnixAdapter(target.address.socket, connections, sockets)
    if target.address.scheme == "https":
        adapter: HTTPAdapter = TlsAdapter(tls_context(target.tls), target.tls.server_name, connections)
    else:
        adapter = HTTPAdapter(pool_maxsize=connections)
    adapter.poolmanager.pool_classes_by_scheme = sockets.pools()
    return adapter


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
