"""One running Consul cluster: its agents, its ACL tokens, its mesh entry and its mesh gateways."""

import uuid
from contextlib import ExitStack
from pathlib import Path

import requests

from tests.playground.acl import Token, create_token
from tests.playground.agent import Agent
from tests.playground.certificates import Certificates, make_certificates
from tests.playground.endpoint import Json
from tests.playground.gateway import Gateway, plan_gateway
from tests.playground.plan import Surroundings, plan_agents
from tests.playground.ports import LOOPBACK, PortBlock
from tests.playground.spec import ClusterSpec
from tests.playground.waiting import wait_until


class Cluster:
    """A cluster as its spec says. `agents` are its agents, servers first; `gateways` its mesh gateways."""

    def __init__(self, spec: ClusterSpec, directory: Path) -> None:
        """Take ports and write the agents' configurations into `directory`; nothing runs yet.

        Raises NoPortsError, and ToolMissingError where a Consul of the spec is not in the cache.
        """
        self.spec = spec
        self.directory = directory
        self._holding = ExitStack()
        ports = self._holding.enter_context(PortBlock())
        plans = plan_agents(spec, ports)
        self.certificates = self._make_certificates(plans[0].consul)
        around = Surroundings(spec, plans, str(uuid.uuid4()) if spec.acl else "", self.certificates)
        self.agents = tuple(Agent(plan, around, directory) for plan in plans)
        self.gateway_plans = tuple(plan_gateway(spec.gateway_service, 1 + n, ports) for n in range(spec.gateways))
        self.gateways: tuple[Gateway, ...] = ()
        self.tokens: dict[str, Token] = {}

    def _make_certificates(self, consul: Path) -> Certificates | None:
        if self.spec.transport == "http":
            return None
        return make_certificates(consul, self.spec.datacenter_name, self.directory)

    def stop(self) -> None:
        """End every process of the cluster and give its ports back."""
        for gateway in self.gateways:
            gateway.kill()
        for agent in self.agents:
            agent.kill()
        self._holding.close()

    @property
    def address(self) -> str:
        """Give the URL of the first server's HTTP API."""
        return self.agents[0].endpoint.address

    @property
    def ca_file(self) -> Path | None:
        """Give the CA that the HTTP API's certificate is from; None where the transport is plain HTTP."""
        return self.certificates.ca_file if self.certificates else None

    @property
    def management_token(self) -> str:
        """Give the secret of the token that may do everything; empty where ACLs are off."""
        return self.agents[0].endpoint.token

    @property
    def gateway_token(self) -> str:
        """Give the secret of the gateways' token. Raises KeyError where ACLs are off."""
        return self.tokens["gateway"].secret

    @property
    def scanner_token(self) -> str:
        """Give the secret of a token that may read what the scanner needs. Raises KeyError where ACLs are off."""
        return self.tokens["scanner"].secret

    @property
    def scanner_token_file(self) -> Path:
        """Give the file that holds the scanner's secret. Raises KeyError where ACLs are off."""
        return self.tokens["scanner"].file

    @property
    def blind_token(self) -> str:
        """Give the secret of a token that may do nothing. Raises KeyError where ACLs are off."""
        return self.tokens["blind"].secret

    def request(self, method: str, path: str, body: Json = None, token: str | None = None) -> requests.Response:
        """Send one request to the first server, see Endpoint.request."""
        return self.agents[0].endpoint.request(method, path, body, token)

    def api(self, method: str, path: str, body: Json = None, token: str | None = None) -> Json:
        """Send one request to the first server and give its JSON, see Endpoint.call; by default as management."""
        return self.agents[0].endpoint.call(method, path, body, token)

    def environment(self, token: str | None = None) -> dict[str, str]:
        """Give the environment in which `consul` speaks to this cluster, see Endpoint.environment."""
        return self.agents[0].endpoint.environment(token)

    def create_token(self, name: str, rules: str) -> Token:
        """Create a token with a policy of its own and keep it in `tokens` under its name. Raises ConsulRefusedError."""
        self.tokens[name] = create_token(self.agents[0].endpoint, name, rules, self.directory)
        return self.tokens[name]

    def mesh_entry(self) -> Json:
        """Give the mesh config entry, or None where there is none."""
        return next(iter(self.api("GET", "/v1/config/mesh")), None)

    def write_mesh_entry(self, entry: Json) -> None:
        """Write the mesh config entry and see that Consul has it."""
        self.api("PUT", "/v1/config", entry)
        wait_until("the mesh entry is there", self.mesh_entry)

    def delete_mesh_entry(self) -> None:
        """Delete the mesh config entry and see that it is gone."""
        self.api("DELETE", "/v1/config/mesh/mesh")
        wait_until("the mesh entry is gone", self.mesh_entry, lambda entry: entry is None)

    def server_addresses(self) -> frozenset[str]:
        """Give the addresses at which the servers themselves take peerings."""
        ports = [agent.plan.ports["grpc_tls"] for agent in self.agents if agent.plan.is_server]
        return frozenset(f"{LOOPBACK}:{port}" for port in ports)

    def advertised_addresses(self) -> frozenset[str]:
        """Give the addresses at which the gateways are to be found by other clusters."""
        return frozenset(gateway.plan.wan_address for gateway in self.gateways)

    def missing_agents(self) -> list[str]:
        """Give the nodes that are not yet healthy members of a cluster with a leader and a mesh CA."""
        for agent in self.agents:
            agent.check_running()
        nodes = [agent.plan.node for agent in self.agents]
        if not self.api("GET", "/v1/connect/ca/roots")["ActiveRootID"]:
            return nodes
        passing = self.api("GET", "/v1/health/state/passing")
        alive = {check["Node"] for check in passing if check["CheckID"] == "serfHealth"}
        return [node for node in nodes if node not in alive]
