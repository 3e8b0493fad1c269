"""`consul-scan check-config`: every fault with its line, warnings, and what was understood."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.cli.main import exit_code

Check = Callable[[str], tuple[int, str]]

TOKEN = "5ec7e700-0000-4000-8000-000000000000"


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Check a config in a folder that has `token`, which is private, and say code and report without the folder."""
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o600)
    monkeypatch.delenv("CONSUL_SCAN_CONFIG", raising=False)

    def run(text: str) -> tuple[int, str]:
        (tmp_path / "c.yaml").write_text(text)
        code = exit_code(["check-config", str(tmp_path / "c.yaml")])
        return code, capsys.readouterr().out.replace(f"{tmp_path}/", "")

    return run


WHOLE = """
clusters:
  dc1:
    address: https://127.0.0.1:8501
    token_file: token
    tls: {verify: false}
    peers: [dc2, dc3]
    probe: true
    collect: {acl: true}
    gateways:
      - {service: gw, partition: p, namespace: n, attest: {proxy: envoy, envoy_version: "1.35.9"}}
      - {service: other, token: {policy: gateway}, envoy_admin: {n/i: "http://127.0.0.1:19000"}}
  dc2: {address: http://127.0.0.1:1, collect: {acl: false}}
rules: {disabled: [MGP-702], severity: {MGP-406: low}}
parameters: {MGP-406: {max_heartbeat_age_seconds: 60}}
engine: {opa_url: "http://127.0.0.1:1"}
"""

UNDERSTOOD = """\
c.yaml is right; no cluster was asked.
  cluster dc1: https://127.0.0.1:8501, token of file token, control plane via gateways required, peers dc2 dc3, \
its certificate is not verified, probed, ACLs read
    gateway p/n/gw: 0 Envoys to ask, token not named, attested envoy 1.35.9
    gateway other: 1 Envoy to ask, token by policy
  cluster dc2: http://127.0.0.1:1, no token, control plane via gateways required, ACLs not read
"""


def test_what_was_understood_is_told_and_nobody_is_asked(check: Check) -> None:
    code, told = check(WHOLE)

    assert code == 0, "nothing listens at any of these addresses"
    assert told.startswith(UNDERSTOOD)
    assert told.splitlines()[5:] == [
        f"  rules: {told.split('rules: ')[1].split()[0]} judge; off: MGP-702",
        "  severity: MGP-406 is low",
        "  parameters of MGP-406: max_heartbeat_age_seconds",
        "  engine: OPA at http://127.0.0.1:1, no token",
    ]
    assert TOKEN not in told


def test_a_config_without_clusters_is_for_snapshots(check: Check) -> None:
    code, told = check("rules: {disabled: []}\n")

    assert code == 0
    assert "clusters: none; it is for stored snapshots" in told
    assert told.endswith("engine: embedded\n")


def test_every_fault_of_the_shape_is_told_from_top_to_bottom(check: Check) -> None:
    code, told = check("clusters:\n  dc1: {adress: x, foo: 1}\nrulez: {}\nrules: {disabled: 3}\n")

    errors = [line for line in told.splitlines() if line.startswith("Error: ")]
    assert code == 2
    assert errors == [
        "Error: c.yaml:2: clusters.dc1.adress is not a known key",
        "Error: c.yaml:2: clusters.dc1.foo is not a known key",
        "Error: c.yaml:2: clusters.dc1 lacks address",
        "Error: c.yaml:3: rulez is not a known key",
        "Error: c.yaml:4: rules.disabled has to be a list of rule ids, none twice",
    ]
    assert "  -> Did you mean address?\n" in told


def test_every_bad_address_is_told(check: Check) -> None:
    code, told = check("clusters:\n  a: {address: ftp://x}\n  b: {address: http://x, peers: [b]}\n  c: {address: x}\n")

    assert code == 2
    assert [line.partition(" ")[2][:9] for line in told.splitlines() if line.startswith("Error")] == [
        "c.yaml:2:",
        "c.yaml:3:",
        "c.yaml:4:",
    ]


def test_rules_parameters_files_and_engine_are_all_told(check: Check) -> None:
    code, told = check(
        "clusters:\n"
        "  a: {address: http://x, token_file: nowhere}\n"
        "  b: {address: https://x, tls: {ca_file: token}}\n"
        "rules: {disabled: [MGP-301, MGP-333], severity: {MGP-444: low}}\n"
        "parameters:\n"
        "  MGP-555: {}\n"
        "  MGP-406: {max_age: 1, max_heartbeat_age_seconds: x}\n"
        "engine: {kind: opa}\n"
    )

    assert code == 2
    assert [line.partition(" [X509")[0] for line in told.splitlines() if line.startswith("Error: ")] == [
        "Error: c.yaml:4: There is no rule MGP-333",
        "Error: c.yaml:4: There is no rule MGP-444",
        "Error: c.yaml:6: There is no rule MGP-555",
        "Error: c.yaml:7: Rule MGP-406 has no parameter max_age",
        "Error: c.yaml:7: Parameter max_heartbeat_age_seconds of rule MGP-406 is 'x'",
        "Error: c.yaml:2: the token file nowhere cannot be read: No such file or directory",
        "Error: c.yaml:3: the CA file token cannot be used:",
        "Error: c.yaml:8: The engine opa needs an address",
    ]
    assert "Did you mean MGP-303?" in told


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        ("{opa_url: 'https://x', ca_file: token}", "the CA file token cannot be used"),
        ("{opa_url: 'http://x', ca_file: token}", "TLS files are given for http://x, which speaks no TLS"),
    ],
)
def test_what_opa_is_to_be_reached_by_is_tried_without_asking_it(check: Check, engine: str, told: str) -> None:
    code, report = check(f"engine: {engine}\n")

    assert code == 2
    assert f"Error: c.yaml:1: {told}" in report


def test_a_fault_of_a_policy_hides_no_other_but_what_its_rules_are_called(check: Check, tmp_path: Path) -> None:
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "x.rego").write_text("package compliance.rules.custom.x\n\nsubject contains 1 if {\n")

    code, told = check("policies: [extra]\nrules: {disabled: [ACME-1]}\nengine: {token_file: nowhere}\n")

    assert code == 2
    assert "Error: x.rego:1: " in told or "Error: extra/x.rego:1: " in told
    assert "ACME-1" not in told
    assert "Error: c.yaml:3: the token file nowhere" in told


def test_waivers_are_looked_at(check: Check, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("[]\n")
    code, told = check("waivers: w.yaml\n")
    assert code == 0
    assert "\n  waivers: w.yaml\n" in told

    (tmp_path / "w.yaml").write_text("- {id: 1}\n")
    code, told = check("rules: {}\nwaivers: w.yaml\n")
    assert code == 2
    assert told.startswith("Error: c.yaml:2: w.yaml:1: ")


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_a_folder_without_policies_is_a_fault(check: Check, folder: str) -> None:
    code, told = check(f"rules: {{}}\npolicies: [{folder}]\n")

    assert code == 2
    assert told.startswith("Error: c.yaml:2: There are no policies below ")


def test_what_others_may_read_is_a_warning(check: Check, tmp_path: Path) -> None:
    (tmp_path / "token").chmod(0o644)

    code, told = check("clusters:\n  a: {address: http://x, token_file: token}\nengine: {token_file: token}\n")

    assert code == 0
    warned = "Warning: c.yaml:{}: everybody on this machine may read token (mode 0644)\n  -> Run chmod 600 on token\n"
    assert told.startswith(warned.format(2) + warned.format(3) + "c.yaml is right")


def test_a_key_that_others_may_read_is_a_warning_even_where_it_is_none(check: Check, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    (tmp_path / "key.pem").chmod(0o604)

    code, told = check("clusters:\n  a: {address: https://x, tls: {cert_file: c.pem, key_file: key.pem}}\n")

    assert code == 2
    assert "Error: c.yaml:2: the client certificate c.pem cannot be used" in told
    assert "Warning: c.yaml:2: everybody on this machine may read key.pem (mode 0604)" in told


def test_a_variable_that_is_not_set_here_and_tls_without_https_are_warnings(check: Check) -> None:
    code, told = check("clusters:\n  a: {address: http://x, token_env: NO_SUCH, tls: {verify: false}}\n")

    assert code == 0
    assert "Warning: c.yaml:2: the environment name NO_SUCH holds no token\n" in told
    assert "Warning: c.yaml:2: TLS is set for http://x, which speaks none\n  -> Write https://" in told


@pytest.mark.parametrize(
    ("text", "told"), [("a: [", "c.yaml:1 is not YAML"), ("a: 1\na: 2\n", "c.yaml:2: 'a' stands twice")]
)
def test_what_is_no_yaml_is_told_alone(check: Check, text: str, told: str) -> None:
    code, report = check(text)

    assert code == 2
    assert report.startswith(f"Error: {told}")
    assert report.count("Error: ") == 1


def test_the_file_of_the_environment_is_checked(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check("rules: {}\n")
    monkeypatch.setenv("CONSUL_SCAN_CONFIG", str(tmp_path / "c.yaml"))

    assert exit_code(["check-config"]) == 0
    assert "is right" in capsys.readouterr().out


@pytest.mark.usefixtures("check")
def test_no_file_and_a_missing_file_are_refused(capsys: pytest.CaptureFixture[str]) -> None:

    assert exit_code(["check-config"]) == 2
    assert "No config file is named\n  -> Give FILE" in capsys.readouterr().err
    assert exit_code(["check-config", "/nowhere.yaml"]) == 2
    assert "/nowhere.yaml cannot be read" in capsys.readouterr().out
