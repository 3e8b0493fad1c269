"""Bytes to an endpoint: one request, within limits; no redirect, no proxy but that of the config, no answer kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from urllib3 import BaseHTTPResponse, ProxyManager, Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError
from urllib3.util import Url, make_headers, parse_url

from scanner import __version__
from scanner.errors import ConfigError
from scanner.publish.terminal import printable
from scanner.publish.webhooks.connecting import Deadline, guarded_pool
from scanner.publish.webhooks.settings import Road

LIMIT_SECONDS = 15.0
CONNECT_SECONDS = 5.0
_FAULT_LIMIT = 200


@dataclass(frozen=True)
class Request:
    """What is sent: `body` to `url`, which may hold a user, a password or a key."""

    url: str = field(repr=False)
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """The status of an answer with its Retry-After; status 0: there was none, and `fault` says why."""

    status: int
    retry_after: str | None = None
    fault: str = ""


class Send(Protocol):
    """Sends a request and returns the answer, or that there was none."""

    def __call__(self, request: Request) -> Answer:
        """Send once.

        Raises:
            ConfigError: the request's URL is none.
        """
        ...


class HttpSender:
    """A `Send` over HTTP or HTTPS, with a connection of its own for each request."""

    def __init__(self, road: Road, limit_seconds: float = LIMIT_SECONDS) -> None:
        """Read the TLS files.

        Raises:
            ConfigError: one that cannot be used.
        """
        self._road = road
        self._limit = limit_seconds
        self._tls = road.tls()

    def __call__(self, request: Request) -> Answer:
        """Send once; the whole takes no longer than the limit, and of an answer the head alone is read."""
        url = checked_url(request.url, "the address of the endpoint")
        deadline = Deadline(self._limit)
        try:
            with deadline:
                answer = self._open(url, request, deadline)
                answer.close()
        except (HTTPError, OSError, ValueError) as error:
            return Answer(0, fault=self._told(error, cut=deadline.passed))
        return Answer(answer.status, answer.headers.get("Retry-After"))

    def _open(self, url: Url, request: Request, deadline: Deadline) -> BaseHTTPResponse:
        headers = {"User-Agent": f"consul-scan/{__version__}", **request.headers}
        if url.auth:
            headers |= make_headers(basic_auth=url.auth)
        plain = url._replace(auth=None, fragment=None)
        timeout = Timeout(connect=min(CONNECT_SECONDS, self._limit), read=self._limit)
        given: dict[str, Any] = {
            "body": request.body,
            "headers": headers,
            "redirect": False,
            "retries": False,
            "timeout": timeout,
            "preload_content": False,
        }
        if self._road.proxy is not None:
            return ProxyManager(self._road.proxy, ssl_context=self._tls).urlopen("POST", plain.url, **given)
        pool = guarded_pool(url, self._road.networks, deadline, ssl_context=self._tls)
        return pool.urlopen("POST", plain.request_uri, **given)

    def _told(self, error: Exception, *, cut: bool) -> str:
        if isinstance(error, ConnectTimeoutError) and not isinstance(error, NewConnectionError):
            return f"no connection in {min(CONNECT_SECONDS, self._limit):g} s"
        if cut or isinstance(error, ReadTimeoutError):
            return f"no answer in {self._limit:g} s"
        cause = _root_cause(error)
        return printable(getattr(cause, "strerror", None) or str(cause) or type(cause).__name__, _FAULT_LIMIT)


def checked_url(text: str, origin: str) -> Url:
    """Return the address that a text is.

    Raises:
        ConfigError: it is none; `origin` is named, and nothing of the text shown, as it may be a secret.
    """
    try:
        url = parse_url(text)
    except HTTPError:
        url = Url()
    if url.scheme not in {"http", "https"} or not url.host or not text.isascii() or not text.isprintable():
        raise ConfigError(f"{origin} is no http:// or https:// URL", "It looks like https://hooks.example/consul")
    return url


def _root_cause(error: BaseException) -> BaseException:
    while deeper := error.__cause__ or error.__context__:
        error = deeper
    return error
