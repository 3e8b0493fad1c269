"""Stands before all routes: lets in who may, and tells everybody else what is missing."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from scanner.publish.access.callers import Peer, is_outdated, is_stranger, role_of
from scanner.publish.access.door import Door
from scanner.publish.access.hosts import is_local
from scanner.publish.access.logins import CrowdedError, Passwords
from scanner.publish.access.roles import Role, is_forged, needed_role
from scanner.publish.access.settings import WebConfig
from scanner.publish.problems import problem

UNAUTHORIZED = 401
FORBIDDEN = 403
MISDIRECTED = 421
TOO_MANY = 429

RETRY_SECONDS = 5
"""About as long as it takes until all who wait for their passwords to be checked have been told."""


class Guard:
    """Middleware. Leaves in `request.state.role` who is calling: a Role, or None for nobody."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        """Take the routes, and what says who may ask for them."""
        self._app = app
        self._door = door
        self._passwords = Passwords()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        request = Request(scope)
        refusal = await self._refusal(request)
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        config, peer = self._door.current(), getattr(request.state, "peer", Peer())
        # The path that is routed by; that of `request.url` is made of the Host header too, which the caller writes.
        needed = needed_role(request.method, request.scope["path"])
        request.state.role = None
        if refusal := _refusal_unasked(config, peer, request):
            return refusal
        if not config.asks and not is_local(request.headers.get("host", "")):
            return None if needed is None else _misdirected()
        try:
            role = await role_of(config, self._passwords, peer, request.headers.get("authorization", ""))
        except CrowdedError:
            return None if needed is None else _crowded()
        request.state.role = role
        if needed is None or (role is not None and role >= needed):
            return None
        return _unknown(config) if role is None else _refused("This takes the role admin.")


def _refusal_unasked(config: WebConfig, peer: Peer, request: Request) -> Response | None:
    """Return why somebody is refused everything, whoever they say they are."""
    if is_outdated(config, peer):
        return _refused("The certificates have changed. Connect anew.")
    if is_stranger(config, peer):
        return _refused("The names in your certificate are none of client_allowed_sans.")
    headers = request.headers
    if is_forged(request.method, headers.get("origin", ""), headers.get("host", "")):
        return _refused("A page of another site made your browser send this.")
    return None


def _unknown(config: WebConfig) -> Response:
    if not config.has_logins:
        return _refused("This takes a client certificate.")
    answer = problem(UNAUTHORIZED, "Say who you are.", {"connection": "close"})
    if config.users:
        answer.headers.append("www-authenticate", 'Basic realm="consul-scan", charset="UTF-8"')
    if config.tokens:
        answer.headers.append("www-authenticate", 'Bearer realm="consul-scan"')
    return answer


def _refused(reason: str) -> Response:
    # Closed, so that the next request is a new handshake with the certificates of then.
    return problem(FORBIDDEN, reason, {"connection": "close"})


def _misdirected() -> Response:
    detail = "Nobody is asked for a login here, so ask by localhost or a loopback address (Host), or add logins."
    return problem(MISDIRECTED, detail, {"connection": "close"})


def _crowded() -> Response:
    headers = {"connection": "close", "retry-after": str(RETRY_SECONDS)}
    return problem(TOO_MANY, "Too many logins are being checked. Try again.", headers)


def knows(request: Request) -> bool:
    """Tell whether the caller is somebody, so that it may hear more than a probe does."""
    role: Role | None = request.state.role
    return role is not None
