"""What `consul-scan init` writes of a real cluster is a config file that an audit takes as it is."""

from pathlib import Path

import pytest

from scanner.config import load_config
from tests.integration.test_command import consul_scan
from tests.playground import Playground
from tests.playground.cluster import Cluster
from tests.playground.spec import ClusterSpec, PlaygroundSpec


def drafted(cluster: Cluster, path: Path, **environment: str) -> str:
    done = consul_scan("init", "-o", str(path), CONSUL_HTTP_ADDR=cluster.address, **environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return path.read_text()


@pytest.mark.parametrize("name", ["dc1", "dc2"])
def test_with_acls(healthy_pair: Playground, tmp_path: Path, name: str) -> None:
    cluster = healthy_pair.clusters[name]
    path = tmp_path / "c.yaml"

    text = drafted(cluster, path, CONSUL_HTTP_TOKEN_FILE=str(cluster.scanner_token_file))

    checked = consul_scan("check-config", str(path))
    # Its gateways advertise loopback, which is a medium failure.
    audited = consul_scan("audit", "-c", str(path), "--fail-on", "high")
    assert checked.returncode == 0, checked.stdout
    assert audited.returncode == 0, audited.stdout
    (target,) = load_config(path, {}).clusters
    (other,) = healthy_pair.clusters.keys() - {name}
    assert (target.name, target.declared_peers) == (name, (other,))
    assert [gateway.service for gateway in target.gateways] == ["mesh-gateway"]
    assert "that may write the service:" in text
    assert 'policy "gateway"' in text
    for secret in (cluster.scanner_token, cluster.management_token):
        assert secret not in text


def test_a_blind_token_is_told_what_it_lacks(healthy_pair: Playground, tmp_path: Path) -> None:
    cluster = healthy_pair.clusters["dc1"]
    path = tmp_path / "c.yaml"

    text = drafted(cluster, path)

    assert '# Not read: gateways (denied): "no token was given' in text
    assert 'lacks "node:read", "peering:read", "service:read": `consul-scan policy`' in text
    assert consul_scan("check-config", str(path)).returncode == 0
    assert consul_scan("audit", "-c", str(path)).returncode == 1, "MGP-701 says that the scanner is blind"


def test_without_acls(playgrounds: type[Playground], tmp_path: Path) -> None:
    spec = PlaygroundSpec(clusters=(ClusterSpec("alone", acl=False),))
    path = tmp_path / "c.yaml"
    with playgrounds(spec) as playground:
        text = drafted(playground.clusters["alone"], path)
        checked = consul_scan("check-config", str(path))
        audited = consul_scan("audit", "-c", str(path), "--fail-on", "high")

    assert (checked.returncode, audited.returncode) == (0, 0), audited.stdout
    assert "token was" not in text.replace("# no token was given", "")
    assert "Not read" not in text
