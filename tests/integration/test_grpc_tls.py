"""A server of an accepting cluster that lost its gRPC TLS port: found, and well again when mended as printed."""

import operator

from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json
from tests.playground import Cluster, ClusterSpec, Playground, PlaygroundSpec, wait_until
from tests.playground.endpoint import Json as Answer
from tests.scanning import pair_snapshot, results

SPEC = PlaygroundSpec((ClusterSpec("dc1", on_disk=True, mesh_entry=False, gateways=0),))
NODE = "dc1-server-1"


def restart(cluster: Cluster, settings: Answer) -> None:
    (server,) = cluster.agents
    server.kill()
    server.override(settings)
    server.start()
    wait_until("the server is back", cluster.missing_agents, operator.not_)


def judged(playground: Playground, engine: Engine, policies: PolicySet) -> Json:
    found = results(engine, policies, pair_snapshot(playground))
    (result,) = [one for one in found["results"] if one["rule"] == "MGP-501"]
    return dict(result)


def test_a_server_without_the_port(playgrounds: type[Playground], embedded: Engine, policy_set: PolicySet) -> None:
    with playgrounds(SPEC) as playground:
        cluster = playground.clusters["dc1"]
        # A token is enough to be an accepting cluster; Consul gives none while no server has the port.
        cluster.api("POST", "/v1/peering/token", {"PeerName": "dc2"})

        restart(cluster, {"ports": {"grpc_tls": -1}})
        broken = judged(playground, embedded, policy_set)
        restart(cluster, {})
        mended = judged(playground, embedded, policy_set)

    assert (broken["status"], broken["message"]) == ("fail", f"server {NODE} of dc1 has no gRPC TLS port")
    assert (
        broken["remediation"]["text"] == f"Set ports.grpc_tls (8503 by default) on server {NODE} of dc1 and restart it."
    )
    assert mended["status"] == "pass"
