"""The command as people run it: a process of its own, against real clusters and servers that misbehave."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults import behaviours
from tests.faults.server import Behaviour, FaultServer
from tests.playground import Playground, broken
from tests.playground.cluster import Cluster

COMMAND = Path(sys.executable).with_name("consul-scan")
DEMO = Path(__file__).parents[1] / "data" / "demo.yaml"
SECRET = "5ec7e700-0000-4000-8000-000000000000"


def consul_scan(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with a clean environment."""
    return subprocess.run(
        [COMMAND, *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def clusters(playground: Playground, *names: str) -> list[str]:
    """Return the options that name clusters of a playground, with the scanner's own tokens."""
    options = []
    for name in names or playground.clusters:
        cluster = playground.clusters[name]
        options += ["--cluster", f"{name}={cluster.address}", "--token-file", f"{name}={cluster.scanner_token_file}"]
    return options


def configured(cluster: Cluster) -> str:
    """Return the lines of a config file for a cluster, whose operators attest its gateway and name its token."""
    attested = 'attest: {proxy: envoy, envoy_version: "1.36.4"}, token: {policy: gateway}'
    gateways = f"gateways: [{{service: mesh-gateway, {attested}}}]"
    token = f"token_file: {cluster.scanner_token_file}"
    return f"  {cluster.spec.name}: {{address: '{cluster.address}', {token}, {gateways}}}\n"


def test_a_healthy_pair_is_told_in_a_few_lines_and_without_escapes(healthy_pair: Playground, tmp_path: Path) -> None:
    config = tmp_path / "consul-scan.yaml"
    config.write_text(DEMO.read_text() + "clusters:\n" + "".join(map(configured, healthy_pair.clusters.values())))
    started = time.monotonic()

    done = consul_scan("audit", "-c", str(config))

    assert time.monotonic() - started < 1.5
    assert (done.returncode, done.stderr) == (0, "")
    # The file names neither Envoys nor the probe: what only those can show is not known.
    assert done.stdout.startswith("INCOMPLETE  2 unknown\ncoverage 9")
    assert [word for word in done.stdout.split() if word.startswith("MGP-")] == ["MGP-405", "MGP-407"]
    assert "48 passed" in done.stdout
    assert "\x1b" not in done.stdout
    assert len(done.stdout.splitlines()) < 20


def test_a_config_file_names_the_clusters(healthy_pair: Playground, tmp_path: Path) -> None:
    (tmp_path / "dc2.token").symlink_to(healthy_pair.clusters["dc2"].scanner_token_file)
    config = tmp_path / "consul-scan.yaml"
    config.write_text(
        "clusters:\n"
        f"  dc1: {{address: '{healthy_pair.clusters['dc1'].address}', token_env: DC1_TOKEN, peers: [dc2]}}\n"
        f"  dc2: {{address: '{healthy_pair.clusters['dc2'].address}', token_file: dc2.token}}\n"
        "parameters: {MGP-207: {allow_loopback: true}}\n"
    )

    done = consul_scan("audit", "-c", str(config), DC1_TOKEN=healthy_pair.clusters["dc1"].scanner_token)

    assert done.returncode == 0, done.stderr


def test_consuls_own_environment_names_one_cluster(healthy_pair: Playground) -> None:
    cluster = healthy_pair.clusters["dc1"]

    done = consul_scan(
        *("audit", "--format", "json", "--fail-on", "high"),  # its gateways advertise loopback
        CONSUL_HTTP_ADDR=cluster.address,
        CONSUL_HTTP_TOKEN=cluster.scanner_token,
    )

    assert done.returncode == 0
    assert json.loads(done.stdout)["clusters"]["consul"]["status"] == "ok"


def test_a_token_of_the_environment_reaches_no_cluster_of_a_flag(tmp_path: Path) -> None:
    with FaultServer(behaviours.html()) as server:
        consul_scan("audit", "--cluster", f"a={server.address}", CONSUL_HTTP_TOKEN=SECRET)

    assert server.requests
    assert SECRET not in str(server.requests)
    assert not list(tmp_path.iterdir())


def test_an_export_is_judged_like_the_clusters_themselves(healthy_pair: Playground, tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.json"
    with broken(healthy_pair, "entry-missing-dialing"):
        exported = consul_scan("export", *clusters(healthy_pair), "-o", str(snapshot))
        live = consul_scan("audit", *clusters(healthy_pair))

    stored = consul_scan("audit", "--snapshot", str(snapshot))

    assert (exported.returncode, live.returncode, stored.returncode) == (0, 1, 1)
    assert stored.stdout.splitlines()[:-1] == live.stdout.splitlines()[:-1]
    for cluster in healthy_pair.clusters.values():
        assert cluster.scanner_token not in snapshot.read_text()


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (behaviours.html(), "is not JSON"),
        (behaviours.cut_off(hard=False), ""),
        (behaviours.answer(b'[{"Allow": tr'), "is not JSON"),
        (behaviours.redirect("http://127.0.0.1:1/v1/"), "set the address to http://127.0.0.1:1"),
        (behaviours.text("rpc error", 500), "HTTP 500: rpc error"),
        (behaviours.echo_token(403), "HTTP 403"),
        (behaviours.silence(20), "did not answer in time"),
        (behaviours.json_answer({"not": "a list"}), "a list"),
    ],
    ids=["html", "cut off", "truncated", "redirect", "500", "echo", "silence", "wrong type"],
)
def test_no_usable_answer_ends_in_4_and_spoils_nothing_else(
    healthy_pair: Playground, tmp_path: Path, behaviour: Behaviour, told: str
) -> None:
    token = tmp_path / "token"
    token.write_text(SECRET)
    with FaultServer(behaviour) as server:
        bad = ["--cluster", f"bad={server.address}", "--token-file", f"bad={token}"]
        done = consul_scan("audit", *clusters(healthy_pair, "dc1"), *bad, "--format", "json")

    results = json.loads(done.stdout)
    assert done.returncode == 4
    assert told in results["clusters"]["bad"]["collection"]["access"]["detail"]
    assert results["clusters"]["dc1"]["status"] == "ok"
    failing = {result["rule"] for result in results["results"] if result["status"] == "fail"}
    assert failing == {"MGP-207"}, "its gateways advertise loopback"
    assert SECRET not in done.stdout + done.stderr


def test_an_unknown_token_ends_in_4(healthy_pair: Playground) -> None:
    done = consul_scan("audit", CONSUL_HTTP_ADDR=healthy_pair.clusters["dc1"].address, CONSUL_HTTP_TOKEN=SECRET)

    assert done.returncode == 4
    assert "ACL not found" in done.stdout
    assert SECRET not in done.stdout + done.stderr


def test_tls_where_there_is_none_ends_in_4(healthy_pair: Playground) -> None:
    address = healthy_pair.clusters["dc1"].address.replace("http:", "https:")

    done = consul_scan("audit", "--cluster", f"dc1={address}")

    assert done.returncode == 4
    assert "That port does not speak TLS" in done.stdout.replace("\n    ", " ")


def test_an_interruption_ends_in_130_soon_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    with FaultServer(behaviours.silence(20)) as server:
        process = subprocess.Popen(
            # Whoever runs the tests in the background may have told all its children to ignore an interruption.
            ["env", "--default-signal=INT", COMMAND, "audit", "--cluster", f"a={server.address}", "-o", str(out)],
            stderr=subprocess.PIPE,
            text=True,
        )
        while not server.requests:
            time.sleep(0.02)
        interrupted = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=10)

    assert process.returncode == 130
    assert time.monotonic() - interrupted < 2
    assert told.strip() == "Interrupted."
    assert list(tmp_path.iterdir()) == []


def test_progress_shows_on_a_terminal_and_not_in_a_pipe(healthy_pair: Playground, tmp_path: Path) -> None:
    arguments = [str(COMMAND), "export", *clusters(healthy_pair), "-o", str(tmp_path / "s.json")]
    reader, terminal = os.openpty()
    shown = subprocess.run(arguments, stderr=terminal, stdout=subprocess.PIPE, check=True, env={"TERM": "xterm"})
    os.close(terminal)
    told = os.read(reader, 65536)
    os.close(reader)

    piped = subprocess.run(arguments, capture_output=True, check=True)

    assert b"Reading" in told
    assert shown.stdout == b""
    assert (piped.stdout, piped.stderr) == (b"", b"")
