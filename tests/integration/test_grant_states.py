"""What Consul accepts in ACLs and does otherwise than it reads; which token a gateway has; names that mean harm."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from tests.grants import (
    HEALTHY,
    LINES,
    Scene,
    gateway,
    gateway_cluster,
    lines_without,
    registered,
    statuses,
    the,
    tidied,
)
from tests.playground import CONSUL
from tests.playground.cluster import Cluster
from tests.playground.endpoint import Json
from tests.tools.gate import need_tools

ALL = lines_without()
UNTOLD = HEALTHY | {rule: {"unknown"} for rule in LINES} | {"MGP-606": {"not_applicable"}}
NO_POLICY = {"MGP-607": {"not_applicable"}}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    need_tools(f"consul-{CONSUL}")
    with gateway_cluster("deny", tmp_path_factory.mktemp("deny")) as running:
        yield running


@pytest.fixture(scope="module")
def short_lived(cluster: Cluster) -> Json:
    """A token of the shortest life that Consul gives, 60 s: made first and looked at last."""
    return cluster.api("PUT", "/v1/acl/token", {"ExpirationTTL": "60s"})


@pytest.fixture
def scene(cluster: Cluster, short_lived: Json, engine: Engine, policy_set: PolicySet) -> Iterator[Scene]:
    assert short_lived
    with tidied(Scene(cluster, engine, policy_set)) as tidy:
        yield tidy


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


def test_two_gateways_with_a_right_and_a_wrong_token(scene: Scene) -> None:
    with registered(scene.cluster, "edge-gateway"):
        scene.token(scene.policy("right", ALL))
        wrong = lines_without("MGP-602").replace("mesh-gateway", "edge-gateway")
        scene.token(scene.policy("wrong", wrong))
        told = gateway(policy="right"), gateway("edge-gateway", policy="wrong")
        found = scene.judge(*told)

        both = HEALTHY | {"MGP-602": {"pass", "fail"}}
        assert statuses(found) == both
        assert the(found, "MGP-602")["subject"]["id"] == "edge-gateway"
        scene.run(the(found, "MGP-602"))
        assert statuses(scene.judge(*told)) == HEALTHY


def test_nobody_named_the_token_and_only_management_could_be_it(scene: Scene) -> None:
    found = scene.judge(gateway())

    assert statuses(found) == UNTOLD | NO_POLICY
    needed = the(found, "MGP-603", "unknown")["needed"]
    assert needed.endswith("no token that is not a management token may write its name")


def test_nobody_named_the_token_and_the_only_candidate_lacks_a_right(scene: Scene) -> None:
    scene.token(scene.policy("edge", lines_without("MGP-605")))
    found = scene.judge(gateway())

    assert statuses(found) == UNTOLD | {"MGP-605": {"fail"}}
    scene.run(the(found, "MGP-605"))
    assert statuses(scene.judge(gateway())) == UNTOLD


def test_nobody_named_the_token_and_one_of_two_candidates_has_the_right(scene: Scene) -> None:
    scene.token(scene.policy("edge", lines_without("MGP-605")))
    accessor = scene.token(scene.policy("other", ALL), Description="of rack 7")
    found = scene.judge(gateway())

    assert statuses(found) == UNTOLD
    needed = the(found, "MGP-605", "unknown")["needed"]
    assert needed.endswith(f"it could be {accessor} (of rack 7), which has node:read on all nodes")


def test_two_candidates_lack_it_and_no_command_guesses_which(scene: Scene) -> None:
    for name in ("edge", "other"):
        scene.token(scene.policy(name, f"# {name}\n{lines_without('MGP-603')}"))
    found = scene.judge(gateway())

    assert statuses(found) == UNTOLD | {"MGP-603": {"fail"}}
    assert len(the(found, "MGP-603")["evidence"]["tokens"]) == 2
    assert the(found, "MGP-603")["remediation"]["commands"] == []


@pytest.mark.parametrize("service", ["a\"b'$(touch pwned)`id`;END", "x${", '${"}', "étoile 😀 \\"])
def test_a_hostile_name_does_no_harm(
    scene: Scene, service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scene.token(scene.policy("shared", lines_without("MGP-601")), Description="another's")
    accessor = scene.token("shared")
    with registered(scene.cluster, service):
        found = scene.judge(gateway(service, accessor=accessor))
        scene.run(the(found, "MGP-601"))
        mended = scene.judge(gateway(service, accessor=accessor))

    assert the(found, "MGP-601")["subject"]["id"] == service
    assert the(mended, "MGP-601", "pass")["subject"]["id"] == service
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_the_api_cannot_be_asked_for_is_said(scene: Scene) -> None:
    with registered(scene.cluster, "a\nEND\ntouch pwned"):
        found = scene.judge(gateway())

    assert statuses(found) == {rule: {"unknown"} for rule in HEALTHY}
    assert "Deregister it" in the(found, "MGP-601", "unknown")["needed"]


def test_under_default_allow_a_named_token_passes_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine, policy_set: PolicySet
) -> None:
    need_tools(f"consul-{CONSUL}")
    with gateway_cluster("allow", tmp_path_factory.mktemp("allow")) as cluster:
        scene = Scene(cluster, engine, policy_set)
        accessor = scene.token(Description="of rack 7")

        assert statuses(scene.judge(gateway(accessor=accessor))) == HEALTHY | NO_POLICY
        untold = scene.judge(gateway())
        assert statuses(untold) == UNTOLD
        assert f"{accessor} (of rack 7" in the(untold, "MGP-603", "unknown")["needed"]


def test_an_expired_token_is_one_that_consul_has_not(scene: Scene, short_lived: Json) -> None:
    until = datetime.fromisoformat(short_lived["ExpirationTime"]).timestamp()
    time.sleep(max(0.0, until - time.time() + 1))
    accessor = short_lived["AccessorID"]
    found = scene.judge(gateway(accessor=accessor))

    told = {f"MGP-60{number}": {"unknown"} for number in (1, 2, 3, 5, 6)}
    assert statuses(found) == HEALTHY | NO_POLICY | told
    assert the(found, "MGP-603", "unknown")["needed"] == f"a token with accessor id {accessor}: dc1 has none"
