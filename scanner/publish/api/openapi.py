"""The OpenAPI 3.1 document of the API, made of the same endpoints as the routes and of the schemas of the tree."""

from scanner import __version__
from scanner.model.document import Json
from scanner.publish import problems
from scanner.publish.api.components import components, reference
from scanner.publish.api.endpoints import ENDPOINTS, OPENAPI_PATH, SCAN_PATH, Endpoint
from scanner.publish.api.parameters import Parameter

_REFUSALS = {
    "400": "A parameter that there is not, or a value that it does not take.",
    "401": "A login is asked for, and there is none, or a wrong one.",
    "403": "The caller's role, or its client certificate, is not enough.",
    "413": "The request has a body.",
    "421": "Nobody is asked for a login, and the Host is no name of loopback.",
    "429": "Too many logins are being checked.",
    "500": "A bug of consul-scan.",
}
_UNREADY = {"503": "There is nothing to tell yet, or the store cannot be read."}
_TOO_OFTEN = {"429": "A scan was asked for a moment ago, or too many logins are being checked."}


def openapi() -> Json:
    """Return the document: paths from the endpoints, components from the schemas."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "consul-scan", "version": __version__, "description": "What the daemon found in Consul."},
        "servers": [{"url": "/"}],
        "security": [{}, {"basic": []}, {"bearer": []}],
        "paths": {
            **{endpoint.path: {"get": _reading(endpoint)} for endpoint in ENDPOINTS},
            SCAN_PATH: {"post": _scan()},
            OPENAPI_PATH: {"get": _itself()},
        },
        "components": {
            "schemas": components(),
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _reading(endpoint: Endpoint) -> Json:
    unready = _UNREADY if endpoint.of_clusters else {}
    return {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": [*map(_parameter, endpoint.parameters), _IF_NONE_MATCH],
        "responses": {
            "200": _document("As asked for.", endpoint.schema) | {"headers": _ETAG},
            "304": {"description": "What If-None-Match names is still so.", "headers": _ETAG},
            **_problems(_REFUSALS | unready),
        },
    }


def _scan() -> Json:
    location = {"location": {"description": "Where its results will be.", "schema": {"type": "string"}}}
    return {
        "operationId": "scan",
        "summary": "Ask for a full scan now: the results whose `scan.started_at` is not before `requested_at`.",
        "responses": {
            "202": _document("It will begin at once, or when the one in progress ends.", "scan_request")
            | {"headers": location},
            **_problems(_REFUSALS | _TOO_OFTEN),
        },
    }


def _itself() -> Json:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "openapi",
        "summary": "This document.",
        "parameters": [_IF_NONE_MATCH],
        "responses": {
            "200": {"description": "This document.", "content": content, "headers": _ETAG},
            "304": {"description": "What If-None-Match names is still so.", "headers": _ETAG},
            **_problems(_REFUSALS),
        },
    }


_ETAG = {"etag": {"description": "Of these very bytes.", "schema": {"type": "string"}}}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "ETags of answers that are at hand.",
    "schema": {"type": "string"},
}


def _parameter(parameter: Parameter) -> Json:
    several: Json = {"type": "array", "items": parameter.schema}
    return {
        "name": parameter.name,
        "in": "query",
        "description": f"{parameter.meaning}{' May be given several times: any of them.' if parameter.several else ''}",
        "schema": several if parameter.several else parameter.schema,
        **({"style": "form", "explode": True} if parameter.several else {}),
    }


def _problems(reasons: dict[str, str]) -> Json:
    content = {problems.MEDIA_TYPE: {"schema": reference("problem")}}
    return {status: {"description": reason, "content": content} for status, reason in reasons.items()}


def _document(meaning: str, name: str) -> Json:
    return {"description": meaning, "content": {"application/json": {"schema": reference(name)}}}
