"""The portable subset: each construct that engines disagree on is refused, with its line and what to write instead."""

import pytest

from scanner.errors import PolicyError
from scanner.evaluate.policies import Policy, PolicySet
from scanner.evaluate.portable import check_portable

HEAD = "package compliance.lib.x\n\nimport data.compliance.lib.y\n\n"
LIBRARY = Policy("y.rego", "package compliance.lib.y\n\nknown(a) := a\n")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("a := [v | [_, v] := walk(input)]", "walk(x) as a value yields nothing in regorus"),
        ("a := [v | some [_, v] in walk(input.b)]", "walk(x) as a value yields nothing in regorus"),
        ("a := time.now_ns()", "time.now_ns is no function here and no portable builtin"),
        ("a := http.send({})", "http.send is no function here and no portable builtin"),
        ("a := rego.metadata.rule()", "rego.metadata.rule is no function here and no portable builtin"),
        ("a := y.unknown(1)", "y.unknown is no function here and no portable builtin"),
        ("a := never_defined(1)", "never_defined is no function here and no portable builtin"),
        ("a if {\n\tevery b in input.c {\n\t\tnot input.d[b]\n\t}\n}", "not inside every is false in regorus"),
        ('a if {\n\tevery b in {"c"} {\n\t\tnot input.d[b]\n\t}\n}', "not inside every is false in regorus"),
        ("a := input.in.b", "the keyword in in a reference is not known to every engine"),
        ('a := $"x{input.b}"', "string interpolation is not known to every engine"),
        ("a := $`x{input.b}`", "string interpolation is not known to every engine"),
        ('a := sprintf("%t", [true])', "sprintf's %t differs between engines"),
        ('a := sprintf("%.1f", [1.25])', "sprintf's %.1f differs between engines"),
        ("a := regex.match(`^\\d+$`, input.b)", "\\d in a pattern is Unicode in one engine and ASCII in the other"),
        ('a := regex.match("\\\\w", input.b)', "\\\\w in a pattern is Unicode in one engine and ASCII in the other"),
    ],
)
def test_what_engines_disagree_on_is_refused_with_its_line(code: str, reason: str) -> None:
    with pytest.raises(PolicyError) as refused:
        check_portable(PolicySet((LIBRARY, Policy("x.rego", HEAD + code + "\n"))))

    line = 5 + code.partition("every")[0].count("\n") if "every" in code else 5

    assert f"x.rego:{line}: {reason}; " in str(refused.value)


@pytest.mark.parametrize(
    "code",
    [
        "a := [v | walk(input, [_, v])]",
        'a := [v | walk({"b": [1, (2)]}, [_, v])]',
        "a := y.known(1)",
        "a if {\n\tnot input.b\n\tevery c in input.d {\n\t\tc == {1}\n\t}\n\tnot input.e\n}",
        "own(b) := b\n\na := own(2)",
        'a := "walk(x) %t http.send($)" # time.now_ns()',
        'a := sprintf("%s %d %v %q %%", ["b", 1, [], "c"])',
        "a := regex.match(`^[0-9]+$`, input.b)",
        'a := input["in"].b',
        "a := {x | some x in input.b}",
    ],
)
def test_what_engines_agree_on_is_not(code: str) -> None:
    check_portable(PolicySet((LIBRARY, Policy("x.rego", HEAD + code + "\n"))))


def test_every_fault_is_told() -> None:
    code = HEAD + "a := time.now_ns()\n\nb := input.if.c\n"

    with pytest.raises(PolicyError) as refused:
        check_portable(PolicySet((LIBRARY, Policy("x.rego", code))))

    assert [line.strip()[:9] for line in str(refused.value).splitlines()[1:]] == ["x.rego:5:", "x.rego:7:"]


def test_our_own_policies_are_portable(policy_set: PolicySet) -> None:
    assert len(policy_set.policies) > 10
    check_portable(policy_set)
