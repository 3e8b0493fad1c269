"""A rule of others reaches its input and nothing else: no network, no file, no secret, no package of ours."""

from pathlib import Path

import pytest

from scanner.errors import PolicyError
from scanner.evaluate.policies import Policy, PolicySet, load_policies, shipped_policies
from scanner.evaluate.portable import check_portable, portable_faults
from tests.opa_server import OPA, opa
from tests.tools.gate import need_tools

HEAD = "package compliance.lib.x\n\n"

NETWORK = [
    'http.send({"method": "get", "url": "http://127.0.0.1:1"})',
    'net.lookup_ip_addr("localhost")',
    "opa.runtime()",
    'io.jwt.decode_verify("a.b.c", {"secret": "s"})',
    "crypto.x509.parse_certificates(input.pem)",
    'rand.intn("a", 9)',
    "time.now_ns()",
    "uuid.rfc4122(input.seed)",
]


def refused(code: str) -> list[str]:
    return [str(fault) for fault in portable_faults([Policy("x.rego", HEAD + code + "\n")])]


@pytest.mark.parametrize("call", NETWORK)
def test_what_reaches_out_is_refused_by_name(call: str) -> None:
    name = call.partition("(")[0]

    assert refused(f"a := {call}") == [
        f"x.rego:3: {name} is no function here and no portable builtin; see docs/engines.md for those"
    ]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ('a := http["send"]({})', "a function is called by a computed name"),
        ("a if count({}) with count as http.send", "with may replace the input alone: never a function, nor data"),
        ("a if f(1) with data.compliance.lib.x.f as opa.runtime", "with may replace the input alone"),
        ("a := data.secrets.token", "data.secrets.token is no package of these policies"),
        ('a := data["secrets"]', "data is no package of these policies"),
        ("import data.secrets", "data.secrets is no package of these policies"),
        ("import data as d", "data is no package of these policies"),
    ],
)
def test_the_ways_around_a_name_are_refused(code: str, reason: str) -> None:
    assert any(fault.startswith(f"x.rego:3: {reason}") for fault in refused(code))


@pytest.mark.parametrize(
    "code",
    [
        "a if input.b with input as {}",
        "a if input.b with input.b as 1",
        "a := data.compliance.lib.x.b",
        "a := data.compliance",
        'a := {"data": input.data, "with": "data.x"}',
    ],
)
def test_what_stays_inside_is_not(code: str) -> None:
    check_portable(PolicySet((Policy("x.rego", f"{HEAD}{code}\n"),)))


@pytest.mark.integration
@pytest.mark.parametrize(
    "body", ['http["send"](input)', "count(input) with count as http.send", 'net.lookup_ip_addr("localhost")']
)
def test_opa_itself_takes_each_without_a_word(body: str, tmp_path: Path) -> None:
    need_tools(OPA)
    (tmp_path / "x.rego").write_text(f"package x\n\na if {{\n\t{body}\n}}\n")

    assert opa("check", "--strict", str(tmp_path)).stderr == ""


@pytest.mark.parametrize(
    "package",
    [
        "compliance.rules.mesh.mesh_entry",
        "compliance.rules.mesh.mesh_entry # ours",
        "compliance.rules.mesh",
        "compliance.rules.mesh.mesh_entry.more",
        "compliance",
        "compliance.main",
    ],
)
def test_a_package_that_is_ours_or_holds_ours_or_lies_in_ours_is_refused(package: str, tmp_path: Path) -> None:
    (tmp_path / "theirs.rego").write_text(f"# why\npackage {package}\n")

    with pytest.raises(PolicyError, match="would shadow compliance/"):
        load_policies([shipped_policies(), tmp_path])


@pytest.mark.parametrize(
    "text",
    [
        'package compliance["rules"].mesh.mesh_entry\n',
        "package\n  compliance.rules.mesh.mesh_entry\n",
        'package compliance["rules"].mesh.mesh_entry\n\na := `\npackage harmless\n`\n',
        "",
    ],
)
def test_a_package_that_is_not_plain_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "theirs.rego").write_text(text)

    with pytest.raises(PolicyError, match=r"theirs\.rego: it has to start with `package`"):
        load_policies([shipped_policies(), tmp_path])
