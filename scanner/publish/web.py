"""What the daemon answers over HTTP: metrics, its own health, the API, and a page that links them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from scanner import __version__
from scanner.errors import StoreError
from scanner.model.recall import Recall
from scanner.model.rule import Rule
from scanner.publish.access.bodies import Bodiless
from scanner.publish.access.door import Door
from scanner.publish.access.guard import Guard, knows
from scanner.publish.api.endpoints import ENDPOINTS, OPENAPI_PATH
from scanner.publish.api.routes import routes as api_routes
from scanner.publish.api.scan_request import ScanRequests
from scanner.publish.api.source import Source
from scanner.publish.headers import SafeHeaders
from scanner.publish.metrics import Told, exposition
from scanner.publish.problems import problem_of
from scanner.publish.state import Board
from scanner.publish.terminal import prose
from scanner.publish.webhooks.state import States

INTERNAL_ERROR = 500
SERVICE_UNAVAILABLE = 503

Reload = Callable[[], str]
"""Has the config read anew; returns why that could not be, empty where it could."""

PATHS = {
    "/metrics": "the last scan, for Prometheus",
    "/-/healthy": "whether this process lives",
    "/-/ready": "whether a scan has given results",
    **{endpoint.path: endpoint.summary for endpoint in ENDPOINTS},
    OPENAPI_PATH: "All of the API, for programs (OpenAPI 3.1).",
}
"""What may be looked at, and what it is."""

LANDING_PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>consul-scan</title></head>
<body>
<h1>consul-scan {version}</h1>
<ul>
{links}
</ul>
</body>
</html>
""".format(
    version=__version__,
    links="\n".join(f'<li><a href="{path}">{path}</a>: {escape(meaning)}</li>' for path, meaning in PATHS.items()),
)


@dataclass(frozen=True)
class Outlet:
    """To whom the state is served, and how much of it.

    `rules` are the catalogue that the scans judge by; `recall` tells of former scans, and `scan_now` asks for the next.
    At most `finding_series` findings have a metric series of their own. `webhooks` is how each endpoint does.
    """

    door: Door
    rules: tuple[Rule, ...]
    finding_series: int = 0
    webhooks: States = field(default_factory=dict)
    recall: Recall = field(kw_only=True)
    scan_now: Callable[[], None] = field(kw_only=True)


def application(board: Board, outlet: Outlet, *further: Route) -> ASGIApp:
    """Return the app that serves the state of a board, and further routes, to whom the door lets in."""

    async def metrics(request: Request) -> Response:
        told = Told(board, outlet.rules, outlet.door.reload, outlet.finding_series, outlet.webhooks)
        content, content_type = exposition(told, request.headers.get("accept", ""))
        return Response(content, headers={"content-type": content_type})

    async def ready(request: Request) -> Response:
        return _readiness(board, tell_why=knows(request))

    app = Starlette(
        routes=[
            Route("/", _landing),
            Route("/metrics", metrics),
            Route("/-/healthy", _healthy),
            Route("/-/ready", ready),
            *further,
            *api_routes(Source(board, outlet.rules, outlet.recall), ScanRequests(outlet.scan_now)),
        ],
        middleware=[Middleware(Guard, door=outlet.door), Middleware(Bodiless)],
        exception_handlers=dict.fromkeys((HTTPException, StoreError, Exception), problem_of),
    )
    # A redirect would lead to wherever the header Host says.
    app.router.redirect_slashes = False
    # Outside of all, so that the answer to a bug has them too.
    return SafeHeaders(app)


class Exchanged:
    """The app of the outlet that counts now: another one after each reload."""

    def __init__(self, board: Board, outlet: Callable[[], Outlet], reload: Reload) -> None:
        """Take what is served, who knows the outlet of now, and what reloads."""
        self._board, self._outlet, self._reload = board, outlet, _reload_route(reload)
        self._served = outlet()
        self._app = application(board, self._served, self._reload)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        outlet = self._outlet()
        if outlet is not self._served:
            self._app, self._served = application(self._board, outlet, self._reload), outlet
        await self._app(scope, receive, send)


def _reload_route(reload: Reload) -> Route:
    async def reloaded(_request: Request) -> Response:
        return _outcome(await run_in_threadpool(reload))

    return Route("/-/reload", reloaded, methods=["POST"])


async def _landing(_request: Request) -> Response:
    return HTMLResponse(LANDING_PAGE)


async def _healthy(_request: Request) -> Response:
    return PlainTextResponse("consul-scan is alive.\n")


def _outcome(trouble: str) -> Response:
    if trouble:
        return PlainTextResponse(f"Not reloaded: {prose(trouble)}.\n", status_code=INTERNAL_ERROR)
    return PlainTextResponse("Reloaded: the next scan is by the new config.\n")


def _readiness(board: Board, *, tell_why: bool) -> Response:
    """Answer 200 from the first results on, also while later scans fail: the last good ones are still served.

    Why it is not ready may name clusters and addresses, so a probe that nobody knows is not told.
    """
    state = board.state
    if state.results is None:
        why = f": {prose(state.trouble)}" if tell_why else ""
        return PlainTextResponse(f"Not ready{why}.\n", status_code=SERVICE_UNAVAILABLE)
    return PlainTextResponse("consul-scan is ready.\n")
