"""What the daemon answers over HTTP: metrics, its own health, and a page that links them."""

from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from scanner import __version__
from scanner.model.rule import Rule
from scanner.publish.access.door import Door
from scanner.publish.access.guard import Guard, knows
from scanner.publish.metrics import Told, exposition
from scanner.publish.state import Board
from scanner.publish.terminal import prose
from scanner.publish.webhooks.state import States

SERVICE_UNAVAILABLE = 503

LANDING_PAGE = f"""\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>consul-scan</title></head>
<body>
<h1>consul-scan {__version__}</h1>
<ul>
<li><a href="/metrics">/metrics</a>: the last scan, for Prometheus</li>
<li><a href="/-/healthy">/-/healthy</a>: whether this process lives</li>
<li><a href="/-/ready">/-/ready</a>: whether a scan has given results</li>
</ul>
</body>
</html>
"""


@dataclass(frozen=True)
class Outlet:
    """To whom the state is served, and how much of it.

    `rules` are the catalogue that the scans judge by. At most `finding_series` findings have a metric series of their
    own. `webhooks` is how each endpoint does.
    """

    door: Door
    rules: tuple[Rule, ...]
    finding_series: int = 0
    webhooks: States = field(default_factory=dict)


def application(board: Board, outlet: Outlet) -> Starlette:
    """Return the app that serves the state of a board to whom the door lets in."""

    async def metrics(request: Request) -> Response:
        told = Told(board, outlet.rules, outlet.door.reload, outlet.finding_series, outlet.webhooks)
        content, content_type = exposition(told, request.headers.get("accept", ""))
        return Response(content, headers={"content-type": content_type})

    async def ready(request: Request) -> Response:
        return _readiness(board, tell_why=knows(request))

    return Starlette(
        routes=[
            Route("/", _landing),
            Route("/metrics", metrics),
            Route("/-/healthy", _healthy),
            Route("/-/ready", ready),
        ],
        middleware=[Middleware(Guard, door=outlet.door)],
    )


async def _landing(_request: Request) -> Response:
    return HTMLResponse(LANDING_PAGE)


async def _healthy(_request: Request) -> Response:
    return PlainTextResponse("consul-scan is alive.\n")


def _readiness(board: Board, *, tell_why: bool) -> Response:
    """Answer 200 from the first results on, also while later scans fail: the last good ones are still served.

    Why it is not ready may name clusters and addresses, so a probe that nobody knows is not told.
    """
    state = board.state
    if state.results is None:
        why = f": {prose(state.trouble)}" if tell_why else ""
        return PlainTextResponse(f"Not ready{why}.\n", status_code=SERVICE_UNAVAILABLE)
    return PlainTextResponse("consul-scan is ready.\n")
