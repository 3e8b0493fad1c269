"""The routes of the API, made of its list of endpoints."""

from datetime import UTC, datetime
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scanner.publish.api.answers import answered
from scanner.publish.api.endpoints import ENDPOINTS, OPENAPI_PATH, SCAN_PATH, Endpoint
from scanner.publish.api.openapi import openapi
from scanner.publish.api.parameters import asked
from scanner.publish.api.scan_request import ScanRequests
from scanner.publish.api.source import Source

OF_CLUSTERS = "no-store"
OF_THE_PROGRAM = "no-cache"
"""May be kept, and is asked for again each time."""


def routes(source: Source, scans: ScanRequests) -> list[Route]:
    """Return what answers below /api/v1."""
    return [*(_reading(endpoint, source) for endpoint in ENDPOINTS), _requesting(scans), _describing()]


def _reading(endpoint: Endpoint, source: Source) -> Route:
    cache_control = OF_CLUSTERS if endpoint.of_clusters else OF_THE_PROGRAM

    async def read(request: Request) -> Response:
        query = asked(endpoint.parameters, request.query_params)
        if endpoint.of_store:
            document = await run_in_threadpool(endpoint.answer, source, query)
        else:
            document = endpoint.answer(source, query)
        return answered(request, document, cache_control)

    return Route(endpoint.path, read, name=endpoint.name)


def _requesting(scans: ScanRequests) -> Route:
    async def scan(request: Request) -> Response:
        asked((), request.query_params)
        told = scans.request(datetime.now(UTC))
        return JSONResponse(told, HTTPStatus.ACCEPTED, {"location": told["results"]})

    return Route(SCAN_PATH, scan, methods=["POST"])


def _describing() -> Route:
    document = openapi()

    async def describe(request: Request) -> Response:
        asked((), request.query_params)
        return answered(request, document, OF_THE_PROGRAM)

    return Route(OPENAPI_PATH, describe)
