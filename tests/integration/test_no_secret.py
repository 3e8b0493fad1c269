"""With a token that is shown every secret of a cluster, none of them is in any byte that is written.

Consul shows the SecretID of all tokens to whom may write ACLs, so a mistake in what is kept would show here.
"""

import base64
import json
import subprocess
from collections.abc import Iterator
from itertools import chain, product
from pathlib import Path

import pytest
import requests

from scanner.publish.formats import RENDERERS
from tests.integration.test_command import COMMAND, consul_scan
from tests.integration.test_serve import serving
from tests.playground import Playground, pair_spec
from tests.playground.cluster import Cluster
from tests.playground.endpoint import Json

WRITER = """
acl = "write"
peering = "write"
operator = "write"
mesh = "write"
keyring = "write"
node_prefix "" { policy = "write" }
agent_prefix "" { policy = "write" }
service_prefix "" { policy = "write" }
"""
OWNERS = ("management", "writer")


@pytest.fixture(scope="module")
def secretive(playgrounds: type[Playground]) -> Iterator[Playground]:
    """A pair with a token of each kind, and a peering token that nobody has used yet."""
    with playgrounds(pair_spec()) as playground:
        for cluster in playground.clusters.values():
            cluster.create_token("writer", WRITER)
            cluster.api("PUT", "/v1/acl/token", {"ServiceIdentities": [{"ServiceName": "mesh-gateway"}]})
            cluster.api("PUT", "/v1/acl/role", {"Name": "r", "NodeIdentities": [{"NodeName": "n", "Datacenter": "d"}]})
            cluster.api("PUT", "/v1/acl/token", {"Roles": [{"Name": "r"}], "ExpirationTTL": "1h"})
        yield playground


@pytest.fixture(scope="module")
def secrets(secretive: Playground) -> set[str]:
    """What no output may hold."""
    found = set(chain.from_iterable(secrets_of(cluster) for cluster in secretive.clusters.values()))
    assert len(found) > 20
    assert min(map(len, found)) >= 24
    return found


def secrets_of(cluster: Cluster) -> Iterator[str]:
    """Give the secrets of a cluster: of all tokens, of a peering that is to be, and private keys of its mesh."""
    listed = [token["SecretID"] for token in cluster.api("GET", "/v1/acl/tokens") if token["SecretID"] != "anonymous"]
    assert {token.secret for token in cluster.tokens.values()} <= set(listed)
    yield from listed
    peering_token = cluster.api("POST", "/v1/peering/token", {"PeerName": "to-come"})["PeeringToken"]
    yield peering_token
    yield json.loads(base64.b64decode(peering_token))["EstablishmentSecret"]
    authority = cluster.api("GET", "/v1/connect/ca/configuration")["Config"]
    keys = [authority.get("PrivateKey", ""), leaf(cluster)["PrivateKeyPEM"]]
    yield from (line for key in keys for line in key.splitlines() if "KEY" not in line and len(line) > 40)


def leaf(cluster: Cluster) -> Json:
    return cluster.api("GET", "/v1/agent/connect/ca/leaf/mesh-gateway")


def configured(playground: Playground, owner: str, folder: Path) -> Path:
    """Write a config file that asks for all that can be read, with tokens of these owners."""
    clusters = {}
    for name, cluster in playground.clusters.items():
        admins = {gateway.id: gateway.admin_address for gateway in cluster.gateways}
        gateways = [{"service": "mesh-gateway", "envoy_admin": admins, "token": {"policy": "gateway"}}]
        token = str(cluster.tokens[owner].file)
        wanted = {"probe": True, "collect": {"acl": True}, "gateways": gateways}
        clusters[name] = {"address": cluster.address, "token_file": token, **wanted}
    path = folder / "consul-scan.yaml"
    path.write_text(json.dumps({"clusters": clusters}))
    return path


def command_lines(config: str, folder: Path) -> Iterator[list[str]]:
    """Give every command that reads clusters or a snapshot, in every format, and what is said of the options."""
    snapshot = str(folder / "snapshot.json")
    yield ["export", "-c", config, "-o", snapshot]
    yield from (["audit", "-c", config, "--format", report] for report in RENDERERS)
    yield from (["audit", "-c", config, "--snapshot", snapshot, "--format", report] for report in RENDERERS)
    yield from ([*command, "--help"] for command in ([], ["audit"], ["export"], ["serve"], ["policy"], ["rules"]))
    # What goes wrong is told too.
    yield ["audit", "-c", config, "--engine", "opa", "--opa-url", "http://127.0.0.1:1"]


def written(config: Path, folder: Path, **environment: str) -> Iterator[tuple[str, str]]:
    """Run all commands; give what each wrote, by its name."""
    for arguments in command_lines(str(config), folder):
        done = consul_scan(*arguments, **environment)
        assert "Traceback" not in done.stderr
        yield " ".join(arguments), done.stdout + done.stderr
    yield "the snapshot", (folder / "snapshot.json").read_text()
    with serving(config, folder / "log") as (url, _):
        for page in ("/metrics", "/-/healthy", "/-/ready", "/"):
            yield page, requests.get(url + page, timeout=5).text
    yield "the log", (folder / "log").read_text()


def tells(text: str, secret: str) -> bool:
    """Tell whether a text holds a secret, or a form of it that is as good."""
    forms = (secret, secret.upper(), secret.replace("-", ""), base64.b64encode(secret.encode()).decode())
    return any(form in text for form in forms)


@pytest.mark.parametrize("owner", OWNERS)
def test_no_output_holds_a_secret(secretive: Playground, secrets: set[str], owner: str, tmp_path: Path) -> None:
    outputs = dict(written(configured(secretive, owner, tmp_path), tmp_path))

    assert [name for name, text in outputs.items() if not text.strip() and not name.startswith("export")] == []
    assert [name for (name, text), secret in product(outputs.items(), secrets) if tells(text, secret)] == []
    assert secretive.clusters["dc1"].tokens["gateway"].accessor in outputs["the snapshot"], "tokens were read"
    audits = [text for command, text in outputs.items() if command.startswith("audit -c") and "opa" not in command]
    assert [text for text in audits if text.count("may write ACLs") < len(secretive.clusters)] == []


@pytest.mark.parametrize("owner", OWNERS)
def test_consul_does_show_them_to_such_a_token(secretive: Playground, owner: str) -> None:
    for cluster in secretive.clusters.values():
        shown = {
            token["SecretID"] for token in cluster.api("GET", "/v1/acl/tokens", token=cluster.tokens[owner].secret)
        }
        assert {token.secret for token in cluster.tokens.values()} <= shown


def test_a_token_in_the_environment_is_not_told_either(secretive: Playground, secrets: set[str]) -> None:
    cluster = secretive.clusters["dc1"]
    environment = {"CONSUL_HTTP_ADDR": cluster.address, "CONSUL_HTTP_TOKEN": cluster.management_token}
    for arguments in (["audit"], ["export", "-o", "-"], ["audit", "--format", "json"], ["audit", "--help"]):
        done = consul_scan(*arguments, **environment)
        assert [secret for secret in secrets if tells(done.stdout + done.stderr, secret)] == []


def test_an_interrupted_or_a_broken_scan_tells_none(secretive: Playground, secrets: set[str], tmp_path: Path) -> None:
    config = configured(secretive, "management", tmp_path)
    config.write_text(config.read_text().replace('"address": "http:', '"address": "https:', 1))
    done = subprocess.run([COMMAND, "audit", "-c", config], capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert [secret for secret in secrets if tells(done.stdout + done.stderr, secret)] == []


def test_a_secret_that_was_taken_for_an_accessor_id_is_not_repeated(secretive: Playground, tmp_path: Path) -> None:
    config, cluster = configured(secretive, "scanner", tmp_path), secretive.clusters["dc1"]
    written = json.loads(config.read_text())
    for settings in written["clusters"].values():
        settings["gateways"][0]["token"] = {"accessor": cluster.gateway_token}
    config.write_text(json.dumps(written))

    done = consul_scan("audit", "-c", str(config), "--format", "json")

    assert "a token with the accessor id of the config file: dc1 has none" in done.stdout
    assert not tells(done.stdout + done.stderr, cluster.gateway_token)
