"""A document as an answer: its bytes, its ETag, and nothing at all for who has it already."""

import json
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from scanner.model.document import Json

NOT_MODIFIED = 304


def answered(request: Request, document: Json, cache_control: str) -> Response:
    """Return a document as JSON in ASCII, or 304 where the request shows that it has these very bytes."""
    content = json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"
    etag = f'"{sha256(content).hexdigest()}"'
    headers = {"etag": etag, "cache-control": cache_control}
    if has(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


def has(if_none_match: str, etag: str) -> bool:
    """Tell whether the header If-None-Match names an ETag, strong or weak (RFC 9110, 13.1.2)."""
    named = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return bool(named & {etag, "*"})
