"""Nothing that the daemon is asked for takes a body; one that is sent is refused before it is read."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from scanner.publish.problems import problem

LARGEST_BODY = 16
"""Bytes. Some programs cannot send a POST without an empty document."""


class Bodiless:
    """Middleware. Refuses requests that bring more than a few bytes, and closes their connection."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the routes."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        refusal = _refusal(Request(scope))
        await (refusal or self._app)(scope, receive, send)


def _refusal(request: Request) -> Response | None:
    if "transfer-encoding" in request.headers:
        return _refused(HTTPStatus.LENGTH_REQUIRED, "Send no body, or say how long it is.")
    if int(request.headers.get("content-length", "0")) > LARGEST_BODY:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Send no body: nothing here takes one.")
    return None


def _refused(status: HTTPStatus, detail: str) -> Response:
    # Closed, so that the body is not read for the sake of the next request.
    return problem(status, detail, {"connection": "close"})
