"""The config file: what it may say, and how it is told what it may not."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenFile, TokenVariable
from scanner.collect.target import GatewayTarget, Tls, TokenHint
from scanner.config import Config, load_config
from scanner.engine_choice import EngineChoice
from scanner.errors import ConfigError
from scanner.findings.settings import StoreSettings

Load = Callable[[str], Config]

WHOLE = """
clusters:
  dc1:
    address: https://127.0.0.1:8501
    token_file: secrets/dc1.token
    tls: {ca_file: ca.pem, cert_file: /etc/cert.pem, key_file: key.pem, server_name: server.dc1.consul, verify: false}
    control_plane_via_gateways: optional
    peers: [dc2, elsewhere]
    gateways:
      - {service: mesh-gateway, envoy_admin: {n1/gw: "http://127.0.0.1:19000", n2/gw: "unix:///run/envoy.sock"}}
      - {service: other, partition: p, namespace: ns, attest: {proxy: envoy, envoy_version: "1.35.9"}}
    probe: true
  dc2:
    address: unix:///run/consul.sock
    token_env: DC2_TOKEN
    tls: {ca_path: cas}
parameters: {MGP-104: {accept_minor_versions: ["1.36"]}, MGP-207: {allow_loopback: true}}
rules: {disabled: [MGP-401], severity: {MGP-207: low}}
policies: [extra, /etc/rules]
engine: {kind: opa, opa_url: "http://127.0.0.1:8181"}
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_text(text: str) -> Config:
        path = tmp_path / "config.yaml"
        path.write_text(text)
        return load_config(path, {"DC2_TOKEN": "hunter2"})

    return load_text


def test_a_whole_file(load: Load, tmp_path: Path) -> None:
    config = load(WHOLE)
    dc1, dc2 = config.clusters
    assert (dc1.name, dc1.address.text, dc1.intent) == ("dc1", "https://127.0.0.1:8501", "optional")
    assert dc1.token == TokenFile(tmp_path / "secrets/dc1.token")
    assert dc1.declared_peers == ("dc2", "elsewhere")
    files = {"ca_file": tmp_path / "ca.pem", "cert_file": Path("/etc/cert.pem"), "key_file": tmp_path / "key.pem"}
    assert dc1.tls == Tls(**files, server_name="server.dc1.consul", verify=False)
    admins = {"n1/gw": parse_address("http://127.0.0.1:19000"), "n2/gw": parse_address("unix:///run/envoy.sock")}
    assert dc1.gateways == (
        GatewayTarget("mesh-gateway", envoy_admin=admins),
        GatewayTarget("other", "p", "ns", proxy="envoy", envoy_version="1.35.9"),
    )
    assert (dc1.probe, dc2.probe, dc2.gateways) == (True, False, ())
    assert isinstance(dc2.token, TokenVariable)
    assert dc2.token.text() == "hunter2"
    assert (dc2.tls, dc2.intent, dc2.declared_peers) == (Tls(ca_path=tmp_path / "cas"), "required", ())
    assert config.parameters == {"MGP-104": {"accept_minor_versions": ["1.36"]}, "MGP-207": {"allow_loopback": True}}
    assert (config.disabled, config.severity) == (("MGP-401",), {"MGP-207": "low"})
    assert config.policies == (tmp_path / "extra", Path("/etc/rules"))
    assert config.engine == EngineChoice("opa", "http://127.0.0.1:8181")
    assert "hunter2" not in repr(config)


def test_the_token_and_the_ca_of_an_opa_server(load: Load, tmp_path: Path) -> None:
    url = "https://opa:8181"

    by_file = load(f"engine: {{opa_url: '{url}', token_file: opa.token, ca_file: ca.pem}}").engine
    by_name = load("engine: {token_env: DC2_TOKEN, cert_file: c.pem, key_file: /k.pem}").engine

    assert by_file == EngineChoice("auto", url, TokenFile(tmp_path / "opa.token"), Tls(ca_file=tmp_path / "ca.pem"))
    assert by_name.tls == Tls(cert_file=tmp_path / "c.pem", key_file=Path("/k.pem"))
    assert by_name.token is not None
    assert by_name.token.text() == "hunter2"
    assert "hunter2" not in repr(by_name)


def test_where_findings_are_kept(load: Load, tmp_path: Path) -> None:
    assert load("store: {path: findings.db, retention: 30d}").store == StoreSettings(
        tmp_path / "findings.db", timedelta(days=30)
    )
    assert load("store: {path: /var/f.db}").store == StoreSettings(Path("/var/f.db"), timedelta(days=90))
    assert load("clusters: {dc1: {address: 'http://a'}}").store.path is None


def test_defaults(load: Load) -> None:
    config = load("clusters: {dc1: {address: 'http://a'}}")
    assert (config.parameters, config.disabled, config.severity, config.engine) == ({}, (), {}, EngineChoice())
    assert config.clusters[0].token is None


def test_a_token_that_is_not_needed_yet_need_not_be_there(load: Load) -> None:
    config = load(
        "clusters: {dc1: {address: 'http://a', token_env: NOT_SET}, dc2: {address: 'http://b', token_file: gone}}"
    )
    for cluster in config.clusters:
        assert cluster.token
        with pytest.raises(ConfigError):
            cluster.token.text()


def test_settings_without_clusters_are_for_stored_snapshots(load: Load) -> None:
    assert load("rules: {disabled: [MGP-401]}").clusters == ()


def test_dates_stay_text(load: Load) -> None:
    assert load("parameters: {MGP-1: {start: 2026-01-01}}").parameters == {"MGP-1": {"start": "2026-01-01"}}


CLUSTER = "clusters:\n  dc1:\n    address: http://a\n"
GATEWAY = CLUSTER + "    gateways:\n    - service: a\n      token: "
ACCESSOR = "9f0c1d2e-0000-4000-8000-00000000abcd"
HINTS = "one of accessor, policy, role and description: how to tell the gateway's ACL token"


@pytest.mark.parametrize(("written", "kept"), [("auto", "auto"), ("true", "always"), ("false", "never")])
def test_whether_acls_are_read(load: Load, written: str, kept: str) -> None:
    assert load(CLUSTER).clusters[0].acl == "auto"
    assert load(f"{CLUSTER}    collect: {{acl: {written}}}").clusters[0].acl == kept


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        (f"{{accessor: {ACCESSOR}}}", TokenHint("accessor", ACCESSOR)),
        ("{policy: mesh-gateway}", TokenHint("policy", "mesh-gateway")),
        ("{role: gateways}", TokenHint("role", "gateways")),
        ("{description: 'token of mesh-gateway/*'}", TokenHint("description", "token of mesh-gateway/*")),
    ],
)
def test_how_a_gateways_token_is_told(load: Load, written: str, hint: TokenHint) -> None:
    assert load(GATEWAY + written).clusters[0].gateways == (GatewayTarget("a", token=hint),)


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        (
            "clusters:\n  dc1:\n    adress: http://a",
            ":3: clusters.dc1.adress is not a known key",
            "Did you mean address?",
        ),
        ("cluster: {}", ":1: cluster is not a known key", "Did you mean clusters?"),
        (
            "xyz: {}",
            ":1: xyz is not a known key",
            "There are: clusters, parameters, rules, policies, waivers, store,",
        ),
        (CLUSTER + "    tls: {cafile: x}", ":4: clusters.dc1.tls.cafile is not a known key", "Did you mean ca_file?"),
        ("rules: {disable: []}", ":1: rules.disable is not a known key", "Did you mean disabled?"),
        ("engine: {url: x}", ":1: engine.url is not a known key", "Did you mean opa_url?"),
        (CLUSTER + "    token: hunter2", ":4: clusters.dc1.token: a token may not stand in this file", "token_file"),
        ("hooks: []", ":1: hooks is not a known key", ""),
        ("clusters: {}", ":1: clusters has to be at least one cluster", ""),
        ("clusters:\n  dc1: {}", ":2: clusters.dc1 lacks address", ""),
        ("clusters:\n  dc1:\n", ":2: clusters.dc1 has to be a mapping", ""),
        ("clusters:\n  dc1:\n    address: 7", ":3: clusters.dc1.address has to be http://HOST", ""),
        ("clusters:\n  dc1:\n    address: a:1", ":3: the address 'a:1' has no scheme", "Write http://"),
        ("clusters:\n  d c: {address: 'http://a'}", ":1: clusters has the key 'd c', which is not a name", ""),
        ('clusters:\n  "dc1\\n": {address: "http://a"}', ":1: clusters has the key 'dc1\\n'", ""),
        (CLUSTER + "    token_file: a\n    token_env: B", "may have only one of token_file and token_env", ""),
        (CLUSTER + "    token_file: ''", ":4: clusters.dc1.token_file has to be the path of a file", ""),
        (CLUSTER + "    token_env: A B", ":4: clusters.dc1.token_env has to be the name of an environment", ""),
        (CLUSTER + "    tls: {ca_file: a, ca_path: b}", ":4: clusters.dc1.tls may have only one of ca_file and", ""),
        (CLUSTER + "    tls: {cert_file: a}", ":4: clusters.dc1.tls needs both or none of cert_file and key_file", ""),
        (CLUSTER + "    tls: {verify: 'no'}", ":4: clusters.dc1.tls.verify has to be true or false", ""),
        (CLUSTER + "    probe: 'yes'", ":4: clusters.dc1.probe has to be true or false", ""),
        (CLUSTER + "    gateways: [{}]", ":4: clusters.dc1.gateways.0 lacks service", ""),
        (CLUSTER + "    gateways: [{service: a, admin: x}]", "gateways.0.admin is not a known key", "envoy_admin"),
        (CLUSTER + "    gateways: [{service: a, envoy_admin: {n: 'http://a'}}]", "of the form NODE/SERVICE_ID", ""),
        (
            CLUSTER + "    gateways: [{service: a, envoy_admin: {n/a: x}}]",
            ":4: the address 'x' has no scheme",
            "http://",
        ),
        (CLUSTER + "    control_plane_via_gateways: yes", "gateways has to be required or optional", ""),
        (
            CLUSTER + "    peers:\n    - dc1",
            ":4: clusters.dc1.peers names the cluster itself",
            "Name the other clusters",
        ),
        (CLUSTER + "    peers:\n    - dc2\n    - d c", ":6: clusters.dc1.peers.1 has to be a name", ""),
        (CLUSTER + "    peers: [dc2, dc2]", ":4: clusters.dc1.peers has to be a list of cluster names, none twice", ""),
        (
            CLUSTER + "    gateways: [{service: a, attest: {envoy_version: '1.35'}}]",
            ":4: clusters.dc1.gateways.0.attest.envoy_version has to be a version x.y.z",
            "",
        ),
        (
            GATEWAY + "hunter2",
            ":6: clusters.dc1.gateways.0.token has to be " + HINTS,
            "No token may stand in this file",
        ),
        (GATEWAY + "[hunter2]", "gateways.0.token has to be " + HINTS, "No token may stand in this file"),
        (GATEWAY + "{}", ":6: clusters.dc1.gateways.0.token has to be " + HINTS, "docs/configuration.md"),
        (GATEWAY + "{policy: hunter2, role: b}", "gateways.0.token has to be " + HINTS, "docs/configuration.md"),
        (GATEWAY + "{secret: hunter2}", "gateways.0.token.secret is not a known key", "accessor"),
        (GATEWAY + "{policy: ''}", "gateways.0.token.policy has to be the name of a policy", ""),
        (GATEWAY + "{role: 7}", "gateways.0.token.role has to be the name of a role", ""),
        (GATEWAY + "{description: ''}", "gateways.0.token.description has to be a token's description", ""),
        (GATEWAY + "{accessor: hunter2}", "token.accessor has to be an accessor id, which is no secret", ""),
        (GATEWAY + f"{{accessor: {ACCESSOR.upper()}}}", "token.accessor has to be an accessor id", ""),
        (CLUSTER + "    collect: {acl: 'yes'}", ":4: clusters.dc1.collect.acl has to be auto, true or false", ""),
        (CLUSTER + "    collect: {acl: 1}", ":4: clusters.dc1.collect.acl has to be auto, true or false", ""),
        (CLUSTER + "    collect: {acls: true}", "collect.acls is not a known key", "Did you mean acl?"),
        (CLUSTER + "    collect: true", ":4: clusters.dc1.collect has to be a mapping of settings", ""),
        ("parameters: {mgp: {}}", ":1: parameters has the key 'mgp', which is not a rule id", ""),
        ("parameters: {MGP-1: 7}", ":1: parameters.MGP-1 has to be values of parameters", ""),
        ("parameters: {MGP-1: {a: null}}", ":1: parameters.MGP-1.a has to be text, a number", ""),
        ("parameters: {MGP-1: {a: .inf}}", ":1: .inf is no number here", "finite"),
        ("parameters: {MGP-1: {a: .NaN}}", ":1: .NaN is", ""),
        ("parameters: {MGP-1: {a: !!binary aGk=}}", "has to be text, a number", ""),
        ("parameters: {MGP-1: {a: !!set {x}}}", "has to be text, a number", ""),
        ("rules: {severity: {MGP-1: fatal}}", ":1: rules.severity.MGP-1 has to be critical, high", ""),
        ("rules: {disabled: [MGP-1, MGP-1]}", ":1: rules.disabled has to be a list of rule ids, none twice", ""),
        ("store: {retention: 1d}", ":1: store lacks path", ""),
        ("store: {path: ''}", ":1: store.path has to be", ""),
        ("store: {path: f, retention: 90}", ":1: store.retention has to be a number of days such as 90d", ""),
        ("store: {path: f, retention: 0d}", ":1: store.retention has to be a number of days such as 90d", ""),
        ("store: {path: f, file: f}", ":1: store.file is not a known key", ""),
        ("store: null", ":1: store has to be a mapping of settings, path among them", ""),
        ("engine: {kind: rego}", ":1: engine.kind has to be auto, embedded or opa", ""),
        ("engine: {opa_url: 'http://me:hunter2@opa'}", ":1: engine.opa_url has to be an http://, https:// or", ""),
        ("engine: {opa_url: 'ftp://opa'}", ":1: engine.opa_url has to be an http://, https:// or", ""),
        ("engine: {token: hunter2}", ":1: engine.token: a token may not stand in this file", "token_file"),
        ("engine: {token_file: a, token_env: B}", ":1: engine may have only one of token_file and token_env", ""),
        ("engine: {cert_file: a}", ":1: engine needs both or none of cert_file and key_file", ""),
        ("rules: {}\nrules: {}", ":2: 'rules' stands twice", "Remove one"),
        (CLUSTER + "    address: http://b", ":4: 'address' stands twice", "Remove one"),
        ("on: 1", ":1: a key is not text", "quotes"),
        ("rules: {? [a] : 1}", ":1: a key is not text", "quotes"),
        ("rules: &r {}\nengine: *r", ":2: aliases (*name) are not supported", "Write the value out"),
        ("<<: {rules: {}}", ":1: a key is not text", ""),
        ("a: b: c", ":1 is not YAML: mapping values are not allowed here", "docs/configuration.md"),
        ("a: [hunter2", "is not YAML", ""),
        ("rules: {}\n---\nrules: {}", "is not YAML", ""),
        ("rules: !!python/object/apply:os.system [true]", "is not YAML: could not determine a constructor", ""),
        ("[" * 3000 + "]" * 3000, " is nested too deeply", ""),
        ("a: \x00", "is not YAML", ""),
        ("- a", ":1: the file has to be a mapping", ""),
        ("# nothing\n", ":1: the file has to be a mapping", ""),
    ],
)
def test_refusals_name_place_reason_and_next_step(load: Load, text: str, message: str, advice: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load(text)
    assert message in refusal.value.message
    assert advice in refusal.value.advice
    assert refusal.value.advice
    assert "hunter2" not in str(refusal.value)
    assert "config.yaml" in refusal.value.message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"a: \xe9")
    (tmp_path / "large").write_bytes(b"#" * (2**20 + 1))
    for name, part in (("none", "No such file"), ("latin", "not UTF-8"), ("large", "larger than 1 MiB")):
        with pytest.raises(ConfigError, match=part) as refusal:
            load_config(tmp_path / name)
        assert name in refusal.value.message


def test_findings_with_series_of_their_own(load: Load) -> None:
    assert load("serve: {per_finding_series: 200}").finding_series == 200
    assert load("serve: {}").finding_series == 0
    for wrong in ("0", "10001", "1.5", "true", "many"):
        with pytest.raises(ConfigError, match="has to be a whole number from 1 to 10000"):
            load(f"serve: {{per_finding_series: {wrong}}}")
