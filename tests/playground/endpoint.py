"""How one Consul agent is reached: by HTTP, and by the `consul` program."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import requests

from tests.playground.certificates import Certificates

Json: TypeAlias = Any
# A refused peering read takes Consul 12 to 13 s.
TIMEOUT_SECONDS = 30
REFUSED_FROM = 400


class ConsulRefusedError(Exception):
    """Consul answered with an error status. The text tells request, status and answer."""

    def __init__(self, answer: requests.Response) -> None:
        """Tell what was asked and what came back."""
        self.status = answer.status_code
        asked = f"{answer.request.method} {answer.request.path_url}"
        super().__init__(f"{asked}: {answer.status_code} {answer.text.strip()}")


@dataclass(frozen=True)
class Endpoint:
    """The HTTP API of one agent.

    `token` is what requests carry unless they name another (empty: none), `consul` the program of the agent's version.
    """

    address: str
    token: str
    consul: Path
    certificates: Certificates | None = None

    def request(self, method: str, path: str, body: Json = None, token: str | None = None) -> requests.Response:
        """Send one request, `body` as JSON; give the answer, whatever its status.

        Raises requests.RequestException where there is no answer.
        """
        with requests.Session() as session:
            # A proxy that the user's environment names must not come between us and loopback.
            session.trust_env = False
            if self.certificates:
                session.verify = str(self.certificates.ca_file)
                session.cert = (str(self.certificates.client_cert_file), str(self.certificates.client_key_file))
            secret = self.token if token is None else token
            headers = {"X-Consul-Token": secret} if secret else {}
            return session.request(method, self.address + path, json=body, headers=headers, timeout=TIMEOUT_SECONDS)

    def call(self, method: str, path: str, body: Json = None, token: str | None = None) -> Json:
        """Send one request; give the answer's JSON, or None where it has no body.

        Raises ConsulRefusedError where the status says so, requests.RequestException where there is no answer.
        """
        answer = self.request(method, path, body, token)
        if answer.status_code >= REFUSED_FROM:
            raise ConsulRefusedError(answer)
        return answer.json() if answer.content else None

    def variables(self, token: str | None = None) -> dict[str, str]:
        """Give the CONSUL_ variables with which the `consul` program reaches this agent."""
        secret = self.token if token is None else token
        variables = {"CONSUL_HTTP_ADDR": self.address}
        if secret:
            variables["CONSUL_HTTP_TOKEN"] = secret
        if self.certificates:
            variables["CONSUL_CACERT"] = str(self.certificates.ca_file)
            variables["CONSUL_CLIENT_CERT"] = str(self.certificates.client_cert_file)
            variables["CONSUL_CLIENT_KEY"] = str(self.certificates.client_key_file)
        return variables

    def environment(self, token: str | None = None) -> dict[str, str]:
        """Give a whole environment with those variables and no others of Consul's, and `consul` first on the PATH."""
        path = os.pathsep.join([str(self.consul.parent), os.environ.get("PATH", os.defpath)])
        return {"PATH": path, "HOME": os.environ.get("HOME", os.sep), **self.variables(token)}
