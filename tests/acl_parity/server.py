"""One Consul server, with ACLs and the default policy of one's choice, that tells what a token may do."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.acl_parity.questions import Question
from tests.acl_parity.tokensets import TokenSet
from tests.playground import CONSUL, wait_until
from tests.playground.endpoint import ConsulRefusedError, Json
from tests.playground.plan import PORT_NAMES
from tests.playground.ports import LOOPBACK, PortBlock
from tests.playground.processes import Process
from tests.tools import tool

TIMEOUT_SECONDS = 30
AT_ONCE = 64
"""Consul takes no more questions in one call (acl-language.md 3)."""
DENIED = 403
READS_ALL_PATH = "/v1/internal/ui/metrics-proxy/none"
WRITES_ANY_PATH = "/v1/config/jwt-provider/none"


@dataclass(frozen=True)
class Server:
    """A running server. Its session keeps the connection: a call takes 1 ms."""

    address: str
    secret: str
    datacenter: str
    session: requests.Session

    def call(self, method: str, path: str, body: Json = None, token: str | None = None) -> requests.Response:
        headers = {"X-Consul-Token": self.secret if token is None else token}
        return self.session.request(method, self.address + path, json=body, headers=headers, timeout=TIMEOUT_SECONDS)

    def api(self, method: str, path: str, body: Json = None) -> Json:
        """Give the JSON of an answer. Raises ConsulRefusedError."""
        answer = self.call(method, path, body)
        if not answer.ok:
            raise ConsulRefusedError(answer)
        return answer.json()

    def create(self, tokens: TokenSet) -> Json:
        """Create all of a set and give the token's document, its secret included."""
        for policy in tokens.policies:
            self.api("PUT", "/v1/acl/policy", policy)
        for role in tokens.roles:
            self.api("PUT", "/v1/acl/role", role)
        return self.api("PUT", "/v1/acl/token", tokens.token)

    def authorize(self, secret: str, questions: list[Question]) -> list[bool]:
        """Ask Consul each question about the token with this secret."""
        answers: list[bool] = []
        for start in range(0, len(questions), AT_ONCE):
            asked = [question.document() for question in questions[start : start + AT_ONCE]]
            told = self.call("POST", "/v1/internal/acl/authorize", asked, secret)
            assert told.ok, told.text
            answers += [one["Allow"] for one in told.json()]
        return answers

    def reads_all(self, secret: str) -> bool:
        """Tell whether a token may read all nodes and all services: the one thing that the metrics proxy asks for."""
        return self.call("GET", READS_ALL_PATH, token=secret).status_code != DENIED

    def writes_any_service(self, secret: str) -> bool:
        """Tell whether a token may write some service, or read the mesh: what reading JWT providers takes."""
        return self.call("GET", WRITES_ANY_PATH, token=secret).status_code != DENIED


@contextmanager
def running_server(default: str, directory: Path) -> Iterator[Server]:
    """Run a server whose default policy is `default`, in memory; its datacenter has that name too."""
    secret = str(uuid.uuid4())
    with PortBlock() as block, requests.Session() as session:
        session.trust_env = False
        ports = {name: block.take() for name in PORT_NAMES}
        file = directory / "server.json"
        file.write_text(json.dumps(configuration(default, secret, ports)), encoding="utf-8")
        consul = str(tool(f"consul-{CONSUL}"))
        process = Process([consul, "agent", "-dev", f"-config-file={file}"], directory / "server.log")
        try:
            server = Server(f"http://{LOOPBACK}:{ports['http']}", secret, default, session)
            wait_until(f"the server with default {default} answers", lambda: server.api("GET", "/v1/acl/tokens"))
            yield server
        finally:
            process.kill()


def configuration(default: str, secret: str, ports: dict[str, int]) -> Json:
    """Give the settings. The metrics proxy leads back to the server, which has nothing there and says so: 404."""
    proxy = {"base_url": f"http://{LOOPBACK}:{ports['http']}", "path_allowlist": ["/none"]}
    return {
        "node_name": f"{default}-server",
        "datacenter": default,
        "bind_addr": LOOPBACK,
        "client_addr": LOOPBACK,
        "ports": ports,
        "ui_config": {"enabled": True, "metrics_proxy": proxy},
        "performance": {"raft_multiplier": 1},
        "acl": {
            "enabled": True,
            "default_policy": default,
            "tokens": {"initial_management": secret, "agent": secret},
        },
    }
