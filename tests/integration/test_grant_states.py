"""What Consul accepts in ACLs and does otherwise than it reads."""

import pytest

from tests.grants import (
    HEALTHY,
    LINES,
    Scene,
    gateway,
    lines_without,
    statuses,
    the,
)
from tests.playground.endpoint import Json

ALL = lines_without()
NO_POLICY = {"MGP-607": {"not_applicable"}}


def test_the_documents_enterprise_form_grants_nothing(scene: Scene) -> None:
    text = lines_without("MGP-603") + 'partition_prefix "" { peering = "read" }\n'
    scene.token(scene.policy("edge", text))
    found = scene.judge(gateway(policy="edge"))

    assert statuses(found) == HEALTHY | {"MGP-603": {"fail"}, "MGP-607": {"fail"}}
    assert the(found, "MGP-607")["message"] == (
        'ACL policy edge of dc1 has rules that grant nothing: line 4, partition_prefix "": '
        "the community edition has no namespaces and partitions: all in it is read over"
    )
    scene.run(the(found, "MGP-603"))
    assert statuses(scene.judge(gateway(policy="edge"))) == HEALTHY | {"MGP-607": {"fail"}}


def test_a_capital_letter_is_put_right_in_its_line(scene: Scene) -> None:
    scene.token(scene.policy("edge", f'peering = "Read"\n{lines_without("MGP-603")}'))
    found = scene.judge(gateway(policy="edge"))

    assert statuses(found) == HEALTHY | {"MGP-603": {"fail"}, "MGP-607": {"fail"}}
    assert 'line 1, peering = "Read"' in the(found, "MGP-607")["message"]
    scene.run(the(found, "MGP-603"))
    assert statuses(scene.judge(gateway(policy="edge"))) == HEALTHY
    assert scene.acls()["policy edge"]["Rules"] == f"{LINES['MGP-603']}\n{lines_without('MGP-603')}"


@pytest.mark.parametrize(
    ("rule", "text", "also", "why"),
    [
        (
            "MGP-603",
            lines_without("MGP-603") + 'peering = "deny"\noperator = "write"\n',
            {"MGP-606": {"fail"}},
            "peering = deny in policy edge decides",
        ),
        (
            "MGP-602",
            f'{ALL}service "web" {{ policy = "deny" }}\n',
            {},
            'service "web" = deny in policy edge decides',
        ),
        (
            "MGP-605",
            f'{lines_without("MGP-605")}node_prefix "" {{ policy = "Deny" }}\n',
            {},
            'node_prefix "" = Deny in policy edge decides',
        ),
    ],
)
def test_what_somebody_denied_no_command_grants(scene: Scene, rule: str, text: str, also: Json, why: str) -> None:
    scene.token(scene.policy("edge", text))
    found = scene.judge(gateway(policy="edge"))

    assert statuses(found) == HEALTHY | also | {rule: {"fail"}}
    assert why in the(found, rule)["message"]
    assert the(found, rule)["remediation"]["commands"] == []
    assert "by hand" in the(found, rule)["remediation"]["text"]


@pytest.mark.parametrize(
    "identity",
    [
        {"ServiceIdentities": [{"ServiceName": "mesh-gateway"}]},
        {"TemplatedPolicies": [{"TemplateName": "builtin/service", "TemplateVariables": {"name": "mesh-gateway"}}]},
        {"TemplatedPolicies": [{"TemplateName": "builtin/api-gateway", "TemplateVariables": {"name": "mesh-gateway"}}]},
    ],
)
def test_identities_and_templates_say_nothing_of_peerings(scene: Scene, identity: Json) -> None:
    accessor = scene.token(**identity)
    found = scene.judge(gateway(accessor=accessor))

    assert statuses(found) == HEALTHY | NO_POLICY | {"MGP-603": {"fail"}}
    scene.run(the(found, "MGP-603"))
    assert statuses(scene.judge(gateway(accessor=accessor))) == HEALTHY
    assert identity.items() <= unnumbered(scene.acls()[f"token {accessor}"]).items()


def unnumbered(token: Json) -> Json:
    """Return a token without the ids that Consul gives to templates."""
    uses = [{key: use[key] for key in use if key != "TemplateID"} for use in token.get("TemplatedPolicies", [])]
    return token | {"TemplatedPolicies": uses}


def test_what_grants_more_than_needed_is_told(scene: Scene) -> None:
    scene.token(scene.policy("edge", f'{ALL}key_prefix "" {{ policy = "write" }}\noperator = "read"\n'))
    found = scene.judge(gateway(policy="edge"))

    assert statuses(found) == HEALTHY | {"MGP-606": {"fail"}}
    (excess,) = the(found, "MGP-606")["evidence"]["tokens"].values()
    assert excess == ['key_prefix "" = write in policy edge', "operator = read in policy edge"]
    assert the(found, "MGP-606")["remediation"]["commands"] == []


def test_a_policy_for_another_datacenter_grants_nothing_here(scene: Scene) -> None:
    accessor = scene.token(scene.policy("edge", ALL, Datacenters=["far"]))
    found = scene.judge(gateway(accessor=accessor))

    assert statuses(found) == HEALTHY | NO_POLICY | {rule: {"fail"} for rule in LINES}
    assert "no rule for peering" in the(found, "MGP-603")["message"]
    for rule in LINES:
        scene.run(the(found, rule))
    assert statuses(scene.judge(gateway(accessor=accessor))) == HEALTHY
    assert scene.acls()["policy edge"]["Datacenters"] == ["far"]
