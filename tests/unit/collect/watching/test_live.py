"""All clusters over time: what wakes is looked at with what it is compared with, and nothing is judged for nothing."""

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scanner.collect.fault import CallError
from scanner.collect.transport import RawAnswer, Request
from scanner.collect.watching import live as live_module
from scanner.collect.watching import readers as readers_module
from scanner.collect.watching.live import DEBOUNCE_S, LiveClusters, connected
from scanner.collect.watching.places import MOST_GATEWAYS
from scanner.collect.watching.reader import BEING_READ, NOT_YET
from scanner.collect.watching.readers import GATHER_S
from scanner.collect.watching.watch import Timing
from scanner.errors import DocumentError
from scanner.model.watching import ReadingState
from tests.faults import behaviours
from tests.faults.consul import AUTHORIZE
from tests.faults.server import FaultServer
from tests.playground.waiting import wait_until
from tests.unit.collect.answers import Memory, address_of, healthy, target

MESH = "/v1/config/mesh"
WATCHED = ["gateway mesh-gateway", "mesh", "proxy_defaults", "roots", "servers"]
FLAG_OFF = {"Kind": "mesh", "Peering": {"PeerThroughMeshGateways": False}}


class Consul(Memory):
    """Keeps what is asked with an index until it changes or ends."""

    def __init__(self) -> None:
        self.answers = healthy()
        entry = self.answers["/v1/config/mesh/mesh"]
        lists = {MESH: [entry], "/v1/config/proxy-defaults": [], "/v1/health/service/consul": []}
        self.answers |= lists
        super().__init__(self.answers)
        self.moved = threading.Event()
        self.held: set[str] = set()
        self.closed = False

    def send(self, request: Request) -> RawAnswer:
        if "index" in request.query:
            self.held.add(request.path)
            self.moved.wait(10)
        return super().send(request)

    def change(self, entry: Any = FLAG_OFF) -> None:
        """Write the mesh entry."""
        self.answers |= {MESH: [entry], "/v1/config/mesh/mesh": entry}
        self.moved.set()

    def close(self) -> None:
        self.closed = True
        self.moved.set()


class Hanging(Consul):
    """Answers no question but those of watches while it hangs."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs = threading.Event()
        self.hangs.set()

    def send(self, request: Request) -> RawAnswer:
        if "index" not in request.query:
            self.hangs.wait(10)
        return super().send(request)


@contextmanager
def followed(interval_s: float = 60.0, **consuls: Consul) -> Iterator[LiveClusters]:
    """Follow these; the watches' first answers, which ring, are waited for and looked at."""
    targets = [target(name) for name in consuls]
    live = LiveClusters(targets, interval_s, lambda one: consuls[one.name], Timing(chance=lambda: 0.0))
    try:
        first = live.look()
        assert not first.still
        assert list(first.snapshot["clusters"]) == list(consuls)
        await_watches(consuls.values())
        live.look()
        yield live
    finally:
        live.close()


def await_watches(consuls: Collection[Consul]) -> None:
    """Wait until each is asked with an index at every place: what the answers before rang for is on the bell by then.

    The time of a watch's last answer says less, as it is told before the ring.
    """
    held = [consul.held for consul in consuls]
    wait_until("all is held", lambda: held, lambda seen: all(len(paths) == len(WATCHED) for paths in seen), 5)


def asked(consul: Consul, since: int) -> list[str]:
    """Return the paths that were asked for, the watches' left out."""
    return sorted(request.path for request in consul.requests[since:] if "index" not in request.query)


def test_it_watches_what_wakes_and_tells_how_that_does() -> None:
    with followed(dc1=Consul()) as live:
        watching = live.watching()
    assert [(one.cluster, one.watch, one.failures) for one in watching.watches] == [("dc1", n, 0) for n in WATCHED]
    (reading,) = watching.clusters
    assert (reading.cluster, reading.wakes, reading.polls) == ("dc1", 1, 1)
    assert reading.last_success_unix is not None


def test_before_the_first_look_nothing_was_read() -> None:
    live = LiveClusters([target()], 60)
    assert live.watching().clusters == (ReadingState("dc1"),)
    live.close()


def test_who_asks_ends_the_wait_and_has_everything_read() -> None:
    consul = Consul()
    with followed(dc1=consul) as live:
        before = len(consul.requests)
        threading.Timer(0.1, live.read_all_now).start()
        started = time.monotonic()
        live.wait()
        assert time.monotonic() - started < 2
        assert not live.look().still
        assert AUTHORIZE in asked(consul, before)
        assert live.look().still, "it was asked for once"
        assert live.watching().clusters[0].wakes == 1, "Consul told of no change"


def test_a_change_ends_the_wait_and_is_seen() -> None:
    consul, other = Consul(), Consul()
    with followed(dc1=consul, dc2=other) as live:
        mine, others = len(consul.requests), len(other.requests)
        started = time.monotonic()
        threading.Timer(0.1, consul.change).start()
        live.wait()
        assert 0.1 + DEBOUNCE_S <= time.monotonic() - started < 2
        look = live.look()
    assert not look.still
    assert look.snapshot["clusters"]["dc1"]["mesh"] == FLAG_OFF
    assert "/v1/config/mesh/mesh" in asked(consul, mine)
    assert AUTHORIZE not in asked(consul, mine)
    assert asked(other, others) == []


def test_the_peers_of_what_woke_are_polled_with_it() -> None:
    acceptor, dialer = Consul(), Consul()
    domain = acceptor.answers["/v1/connect/ca/roots"]["TrustDomain"]
    row = acceptor.answers["/v1/peerings"][0] | {"PeerServerName": f"server.dc1.peering.{domain}"}
    dialer.answers["/v1/peerings"] = [row]
    dialer.answers["/v1/connect/ca/roots"] = dialer.answers["/v1/connect/ca/roots"] | {"TrustDomain": "other.consul"}
    with followed(dc1=acceptor, dc2=dialer) as live:
        before = len(dialer.requests)
        acceptor.change()
        live.wait()
        live.look()
    assert asked(dialer, before) == ["/v1/peerings"]


def test_a_cluster_that_hangs_holds_up_no_other_and_is_seen_when_it_answers() -> None:
    hanging, other = Hanging(), Consul()
    with followed(dc1=hanging, dc2=other) as live:
        hanging.hangs.clear()
        hanging.answers["/v1/config/mesh/mesh"] = FLAG_OFF
        other.change()
        # Rung by its own watch, in its own time: the look has to be for both.
        wait_until("it has rung", lambda: live._bell._woken, lambda woken: "dc2" in woken, 5)  # noqa: SLF001 - not taken
        live._bell.ring("dc1")  # noqa: SLF001 - a watch of it
        live.wait()
        started = time.monotonic()
        clusters = live.look().snapshot["clusters"]
        assert GATHER_S <= time.monotonic() - started < GATHER_S + 2
        assert clusters["dc2"]["mesh"] == FLAG_OFF
        assert clusters["dc1"]["mesh"] != FLAG_OFF
        hanging.hangs.set()
        live.wait()
        assert live.look().snapshot["clusters"]["dc1"]["mesh"] == FLAG_OFF


def test_those_for_whom_no_thread_was_left_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Hanging(), Hanging()
    with followed(dc1=one, dc2=other) as live:
        monkeypatch.setattr(readers_module, "CLUSTERS_AT_ONCE", 1)
        for hanging, name in ((one, "dc1"), (other, "dc2")):
            hanging.hangs.clear()
            hanging.answers["/v1/config/mesh/mesh"] = FLAG_OFF
            live._bell.ring(name)  # noqa: SLF001 - a watch of it
        live.wait()
        live.look()
        one.hangs.set()
        other.hangs.set()
        while any(cluster["mesh"] != FLAG_OFF for cluster in live.look().snapshot["clusters"].values()):
            started = time.monotonic()
            live.wait()
            assert time.monotonic() - started < 2


def test_heartbeats_that_stand_still_are_judged_at_the_next_poll() -> None:
    with followed(interval_s=4, dc1=Consul()) as live:
        live.wait()
        look = live.look()
        assert live.watching().clusters[0].polls == 2
    assert not look.still


def test_a_poll_that_shows_nothing_new_is_still() -> None:
    consul = Consul()
    consul.answers["/v1/peerings"] = []
    with followed(interval_s=4, dc1=consul) as live:
        live.wait()
        look = live.look()
    assert look.still
    assert look.snapshot["clusters"]["dc1"]["peerings"] == {}


def test_a_full_reading_is_judged_whatever_it_shows() -> None:
    consul = Consul()
    consul.answers["/v1/peerings"] = []
    with followed(interval_s=1, dc1=consul) as live:
        before = len(consul.requests)
        live.wait()
        assert not live.look().still
    assert AUTHORIZE in asked(consul, before)


def test_reading_anew_asks_for_everything_at_once() -> None:
    consul = Consul()
    with followed(dc1=consul) as live:
        consul.answers["/v1/config/mesh/mesh"] = FLAG_OFF
        before = len(consul.requests)
        assert live.anew()["clusters"]["dc1"]["mesh"] == FLAG_OFF
    assert AUTHORIZE in asked(consul, before)


def test_what_was_new_when_it_was_read_anew_is_so_to_the_next_look() -> None:
    consul = Consul()
    consul.answers["/v1/peerings"] = []
    with followed(interval_s=4, dc1=consul) as live:
        consul.answers["/v1/config/mesh/mesh"] = FLAG_OFF
        live.anew()
        live.anew()
        live.wait()
        assert not live.look().still, "nobody has judged it"
        live.wait()
        assert live.look().still


def test_reading_anew_shows_no_cluster_as_it_was_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is still read was asked before the second reading began, and so cannot confirm what the first showed."""
    monkeypatch.setattr(live_module, "PATIENCE_S", 0.5)
    hanging, other = Hanging(), Consul()
    with followed(dc1=hanging, dc2=other) as live:
        hanging.hangs.clear()
        live._bell.ring("dc1")  # noqa: SLF001 - a watch of it
        live.wait()
        assert live.look().snapshot["clusters"]["dc1"]["mesh"] is not None
        clusters = live.anew()["clusters"]
        assert clusters["dc1"]["collection"]["mesh"]["detail"] == BEING_READ
        assert clusters["dc1"]["mesh"] is clusters["dc1"]["access"] is None
        assert clusters["dc2"]["mesh"] is not None
        hanging.answers["/v1/config/mesh/mesh"] = FLAG_OFF
        hanging.hangs.set()
        while live.look().snapshot["clusters"]["dc1"]["mesh"] != FLAG_OFF:
            live.wait()


def test_a_reading_anew_that_does_not_end_in_time_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "PATIENCE_S", 0.5)
    hanging = Hanging()
    with followed(dc1=hanging, dc2=Consul()) as live:
        hanging.hangs.clear()
        started = time.monotonic()
        clusters = live.anew()["clusters"]
        assert time.monotonic() - started < 2
        statuses = {name: found["collection"]["access"]["status"] for name, found in clusters.items()}
        assert statuses == {"dc1": "error", "dc2": "ok"}
        hanging.hangs.set()


def test_at_the_start_a_slow_cluster_holds_up_the_others_for_some_time_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "PATIENCE_S", 0.5)
    consuls: dict[str, Consul] = {"dc1": Hanging(), "dc2": Consul()}
    hanging = consuls["dc1"]
    assert isinstance(hanging, Hanging)
    hanging.hangs.clear()
    live = LiveClusters([target(name) for name in consuls], 60.0, lambda one: consuls[one.name])
    started = time.monotonic()
    clusters = live.look().snapshot["clusters"]
    assert time.monotonic() - started < 2
    assert clusters["dc1"]["collection"]["mesh"]["detail"] == NOT_YET
    assert clusters["dc2"]["mesh"] is not None
    hanging.hangs.set()
    while live.look().snapshot["clusters"]["dc1"]["mesh"] is None:
        live.wait()
    live.close()


def test_a_cluster_that_is_gone_is_an_error_and_its_gateways_stay_watched() -> None:
    consul = Consul()
    with followed(dc1=consul) as live:
        consul.answers[AUTHORIZE] = CallError("unreachable", "POST: refused")
        snapshot = live.anew()
        assert snapshot["clusters"]["dc1"]["collection"]["access"]["status"] == "error"
        assert [one.watch for one in live.watching().watches] == WATCHED


def test_a_gateway_that_went_is_watched_until_two_later_full_readings_miss_it_too() -> None:
    consul = Consul()
    with followed(dc1=consul) as live:
        names, consul.answers["/v1/catalog/services"] = consul.answers["/v1/catalog/services"], {}
        consul.change()
        live.wait()
        assert live.look().snapshot["clusters"]["dc1"]["gateways"] == {}
        assert [one.watch for one in live.watching().watches] == WATCHED
        consul.answers["/v1/catalog/services"] = names
        live.anew()
        consul.answers["/v1/catalog/services"] = {}
        live.anew()
        assert [one.watch for one in live.watching().watches] == WATCHED, "it came back in between"
        live.anew()
        assert [one.watch for one in live.watching().watches] == WATCHED, "an interval has to pass"
        live.anew()
        assert [one.watch for one in live.watching().watches] == WATCHED[1:]


def test_what_went_leaves_its_watch_to_what_came_where_there_is_no_room_for_both() -> None:
    consul = Consul()
    with followed(dc1=consul) as live:
        (row, *_) = consul.answers["/v1/health/service/mesh-gateway"]
        names = [f"gw-{number:02}" for number in range(MOST_GATEWAYS)]
        for name in names:
            other = row | {"Service": row["Service"] | {"Service": name, "ID": name}}
            consul.answers[f"/v1/health/service/{name}"] = [other]
        consul.answers["/v1/catalog/services"] = {name: [] for name in names[1:]}
        live.anew()
        gateways = [f"gateway {name}" for name in names]
        assert [one.watch for one in live.watching().watches] == [*gateways[1:], *WATCHED]
        consul.answers["/v1/catalog/services"] = {name: [] for name in names}
        live.anew()
        assert [one.watch for one in live.watching().watches] == [*gateways, *WATCHED[1:]]


def test_closing_ends_a_wait_and_all_watches() -> None:
    consul = Consul()
    with followed(dc1=consul) as live:
        threading.Timer(0.1, live.close).start()
        started = time.monotonic()
        live.wait()
        assert time.monotonic() - started < 2
    assert consul.closed
    ending = [thread for thread in threading.enumerate() if thread.name.startswith("watch dc1")]
    for thread in ending:
        thread.join(5)
    assert not any(thread.is_alive() for thread in ending)


def test_what_does_not_fit_the_schema_is_a_bug_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "assembled", lambda clusters, _at: {"clusters": clusters})
    consul = Consul()
    live = LiveClusters([target()], 60, lambda _target: consul)
    with pytest.raises(DocumentError, match="report this bug"):
        live.look()
    live.close()


def test_looks_do_not_follow_each_other_without_end() -> None:
    live = LiveClusters([], 60)
    started, looks = time.monotonic(), 0
    while time.monotonic() - started < 1:
        live._bell.ring("dc1")  # noqa: SLF001 - a watch that rings for ever
        live.wait()
        live._bell.taken()  # noqa: SLF001 - the look
        looks += 1
    assert looks <= live_module.BURST + 2


def test_the_way_to_a_cluster_is_http() -> None:
    with FaultServer(behaviours.json_answer([])) as server:
        transport = connected(target(address=address_of(server)))
        assert transport.send(Request("/v1/x")).body == b"[]"
        transport.close()
