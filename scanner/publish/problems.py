"""What went wrong, told to a program that asked: problem details for HTTP (RFC 9457)."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from scanner.errors import StoreError

MEDIA_TYPE = "application/problem+json"

_OF_ROUTES: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "Nothing is served here. GET / lists what is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This cannot be done here. The header Allow says what can.",
}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer that says what is wrong (schema `problem`).

    Args:
        status: the HTTP status; its own words are the title.
        detail: for people; may hold names that a cluster chose.
        headers: what else the answer says.
    """
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(json.dumps(told, separators=(",", ":")) + "\n", status, headers, MEDIA_TYPE)


async def problem_of(_request: Request, error: Exception) -> Response:
    """Answer a request that a route, or the lack of one, refused; that the store, or this program, failed."""
    if isinstance(error, HTTPException):
        return problem(error.status_code, _OF_ROUTES.get(error.status_code, error.detail), error.headers)
    if isinstance(error, StoreError):
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "This is a bug of consul-scan. Its log says more.")
