"""What the agents of a cluster will be, known before any of them starts."""

from dataclasses import dataclass
from pathlib import Path

from tests.playground.certificates import Certificates
from tests.playground.ports import LOOPBACK, PortBlock
from tests.playground.spec import ClusterSpec
from tests.tools import tool

PORT_NAMES = ("http", "grpc", "grpc_tls", "dns", "server", "serf_lan", "serf_wan")


@dataclass(frozen=True)
class AgentPlan:
    """What one agent will be: its node name, its Consul version, its role and its ports by their names in Consul."""

    node: str
    version: str
    is_server: bool
    ports: dict[str, int]

    @property
    def consul(self) -> Path:
        """Give the program. Raises ToolMissingError where it is not in the cache."""
        return tool(f"consul-{self.version}")


def plan_agents(spec: ClusterSpec, ports: PortBlock) -> tuple[AgentPlan, ...]:
    """Give a cluster's agents, servers first, with ports of their own."""
    servers = [(f"{spec.name}-server-{number}", version, True) for number, version in enumerate(spec.servers, 1)]
    clients = [(f"{spec.name}-client-{number}", version, False) for number, version in enumerate(spec.clients, 1)]
    return tuple(
        AgentPlan(node, version, is_server, {name: ports.take() for name in PORT_NAMES})
        for node, version, is_server in servers + clients
    )


@dataclass(frozen=True)
class Surroundings:
    """What all agents of a cluster share: the cluster, the agents to join, their secret and their certificates."""

    spec: ClusterSpec
    plans: tuple[AgentPlan, ...]
    management_secret: str
    certificates: Certificates | None


def agent_address(plan: AgentPlan, around: Surroundings) -> str:
    """Give the URL of an agent's HTTP API."""
    scheme = "http" if around.certificates is None else "https"
    return f"{scheme}://{LOOPBACK}:{plan.ports['http']}"
