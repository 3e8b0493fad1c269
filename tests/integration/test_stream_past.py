"""Streams that go past gateways while all settings look right, on real clusters, until the printed mend is followed.

Two pairs, looked at in the same windows: the gateway of dc2 has lacked `peering:read` (facts 13.7, 13.8), and the
token that dc4 used held the address of dc3's server, given by hand (facts 13.19).
"""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from scanner.collect.sampling import Sampling
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json
from tests.playground import ClusterSpec, PeeringSpec, Playground, PlaygroundSpec, wait_until
from tests.playground.acl import gateway_rules
from tests.playground.gateway import Gateway
from tests.playground.path import nudge, path_faults, restore_path
from tests.playground.peering import ACTIVE, Peering
from tests.scanning import pair_snapshot, results

RULE = "MGP-405"
CLUSTERS = (ClusterSpec("dc1"), ClusterSpec("dc2"), ClusterSpec("dc3", gateways=2), ClusterSpec("dc4"))
RIGHTS = "unpeered"


@dataclass(frozen=True)
class Story:
    """The playground as it is at the end, and a snapshot of each part of what happened to it.

    `wrong` settings; all `right` again, with the streams that connected before; `mended` as the rule says.
    """

    playground: Playground
    wrong: Json
    right: Json
    mended: Json


@pytest.fixture(scope="module")
def story(playgrounds: type[Playground]) -> Iterator[Story]:
    with playgrounds(PlaygroundSpec(CLUSTERS, (PeeringSpec("dc1", "dc2"),))) as playground:
        unread = playground.peerings[0]
        by_hand = playground.add_peering(PeeringSpec("dc3", "dc4"))
        by_hand.establish(by_hand.generate_token(by_hand.acceptor.server_addresses()))
        take_peering_read(unread)
        await_heartbeats(playground)
        wrong = pair_snapshot(playground, Sampling(16.0))
        give_peering_read(unread)
        by_hand.establish(by_hand.generate_token())
        right = pair_snapshot(playground, Sampling(16.0, sleep=lambda seconds: await_routes(playground, seconds)))
        unread.acceptor.gateways[0].restart()
        by_hand.dialer.gateways[0].restart()
        await_gateways_used(playground)
        yield Story(playground, wrong, right, pair_snapshot(playground, Sampling(16.0)))


def take_peering_read(peering: Peering) -> None:
    """Register the dialing gateway anew with a token that lacks it; the stream then comes back past that gateway."""
    cluster, gateway = peering.dialer, peering.dialer.gateways[0]
    gateway.token = cluster.create_token(RIGHTS, gateway_rules(cluster.spec.gateway_service, peering_read=False)).secret
    gateway.deregister()
    gateway.register()
    gateway.restart()
    nudge(cluster)
    wait_until("the stream is back", peering.states, lambda states: states == ACTIVE)
    wait_until("it goes past that gateway alone", lambda: path_faults(peering), lambda faults: len(faults) == 1)


def give_peering_read(peering: Peering) -> None:
    cluster = peering.dialer
    policy = cluster.api("GET", f"/v1/acl/policy/name/{RIGHTS}")
    rules = gateway_rules(cluster.spec.gateway_service)
    cluster.api("PUT", f"/v1/acl/policy/{policy['ID']}", {"Name": RIGHTS, "Rules": rules})


def await_heartbeats(playground: Playground) -> None:
    wait_until("each dialer heard a heartbeat", lambda: [heard(one) for one in playground.peerings], all)


def heard(peering: Peering) -> str | None:
    status: dict[str, str | None] = peering.at_dialer()["StreamStatus"]
    return status["LastHeartbeat"]


def await_routes(playground: Playground, seconds: float) -> None:
    """Sleep, and longer where the dialing gateways take longer to lead to those of the acceptors again."""
    ends = time.monotonic() + seconds
    wait_until("all gateways lead to gateways", lambda: [leads(one) for one in playground.peerings], all)
    time.sleep(max(0.0, ends - time.monotonic()))


def leads(peering: Peering) -> bool:
    found = peering.dialer.gateways[0].upstream_addresses(peering.server_name())
    return found == peering.acceptor.advertised_addresses()


def await_gateways_used(playground: Playground) -> None:
    """Check again, as the mend says: which way a stream comes back is partly chance."""
    for peering in playground.peerings:
        nudge(peering.dialer)
        restore_path(peering)


def judged(engine: Engine, policies: PolicySet, snapshot: Json) -> Json:
    found = results(engine, policies, snapshot)
    assert [one for one in found["results"] if one["status"] == "error"] == []
    return found


def failing(found: Json) -> set[tuple[str, str]]:
    """Return rule and cluster of each result that fails."""
    return {(one["rule"], one["subject"]["cluster"]) for one in found["results"] if one["status"] == "fail"}


def of_pair(found: Json, rule: str, dialer: str) -> Json:
    (result,) = [
        one for one in found["results"] if one["rule"] == rule and one["subject"]["id"] and told_of(one, dialer)
    ]
    return dict(result)


def told_of(result: Json, dialer: str) -> bool:
    return bool(result["subject"]["kind"] == "pair" and result["subject"]["cluster"] == dialer)


def test_a_gateway_without_peering_read_is_passed_by(story: Story, engine: Engine, policy_set: PolicySet) -> None:
    found = judged(engine, policy_set, story.wrong)

    assert failing(found) == {(RULE, "dc2"), (RULE, "dc4")}
    assert "no gateway of dc2 carried a byte" in of_pair(found, RULE, "dc2")["message"]
    assert of_pair(found, RULE, "dc2")["evidence"]["hosts"] == []


def test_addresses_given_by_hand_lead_past_the_gateways(story: Story, engine: Engine, policy_set: PolicySet) -> None:
    found = judged(engine, policy_set, story.wrong)
    path = of_pair(found, RULE, "dc4")

    assert path["status"] == "fail"
    assert path["evidence"]["hosts"] == sorted(story.playground.clusters["dc3"].server_addresses())
    assert all(path["evidence"]["carried"]["dc4-server-1/mesh-gateway"].values())
    assert "Generate a new token for the same peering in dc3" in path["remediation"]["text"]
    # Consul's API shows gateways there, and a peer's servers do answer behind them.
    assert {of_pair(found, rule, "dc4")["status"] for rule in ("MGP-404", "MGP-407")} == {"pass"}


def test_the_path_alone_is_wrong_once_all_settings_are_right(
    story: Story, engine: Engine, policy_set: PolicySet
) -> None:
    found = judged(engine, policy_set, story.right)
    unread, by_hand = (of_pair(found, RULE, dialer) for dialer in ("dc2", "dc4"))

    assert failing(found) == {(RULE, "dc2")}
    assert "no gateway of dc2 carried a byte" in unread["message"]
    assert unread["evidence"]["hosts"] == sorted(story.playground.clusters["dc1"].advertised_addresses())
    # Its Envoy shows the new route, and bytes, and goes on with a connection to the server itself.
    assert by_hand["status"] == "unknown"
    assert "a connection that gateways of dc4 made since they lead to dc3" in by_hand["needed"]


def test_the_mend_names_the_gateways_that_still_carry_the_stream(
    story: Story, engine: Engine, policy_set: PolicySet
) -> None:
    for snapshot, dialer, carrier in ((story.right, "dc2", "dc1"), (story.wrong, "dc4", "dc4")):
        text = of_pair(judged(engine, policy_set, snapshot), RULE, dialer)["remediation"]["text"]
        assert f"restart the Envoys of the mesh gateways of {carrier}, one after the other" in text


def test_the_mend_mends(story: Story, engine: Engine, policy_set: PolicySet) -> None:
    found = judged(engine, policy_set, story.mended)

    assert failing(found) == set()
    assert {of_pair(found, RULE, dialer)["status"] for dialer in ("dc2", "dc4")} == {"pass"}
    assert [path_faults(peering) for peering in story.playground.peerings] == [[], []]


def test_a_rolling_restart_alarms_nobody(story: Story, embedded: Engine, opa: Engine, policy_set: PolicySet) -> None:
    """One of two instances is always up: what fails then is true, and shorter than what it takes to open a finding."""
    rolling = Rolling(story.playground.clusters["dc3"].gateways)
    with ThreadPoolExecutor() as threads:
        window = threads.submit(pair_snapshot, story.playground, Sampling(16.0, sleep=rolling.once))
        scans = []
        while not rolling.ended.is_set():
            scans.append(pair_snapshot(story.playground))
    restore_path(story.playground.peerings[1])

    for engine in (embedded, opa):
        seen = [failing(judged(engine, policy_set, scan)) for scan in scans]
        assert ("MGP-208", "dc3") in set().union(*seen)
        assert set().union(*seen) <= PASSING
        assert of_pair(judged(engine, policy_set, window.result()), RULE, "dc4")["status"] in {"pass", "unknown"}


PASSING = {("MGP-208", "dc3"), ("MGP-406", "dc3"), ("MGP-406", "dc4"), ("MGP-407", "dc4")}
"""An instance is down, the stream that it carried is until Consul dials again, and its address refuses the probe."""


class Rolling:
    """Restarts gateways one after the other, each known to be down and then to be well; `ended` tells that it has."""

    def __init__(self, gateways: Sequence[Gateway]) -> None:
        self.gateways = gateways
        self.ended = threading.Event()
        self._lock = threading.Lock()

    def once(self, seconds: float) -> None:
        """Sleep so long; the first of the threads that do, as each cluster waits in its own, restarts meanwhile."""
        ends = time.monotonic() + seconds
        if self._lock.acquire(blocking=False):
            try:
                for gateway in self.gateways:
                    gateway.restart()
            finally:
                self.ended.set()
        time.sleep(max(0.0, ends - time.monotonic()))
