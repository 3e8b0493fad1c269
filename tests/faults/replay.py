"""Many Consuls of recorded answers in one server, each below a path of its own; blocking queries block."""

import json
import re
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.behaviours import answer
from tests.faults.consul import AUTHORIZE, SCANNER, authorize, recorded
from tests.faults.server import Behaviour, FaultServer, Handler

HEARTBEAT_S = 15
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ENTRIES = {"/v1/config/mesh": "/v1/config/mesh/mesh", "/v1/config/proxy-defaults": "/v1/config/proxy-defaults/global"}
_SAME = {"/v1/health/service/consul": "/v1/catalog/service/consul"}


def replay(clusters: int, faults: Mapping[str, Behaviour] | None = None) -> FaultServer:
    """Return a server of that many clusters, at `<address>/0` and so on; no two have an id in common.

    `faults` are behaviours by path, such as `/0/v1/peerings`; what a test puts there counts from then on.
    """
    told = {f"/{number}{path}": value for number in range(clusters) for path, value in _cluster(number).items()}

    def behave(handler: Handler) -> None:
        url = urlsplit(handler.path)
        value = told.get(url.path)
        status = 200 if value is not None else 404
        _block(parse_qs(url.query))
        body = json.dumps(_beating(value) if url.path.endswith("/peerings") else value).encode()
        date = format_datetime(datetime.now(UTC), usegmt=True)
        answer(body if value is not None else b"nothing here", status, Date=date, X_Consul_Index="7")(handler)

    return FaultServer(behave, faults)


def _cluster(number: int) -> dict[str, Any]:
    answers: dict[str, Any] = recorded("1.22.7") | {AUTHORIZE: authorize(*SCANNER)}
    answers |= {path: [answers[entry]] for path, entry in _ENTRIES.items()}
    answers |= {path: answers[same] for path, same in _SAME.items()}
    # Ids stand in paths too: those are asked for by what the answers say, and both are renamed alike.
    mine: dict[str, Any] = json.loads(_UUID.sub(partial(_renamed, number), json.dumps(answers)))
    return mine


def _renamed(number: int, found: re.Match[str]) -> str:
    return str(uuid.uuid5(uuid.UUID(found[0]), str(number)))


def _block(query: dict[str, list[str]]) -> None:
    if query.get("index") == ["7"]:
        time.sleep(float(query["wait"][0].removesuffix("s")))


def _beating(peerings: Any) -> Any:
    beat = datetime.fromtimestamp(time.time() // HEARTBEAT_S * HEARTBEAT_S, UTC).isoformat()
    return [
        row | {"StreamStatus": row["StreamStatus"] | {"LastHeartbeat": beat, "LastReceive": beat}} for row in peerings
    ]
