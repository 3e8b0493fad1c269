"""`consul-scan init`: what it writes can be used as it is, whatever things are called."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.cli import init
from scanner.cli.main import exit_code
from scanner.collect.address import parse_address
from scanner.collect.credentials import BasicAuth, TokenFile, TokenVariable
from scanner.collect.target import ClusterTarget, Tls
from scanner.config import checked_text, load_config
from scanner.config.draft import draft, quoted
from scanner.model.document import Json
from tests.policies.cases import DATA

TARGET = ClusterTarget("dc2", parse_address("http://127.0.0.1:8500"))

EXAMPLE = re.compile(r" *# (envoy_admin:|  (\? |: |\").*)")
"""A commented line about Envoys: the key, a long name, what follows it, or both on one line."""


def recorded() -> Json:
    state: Json = json.loads((DATA / "healthy-pair.json").read_text())["clusters"]["dc2"]
    return state


def loaded(text: str, folder: Path) -> ClusterTarget:
    path = folder / "c.yaml"
    path.write_text(text)
    assert checked_text(path)[1] == []
    return load_config(path, {}).clusters[0]


def completed(text: str) -> str:
    """Return the draft with its commented examples of Envoys and the first token taken in."""
    lines = text.splitlines()
    token = next(at for at, line in enumerate(lines) if line.strip().startswith("# token: "))
    wanted = {at for at, line in enumerate(lines) if EXAMPLE.fullmatch(line)} | {token}
    return "\n".join(line.replace("# ", "", 1) if at in wanted else line for at, line in enumerate(lines)) + "\n"


def test_a_draft_tells_what_consul_tells(tmp_path: Path) -> None:
    text = draft(TARGET, recorded())
    target = loaded(text, tmp_path)

    assert (target.name, target.address.text, target.declared_peers) == ("dc2", "http://127.0.0.1:8500", ("dc1",))
    assert [gateway.service for gateway in target.gateways] == ["mesh-gateway"]
    assert '    # datacenter "dc2", Consul edition "ce", trust domain "' in text
    assert '    # Peering "dc1": "ACTIVE", as "dialer"\n' in text
    assert '  # "dc1":\n  #   address: https://HOST:8501' in text
    assert "Not read" not in text


def test_what_is_commented_can_be_taken_in(tmp_path: Path) -> None:
    text = completed(draft(TARGET, recorded())).replace("HOST", "127.0.0.1")

    gateway = loaded(text, tmp_path).gateways[0]

    assert gateway.envoy_admin == {"dc2-server-1/mesh-gateway": parse_address("http://127.0.0.1:19000")}
    assert gateway.token is not None
    assert gateway.token.value == next(iter(recorded()["acl"]["tokens"]))
    assert 'described as "gateway", policy "gateway"' in text


def test_how_the_cluster_was_reached_stands_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tls = Tls(Path("ca.pem"), None, Path("c.pem"), Path("k.pem"), "server.dc1.consul", verify=False)
    target = ClusterTarget("dc1", parse_address("https://[::1]:8501/consul"), TokenFile(Path("a b.token")), tls=tls)

    (tmp_path / "elsewhere").mkdir()

    found = loaded(draft(target, recorded()), tmp_path / "elsewhere")

    assert found.address == target.address
    assert found.token == TokenFile(tmp_path / "a b.token")
    names = {"ca_file": "ca.pem", "cert_file": "c.pem", "key_file": "k.pem"}
    paths = {key: tmp_path / name for key, name in names.items()}
    assert found.tls == Tls(**paths, server_name="server.dc1.consul", verify=False)
    assert found.declared_peers == (), "dc1 cannot be its own peer"


def test_a_variable_a_ca_folder_and_what_has_no_place_in_a_file(tmp_path: Path) -> None:
    target = ClusterTarget(
        "dc2",
        parse_address("unix:///run/consul.sock"),
        TokenVariable("CONSUL_HTTP_TOKEN", {"CONSUL_HTTP_TOKEN": "hunter2"}),
        BasicAuth("user", "hunter3"),
        Tls(ca_path=tmp_path / "cas"),
    )

    text = draft(target, recorded())
    found = loaded(text, tmp_path)

    assert isinstance(found.token, TokenVariable)
    assert found.token.name == "CONSUL_HTTP_TOKEN"
    assert found.tls == Tls(ca_path=tmp_path / "cas")
    assert "have no place in a config file" in text
    assert "hunter" not in text


def test_of_two_ways_to_trust_the_file_wins(tmp_path: Path) -> None:
    tls = Tls(ca_file=tmp_path / "ca.pem", ca_path=tmp_path)
    target = ClusterTarget("dc2", parse_address("https://127.0.0.1:1"), tls=tls)

    assert loaded(draft(target, recorded()), tmp_path).tls == Tls(ca_file=tmp_path / "ca.pem")


def test_what_could_not_be_read_is_told_with_what_to_grant(tmp_path: Path) -> None:
    state = recorded()
    for section in ("gateways", "peerings", "acl"):
        state[section] = None
        state["collection"][section] |= {"status": "denied", "detail": "no:\nnever", "missing": ["service:read"]}
    text = draft(TARGET, state)

    assert loaded(text, tmp_path).gateways == ()
    assert '    # Not read: peerings (denied): "no:\\nnever"\n' in text
    assert '    # The scanner\'s token lacks "service:read": `consul-scan policy` prints' in text


@pytest.mark.parametrize(("status", "told"), [("off", True), ("disabled", False)])
def test_acls_that_were_not_read_are_told_unless_they_are_off(tmp_path: Path, status: str, *, told: bool) -> None:
    state = recorded()
    state["acl"] = None
    state["collection"]["acl"] |= {"status": status, "detail": "why"}
    text = draft(TARGET, state)

    assert loaded(text, tmp_path).gateways[0].service == "mesh-gateway"
    assert ('Its ACL token was not looked for: "why"; see' in text) is told


def test_partitions_roles_and_many_tokens(tmp_path: Path) -> None:
    state = recorded()
    key, gateway = next(iter(state["gateways"].items()))
    state["gateways"][key] = gateway | {"partition": "p", "namespace": "n"}
    accessor = next(iter(state["acl"]["tokens"]))
    state["acl"]["gateways"][key]["tokens"][accessor] = 7
    state["acl"]["tokens"][accessor] |= {"roles": ["r1", "gone"]}
    state["acl"]["roles"] = {"r1": {"name": "gateways"}}
    peering = next(iter(state["peerings"].values()))
    state["peerings"] |= {"x": peering | {"name": "gone", "deleted": True}, "y": peering | {"name": "a b"}}
    text = draft(TARGET, state)
    found = loaded(text, tmp_path)

    assert (found.gateways[0].partition, found.gateways[0].namespace) == ("p", "n")
    assert 'role "gateways", role "gone", and 7 more like it' in text
    assert found.declared_peers == ("dc1",)


NAMES = st.text(min_size=1)


@settings(max_examples=50, deadline=None)
@example(service="\U0001f600" * 500, node="\U0001f600" * 500, policy="\u2028#", detail="\ud800\x1b]0;\x07")
@given(service=NAMES, node=NAMES.filter(lambda name: "/" not in name), policy=NAMES, detail=st.text())
def test_any_name_stays_a_name(
    tmp_path_factory: pytest.TempPathFactory, service: str, node: str, policy: str, detail: str
) -> None:
    state = recorded()
    gateway = next(iter(state["gateways"].values()))
    instance = next(iter(gateway["instances"].values()))
    gateway |= {"service": service, "instances": {f"{node}/x": instance}}
    for one in state["acl"]["policies"].values():
        one["name"] = policy
    for one in state["acl"]["tokens"].values():
        one["description"] = policy
    state["collection"]["servers"] |= {"status": "error", "detail": detail}
    state["trust_domain"] = detail
    for one in state["peerings"].values():
        one["name"] = service
    text = completed(draft(TARGET, state)).replace("HOST", "127.0.0.1")

    found = loaded(text, tmp_path_factory.mktemp("draft")).gateways

    assert [(one.service, list(one.envoy_admin)) for one in found] == [(service, [f"{node}/x"])]
    assert all(character == "\n" or " " <= character <= "~" for character in text)


@settings(deadline=None)
@given(st.text(alphabet=st.characters()))
def test_what_is_quoted_reads_back(text: str) -> None:
    assert "\n" not in quoted(text)
    assert yaml.safe_load(quoted(text)) == text


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run init against a cluster that tells what was recorded."""

    def read(config: object, report: object) -> Json:
        del report
        (target,) = config.clusters  # type: ignore[attr-defined]
        return {"clusters": {target.name: recorded()}}

    monkeypatch.setattr(init, "live_snapshot", read)
    monkeypatch.setenv("CONSUL_SCAN_CONFIG", "/nowhere.yaml")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = exit_code(["init", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_the_cluster_of_the_environment_is_called_as_its_datacenter(run: Run) -> None:
    code, out, _ = run()

    assert code == 0
    assert '\n  "dc2":\n' in out


def test_peers_may_be_of_another_file(run: Run) -> None:
    _, out, _ = run()

    assert "# clusters it is to be peered with; Consul calls the peerings so" in out


def test_a_flag_names_the_cluster(run: Run) -> None:
    assert '\n  "mine":\n' in run("--cluster", "mine=http://127.0.0.1:1")[1]


def test_a_file_is_never_overwritten(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"

    assert run("-o", str(path))[0] == 0
    first = path.read_text()
    code, _, err = run("-o", str(path))

    assert code == 2
    assert "cannot be written" in err
    assert "File exists\n  -> Remove it first, or name another file" in err
    assert path.read_text() == first
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    code, _, err = run("-o", str(tmp_path / "no" / "c.yaml"))

    assert code == 2
    assert "Make its folder first" in err


def test_one_cluster_is_enough(run: Run) -> None:
    code, _, err = run("--cluster", "a=http://127.0.0.1:1", "--cluster", "b=http://127.0.0.1:1")

    assert code == 2
    assert "init begins with one cluster" in err


def test_a_cluster_that_is_gone_ends_in_4_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.yaml"

    assert exit_code(["init", "--cluster", "a=http://127.0.0.1:1", "-o", str(path)]) == 4
    assert "http://127.0.0.1:1 could not be read: " in capsys.readouterr().err
    assert not path.exists()
