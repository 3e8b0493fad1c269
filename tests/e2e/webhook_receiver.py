"""A receiver of webhooks that fails, stalls, answers late and loses answers, as drawn; and remembers what arrived.

Each message is verified by the reference library of Standard Webhooks, those too that it then refuses.
"""

import json
import random
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

from standardwebhooks import Webhook

from scanner.model.document import Json
from scanner.schemas import fault

Mood = Literal["well", "fails", "stalls", "late", "loses"]

MOODS: dict[Mood, int] = {"well": 70, "fails": 12, "stalls": 3, "late": 5, "loses": 10}
"""How often of a hundred. All but `fails` and `stalls` take the message: it has arrived, whatever the answer."""


@dataclass(frozen=True)
class Arrived:
    """A message that was taken: its id, its body, and what became of the answer."""

    id: str
    body: bytes
    mood: Mood

    @property
    def events(self) -> list[Json]:
        """Its events, in order."""
        events: list[Json] = json.loads(self.body)["data"]["events"]
        return events


class Receiver:
    """Up inside a `with`."""

    def __init__(self, secret: str, seed: str) -> None:
        """Verify by a secret; behave as drawn from a seed."""
        self.arrived: list[Arrived] = []
        self.faults: list[str] = []
        self.moods: list[Mood] = []
        self._webhook = Webhook(secret)
        self._drawn = random.Random(seed)
        self._turn = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.receiver = self

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def take(self, headers: dict[str, str], body: bytes) -> Mood:
        """Verify a message, keep it unless the mood is to refuse it, and return the mood."""
        with self._turn:
            mood = self._drawn.choices(list(MOODS), list(MOODS.values()))[0]
            self.moods.append(mood)
            self._check(headers, body)
            if mood not in {"fails", "stalls"}:
                self.arrived.append(Arrived(headers["webhook-id"], body, mood))
        return mood

    def _check(self, headers: dict[str, str], body: bytes) -> None:
        try:
            document = self._webhook.verify(body, headers)
        except Exception as error:  # noqa: BLE001 - the library's own and whatever a broken message makes of it
            self.faults.append(repr(error))
            return
        if reason := fault(document, "webhook"):
            self.faults.append(reason)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed or gave up is what the test wants."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) < int(self.headers["Content-Length"]):
            return
        mood = self.server.receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
        if mood == "loses":
            return
        if mood in {"stalls", "late"}:
            time.sleep(0.7)
        self.send_response_only(500 if mood == "fails" else 204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay silent."""
