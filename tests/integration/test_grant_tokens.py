"""Which token a gateway has is told, or else not guessed; and names that mean harm."""

import time
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
)
from tests.playground import CONSUL
from tests.playground.endpoint import Json
from tests.tools.gate import need_tools

ALL = lines_without()
UNTOLD = HEALTHY | {rule: {"unknown"} for rule in LINES} | {"MGP-606": {"not_applicable"}}
NO_POLICY = {"MGP-607": {"not_applicable"}}


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
    # What the file holds could be a secret, taken for an accessor id: it is not repeated.
    needed = the(found, "MGP-603", "unknown")["needed"]
    assert needed == "a token with the accessor id of the config file: dc1 has none"
