"""MGP-604 speaks where a service is exported to a peer, which takes a pair; the mend is the printed one."""

from collections.abc import Iterator

import pytest

from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from tests.grants import HEALTHY, Scene, gateway, statuses, the
from tests.playground import Playground, wait_until
from tests.playground.cluster import Cluster

EXPORT = {"Kind": "exported-services", "Name": "default", "Services": [{"Name": "web", "Consumers": [{"Peer": "dc2"}]}]}
MESH = 'mesh = "write"'


@pytest.fixture
def exporting(healthy_pair: Playground) -> Iterator[Cluster]:
    """The accepting cluster, which exports a service; afterwards it has its old gateway policy, and none to export."""
    cluster = healthy_pair.clusters["dc1"]
    policy = cluster.api("GET", "/v1/acl/policy/name/gateway")
    cluster.api("PUT", "/v1/agent/service/register", {"Name": "web", "Port": 9})
    cluster.api("PUT", "/v1/config", EXPORT)
    try:
        wait_until("a service is exported", lambda: exported(cluster))
        yield cluster
    finally:
        cluster.api("DELETE", "/v1/config/exported-services/default")
        cluster.api("PUT", "/v1/agent/service/deregister/web")
        cluster.api("PUT", f"/v1/acl/policy/{policy['ID']}", policy)
        wait_until("nothing is exported", lambda: exported(cluster), lambda services: not services)


def exported(cluster: Cluster) -> list[str]:
    (peering,) = cluster.api("GET", "/v1/peerings")
    return peering["StreamStatus"]["ExportedServices"] or []


def test_a_gateway_of_an_exporting_cluster_needs_mesh_write(
    exporting: Cluster, engine: Engine, policy_set: PolicySet
) -> None:
    scene = Scene(exporting, engine, policy_set)
    policy = exporting.api("GET", "/v1/acl/policy/name/gateway")
    assert statuses(scene.judge(gateway(policy="gateway"))) == HEALTHY | {"MGP-604": {"pass"}}
    exporting.api("PUT", f"/v1/acl/policy/{policy['ID']}", policy | {"Rules": policy["Rules"].replace(MESH, "")})
    before = scene.acls()

    found = scene.judge(gateway(policy="gateway"))
    assert statuses(found) == HEALTHY | {"MGP-604": {"fail"}}
    assert the(found, "MGP-604")["message"].endswith("(no rule for mesh: the default policy is deny)")
    scene.run(the(found, "MGP-604"))

    assert statuses(scene.judge(gateway(policy="gateway"))) == HEALTHY | {"MGP-604": {"pass"}}
    assert {key for key, one in scene.acls().items() if one != before[key]} == {"policy gateway"}
