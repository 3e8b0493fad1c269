"""What the daemon answers over HTTP: metrics, its own health, and a page that links them."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from scanner import __version__
from scanner.model.rule import Rule
from scanner.publish.metrics import exposition
from scanner.publish.state import Board
from scanner.publish.terminal import prose

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


def application(board: Board, rules: Sequence[Rule]) -> Starlette:
    """Return the app that serves the state of a board; `rules` are the catalogue that the scans judge by."""

    async def metrics(request: Request) -> Response:
        content, content_type = exposition(board, rules, request.headers.get("accept", ""))
        return Response(content, headers={"content-type": content_type})

    async def ready(_request: Request) -> Response:
        return _readiness(board)

    return Starlette(
        routes=[
            Route("/", _landing),
            Route("/metrics", metrics),
            Route("/-/healthy", _healthy),
            Route("/-/ready", ready),
        ]
    )


async def _landing(_request: Request) -> Response:
    return HTMLResponse(LANDING_PAGE)


async def _healthy(_request: Request) -> Response:
    return PlainTextResponse("consul-scan is alive.\n")


def _readiness(board: Board) -> Response:
    """Answer 200 from the first results on, also while later scans fail: the last good ones are still served."""
    state = board.state
    if state.results is None:
        return PlainTextResponse(f"Not ready: {prose(state.trouble)}.\n", status_code=SERVICE_UNAVAILABLE)
    return PlainTextResponse("consul-scan is ready.\n")
