"""The playground is what other tests stand on: each thing it promises, once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.playground import (
    BROKEN_STATES,
    ClusterSpec,
    Playground,
    broken,
    pair_spec,
    wait_until,
)
from tests.playground.path import path_faults
from tests.playground.startup import MESH_ENTRY

MOST_SECONDS_TO_START = 15


def test_a_pair_is_up_and_peered_through_its_gateways_in_under_15_seconds(healthy_pair: Playground) -> None:
    assert healthy_pair.startup_seconds < MOST_SECONDS_TO_START
    peering = healthy_pair.peerings[0]
    assert peering.states() == ("ACTIVE", "ACTIVE")
    assert peering.dialed_addresses() == {healthy_pair.clusters["dc1"].gateways[0].plan.wan_address}


@pytest.mark.parametrize("name", BROKEN_STATES)
def test_a_broken_state_shows_and_is_left_again(healthy_pair: Playground, name: str) -> None:
    with broken(healthy_pair, name):
        assert healthy_pair.faults() != []
    assert healthy_pair.faults() == []


def test_without_the_entry_at_the_dialer_only_its_envoy_shows_it(healthy_pair: Playground) -> None:
    peering = healthy_pair.peerings[0]
    before = peering.at_dialer()
    with broken(healthy_pair, "entry-missing-dialing"):
        assert peering.dialer.mesh_entry() is None
        assert peering.at_dialer()["PeerServerAddresses"] == before["PeerServerAddresses"]
        assert peering.dialer.gateways[0].upstream_addresses(peering.server_name()) == frozenset()


@pytest.mark.parametrize("name", ["entry-missing-accepting", "flag-false"])
def test_without_the_flag_at_the_acceptor_its_servers_are_dialed(healthy_pair: Playground, name: str) -> None:
    peering = healthy_pair.peerings[0]
    with broken(healthy_pair, name):
        servers = peering.acceptor.server_addresses()
        assert peering.dialed_addresses() == servers
        assert peering.dialer.gateways[0].upstream_addresses(peering.server_name()) == servers
        assert peering.states() == ("ACTIVE", "ACTIVE")


def test_a_killed_gateway_is_critical_and_stays_advertised(healthy_pair: Playground) -> None:
    peering = healthy_pair.peerings[0]
    with broken(healthy_pair, "gateway-killed"):
        assert peering.acceptor.gateways[0].status() == "critical"
        assert peering.states() == ("FAILING", "FAILING")
        assert peering.dialed_addresses() == peering.acceptor.advertised_addresses()


def test_a_state_that_somebody_mended_is_left_all_the_same(healthy_pair: Playground) -> None:
    with broken(healthy_pair, "gateway-killed"):
        healthy_pair.clusters["dc1"].gateways[0].start()
    with broken(healthy_pair, "entry-missing-accepting"):
        entry = 'Kind = "mesh"\nPeering { PeerThroughMeshGateways = true }'
        mend = healthy_pair.run_consul("dc1", ["config", "write", "-"], entry)
        assert mend.returncode == 0, mend.stderr


def test_each_token_may_do_what_it_is_for(healthy_pair: Playground) -> None:
    cluster = healthy_pair.clusters["dc2"]
    assert cluster.api("GET", "/v1/peerings", token=cluster.scanner_token)[0]["Name"] == "dc1"
    listed = cluster.api("GET", "/v1/acl/tokens", token=cluster.scanner_token)
    # The anonymous token's secret is known to everybody.
    assert {token["SecretID"] for token in listed} <= {"<hidden>", "anonymous"}
    assert cluster.request("PUT", "/v1/acl/token", {}, token=cluster.scanner_token).status_code == 403
    assert cluster.api("GET", "/v1/catalog/nodes", token=cluster.blind_token) == []
    assert cluster.api("GET", "/v1/acl/tokens", token=cluster.management_token) != []
    assert cluster.scanner_token_file.read_text(encoding="utf-8").strip() == cluster.scanner_token
    assert cluster.scanner_token_file.stat().st_mode & 0o077 == 0


def test_the_consul_program_speaks_to_the_cluster_it_is_given(healthy_pair: Playground) -> None:
    members = {name: healthy_pair.run_consul(name, ["members"]).stdout for name in ("dc1", "dc2")}
    assert "dc1-server-1" in members["dc1"]
    assert "dc2-server-1" in members["dc2"]


def test_entries_that_come_too_late_leave_the_stream_past_the_gateways(playgrounds: type[Playground]) -> None:
    spec = pair_spec(ClusterSpec("dc1", mesh_entry=False), ClusterSpec("dc2", mesh_entry=False))
    with playgrounds(spec) as playground:
        peering = playground.peerings[0]
        for cluster in (peering.acceptor, peering.dialer):
            cluster.write_mesh_entry(MESH_ENTRY)
        gateways = peering.acceptor.advertised_addresses()
        wait_until("the dialer has the gateways", peering.dialed_addresses, lambda dialed: dialed == gateways)
        assert peering.states() == ("ACTIVE", "ACTIVE")
        assert len(path_faults(peering)) == 2


def children_of(pid: int) -> list[int]:
    """Give the ids of a process's children, whichever thread started them."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for listed in lists for child in listed.read_text(encoding="ascii").split()]


def is_alive(pid: int) -> bool:
    """Tell whether there is a process of that id which has not ended."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


@pytest.mark.usefixtures("playgrounds")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_server_outlives_the_command(tmp_path: Path, how: signal.Signals) -> None:
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "tests.playground"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        wait_until("the command says that it is up", started.stdout.readline, lambda line: "up;" in line)
        servers = children_of(started.pid)
        started.send_signal(how)
        started.wait()
    assert len(servers) == 4
    try:
        wait_until("its servers ended", lambda: not any(map(is_alive, servers)), seconds=5)
    finally:
        for server in filter(is_alive, servers):
            os.kill(server, signal.SIGKILL)
    assert how == signal.SIGKILL or list(tmp_path.iterdir()) == []
