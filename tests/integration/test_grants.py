"""A gateway's token lacks a grant: exactly that is found, and the printed mend gives it and changes nothing else."""

from collections.abc import Callable

import pytest

from scanner.collect.target import GatewayTarget
from tests.grants import HEALTHY, LINES, Scene, gateway, lines_without, statuses, the
from tests.playground.endpoint import Json

WORDS = {
    "MGP-601": "service:write on its own name",
    "MGP-602": "service:read on all services",
    "MGP-603": "peering:read",
    "MGP-605": "node:read on all nodes",
}
WHY = {
    "MGP-601": 'service_prefix "" = read in policy edge decides',
    "MGP-602": "no rule for every service: the default policy is deny",
    "MGP-603": "no rule for peering: the default policy is deny",
    "MGP-605": "no rule for every node: the default policy is deny",
}


Naming = Callable[[Scene], GatewayTarget]


def named_by_policy(scene: Scene) -> GatewayTarget:
    scene.token("edge", Description="gw")
    return gateway(policy="edge")


def named_by_accessor(scene: Scene) -> GatewayTarget:
    return gateway(accessor=scene.token("edge", Description="gw"))


def named_by_role(scene: Scene) -> GatewayTarget:
    scene.token(Description="gw", Roles=[scene.role("gateways", "edge")])
    return gateway(role="gateways")


def named_by_description(scene: Scene) -> GatewayTarget:
    scene.token("edge", Description="gw of rack 7")
    return gateway(description="gw of *")


@pytest.mark.parametrize("name", [named_by_policy, named_by_accessor, named_by_role, named_by_description])
@pytest.mark.parametrize("rule", LINES)
def test_one_grant_is_missing_from_the_gateways_own_policy(scene: Scene, rule: str, name: Naming) -> None:
    scene.policy("edge", lines_without(rule), Description="of the edge", Datacenters=["dc1"])
    told = name(scene)
    before = scene.acls()

    found = scene.judge(told)

    assert statuses(found) == HEALTHY | {rule: {"fail"}}
    failure = the(found, rule)
    (told_of,) = failure["evidence"]["tokens"].values()
    assert failure["message"].startswith(f"the token of mesh gateway mesh-gateway in dc1 lacks {WORDS[rule]}: ")
    assert (told_of["policies"], told_of["why"]) == (["edge"], WHY[rule])
    scene.run(failure)
    assert statuses(scene.judge(told)) == HEALTHY
    edge = before["policy edge"]
    assert scene.acls() == before | {"policy edge": edge | {"Rules": f"{edge['Rules']}{LINES[rule]}\n"}}


def test_several_grants_are_missing_and_each_mend_keeps_the_others(scene: Scene) -> None:
    scene.token(scene.policy("edge", "# of the edge"))
    found = scene.judge(gateway(policy="edge"))

    assert statuses(found) == HEALTHY | {rule: {"fail"} for rule in LINES}
    assert LINES["MGP-605"] in the(found, "MGP-603")["remediation"]["text"]
    for rule in LINES:
        scene.run(the(found, rule))
    assert statuses(scene.judge(gateway(policy="edge"))) == HEALTHY
    assert scene.acls()["policy edge"]["Rules"].startswith("# of the edge\n")


def everything() -> dict[str, Json]:
    """Return what a token can have beside policies: a mend must not lose any of it."""
    return {
        "Description": "gw",
        "ServiceIdentities": [{"ServiceName": "mesh-gateway"}],
        "NodeIdentities": [{"NodeName": "rack-7", "Datacenter": "far"}],
        "TemplatedPolicies": [{"TemplateName": "builtin/dns", "Datacenters": ["far"]}],
    }


def test_a_policy_that_others_share_is_left_alone(scene: Scene) -> None:
    scene.policy("shared", lines_without("MGP-603"))
    scene.token("shared", Description="another's")
    mine = scene.token("shared", Roles=[scene.role("empty")], **everything())
    before = scene.acls()

    found = scene.judge(gateway(accessor=mine))
    assert statuses(found) == HEALTHY | {"MGP-603": {"fail"}}
    scene.run(the(found, "MGP-603"))

    assert statuses(scene.judge(gateway(accessor=mine))) == HEALTHY
    after = scene.acls()
    made = after.pop(f"policy mesh-gateway-peering_read-{mine[:8]}")
    assert made["Rules"].strip() == LINES["MGP-603"]
    links = before[f"token {mine}"]["Policies"] + [{"ID": made["ID"], "Name": made["Name"]}]
    assert after == before | {f"token {mine}": before[f"token {mine}"] | {"Policies": links}}


def test_pods_that_log_in_get_it_by_their_role(scene: Scene) -> None:
    scene.token(scene.policy("shared", lines_without("MGP-605")), Description="another's")
    role = scene.role("gateways", "shared")
    mine = [scene.token(Description=f"token created via login: pod {pod}", Roles=[role]) for pod in range(3)]
    before = scene.acls()

    found = scene.judge(gateway(role="gateways"))
    assert statuses(found) == HEALTHY | {"MGP-605": {"fail"}}
    assert "and 2 alike" in the(found, "MGP-605")["message"]
    scene.run(the(found, "MGP-605"))

    assert statuses(scene.judge(gateway(role="gateways"))) == HEALTHY
    after = scene.acls()
    (made,) = [after.pop(key) for key in after.keys() - before.keys()]
    assert made["Name"] == f"mesh-gateway-nodes_read-{min(mine)[:8]}"
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {"role gateways"}
    links = [{"ID": made["ID"], "Name": made["Name"]}, *before["role gateways"]["Policies"]]
    assert sorted(after["role gateways"]["Policies"], key=str) == sorted(links, key=str)
