"""What the portable subset refuses, the two engines really answer differently, or one of them not at all."""

import json
from pathlib import Path

import pytest

from scanner.errors import PolicyError, ScanError
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import Policy, PolicySet
from scanner.evaluate.portable import check_portable
from tests.opa_server import OPA, opa
from tests.tools.gate import need_tools

FAILED = "failed"

WALK = 'a := [v | [_, v] := walk({"b": 1})]'
DEAD_BRANCH = "a := 2\n\nb if {\n\tfalse\n\tnever_defined(1)\n}"
NOT_IN_EVERY = 'd := {"x": true}\n\na if {\n\tevery b in ["c"] {\n\t\tnot d[b]\n\t}\n}'
SCHEMA = 'a := json.match_schema({"a": 1}, {"properties": {"a": {"type": "string"}}})[1][0].field'
CIDR = 'a := net.cidr_merge(["10.0.0.0/9", "10.128.0.0/9"])'
UNDEFINED_LAST = 'a := count(b)\n\nb contains c.d if {\n\tsome c in [{"d": 1}, {}]\n}'
UNDEFINED_FIRST = UNDEFINED_LAST.replace('[{"d": 1}, {}]', '[{}, {"d": 1}]')
UNDEFINED_BEFORE_ELSE = "a := f({})\n\nf(b) := b.c if {\n\ttrue\n} else := 1"
HTTP = 'a := http.send({"method": "get", "url": "http://127.0.0.1:1", "raise_error": false}).status_code'


@pytest.fixture(autouse=True, scope="module")
def _tools() -> None:
    need_tools(OPA)


def by_opa(text: str, folder: Path) -> object:
    (folder / "x.rego").write_text(text)
    said = opa("eval", "--format", "json", "--strict-builtin-errors", "--data", str(folder / "x.rego"), "data.x.a")
    found = json.loads(said.stdout)
    return found["result"][0]["expressions"][0]["value"] if "result" in found else FAILED


def by_regorus(text: str, engine: Engine) -> object:
    try:
        return engine.evaluate("x.a", b"{}", [Policy("x.rego", text)])
    except ScanError:
        return FAILED


@pytest.mark.parametrize(
    ("code", "regorus", "opa_says"),
    [
        (WALK, [], [{"b": 1}, 1]),
        (DEAD_BRANCH, 2, FAILED),
        (NOT_IN_EVERY, FAILED, True),
        (UNDEFINED_LAST, 0, 1),
        (UNDEFINED_FIRST, FAILED, 1),
        (UNDEFINED_BEFORE_ELSE, FAILED, 1),
        (HTTP, FAILED, 0),
        (SCHEMA, FAILED, "a"),
        (CIDR, FAILED, ["10.0.0.0/8"]),
        ("a := rego.metadata.rule()", FAILED, {}),
        ("a := array.flatten([1, [2]])", FAILED, [1, 2]),
        ('a := crypto.md5("a")', FAILED, "0cc175b9c0f1b6a831c399e269772661"),
        ('a := json.marshal("<")', '"<"', '"\\u003c"'),
        ('a := yaml.marshal({"a": "yes"})', "a: yes\n", 'a: "yes"\n'),
        ('a := strings.count("aaa", "aa")', 2, 1),
        ('a := trace("x")', "x", True),
        ("a := equal(1, 1)", FAILED, True),
        ('a := $"x{1 + 1}"', FAILED, "x2"),
        ("a := $`x{1 + 1}`", FAILED, "x2"),
        ('a := sprintf("%t", [true])', "", "%!t(string=true)"),
        ('a := sprintf("%.1f", [1.25])', "1.3", "1.2"),
        ('a := sprintf("%e", [12.5])', "1.25e1", "1.250000e+01"),
        ('a := sprintf("%g", [12.5])', "1.25e1", "12.5"),
        ('a := sprintf("%x", ["a"])', "", "61"),
        ('a := sprintf("%T", ["a"])', FAILED, "string"),
        ('a := sprintf("%+d", [1])', FAILED, "+1"),
        ('a := sprintf("%-5s|", ["a"])', "5s|", "a    |"),
        ("a := regex.match(`^\\d$`, `\u0661`)", True, False),
        ("a := regex.match(`^\\w$`, `é`)", True, False),
        ("a := regex.match(`^\\s$`, `\u2003`)", True, False),
        ("a := regex.match(`^é\\b`, `é!`)", True, False),
        ("a := regex.match(`\\D`, `\u0661`)", False, True),
        ("a := regex.match(`\\W`, `é`)", False, True),
        ("a := regex.match(`\\S`, `\u2003`)", False, True),
        ("a := regex.match(`^é\\B`, `é!`)", False, True),
    ],
)
def test_what_is_refused_differs(
    embedded: Engine, tmp_path: Path, code: str, regorus: object, opa_says: object
) -> None:
    text = f"package x\n\n{code}\n"

    first, second = by_regorus(text, embedded), by_opa(text, tmp_path)

    assert regorus != opa_says
    assert (first, second) == (regorus, opa_says)
    with pytest.raises(PolicyError, match=r"x\.rego:\d+: "):
        check_portable(PolicySet((Policy("x.rego", text),)))


@pytest.mark.parametrize("keyword", ["in", "if", "else", "some", "not", "with", "as"])
def test_a_keyword_in_a_reference_is_refused_though_these_two_versions_agree(
    embedded: Engine, tmp_path: Path, keyword: str
) -> None:
    text = f'package x\n\no := {{"{keyword}": 1}}\n\na := o.{keyword}\n'

    assert by_regorus(text, embedded) == by_opa(text, tmp_path) == 1
    with pytest.raises(PolicyError, match=f"keyword {keyword} in a reference"):
        check_portable(PolicySet((Policy("x.rego", text),)))
