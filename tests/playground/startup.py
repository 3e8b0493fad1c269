"""How a cluster comes up: its agents, its tokens, its mesh entry, its gateways, in the order that Consul needs."""

import operator

from tests.playground.acl import BLIND_RULES, SCANNER_RULES, gateway_rules, management_token
from tests.playground.cluster import Cluster
from tests.playground.endpoint import Json
from tests.playground.gateway import Gateway
from tests.playground.waiting import wait_until

MESH_ENTRY: Json = {"Kind": "mesh", "Peering": {"PeerThroughMeshGateways": True}}


def start_cluster(cluster: Cluster) -> None:
    """Bring everything up that the cluster's spec names, and come back when Consul holds it to be healthy.

    Raises AwaitedTooLongError where it does not become so, ProcessEndedError where an agent ends by itself.
    """
    for agent in cluster.agents:
        agent.start()
    wait_until(f"cluster {cluster.spec.name} is up", cluster.missing_agents, operator.not_)
    if cluster.spec.acl:
        make_tokens(cluster)
    if cluster.spec.mesh_entry:
        cluster.write_mesh_entry(MESH_ENTRY)
    start_gateways(cluster)


def make_tokens(cluster: Cluster) -> None:
    """Make the tokens that every cluster with ACLs has."""
    cluster.tokens["management"] = management_token(cluster.agents[0].endpoint, cluster.directory)
    cluster.create_token("gateway", gateway_rules(cluster.spec.gateway_service))
    cluster.create_token("scanner", SCANNER_RULES)
    cluster.create_token("blind", BLIND_RULES)


def start_gateways(cluster: Cluster) -> None:
    """Register and start the cluster's gateways, spread over its client agents where it has any."""
    hosts = [agent for agent in cluster.agents if not agent.plan.is_server] or cluster.agents[:1]
    token = cluster.gateway_token if cluster.spec.acl else ""
    cluster.gateways = tuple(
        Gateway(plan, hosts[number % len(hosts)], token, cluster.directory)
        for number, plan in enumerate(cluster.gateway_plans)
    )
    for gateway in cluster.gateways:
        gateway.register()
        gateway.start()
    for gateway in cluster.gateways:
        wait_until(f"gateway {gateway.id} passes its check", gateway.status, lambda status: status == "passing")
