"""A head that may be undefined is refused: regorus loses a whole set for one such element."""

import pytest

from scanner.errors import PolicyError
from scanner.evaluate.policies import Policy, PolicySet
from scanner.evaluate.portable import check_portable

HEAD = "package compliance.rules.x.y\n\nimport data.compliance.lib.y\n\n"
LIBRARY = Policy("y.rego", "package compliance.lib.y\n\nknown(a) := a\n")
EACH = "if {\n\tsome c, _ in input.clusters\n}\n"
ELEMENT = "an element that may be undefined, which makes the whole rule so in regorus"
BRANCH = "a value that may be undefined, after which regorus does not go on to else"


def check(code: str) -> None:
    check_portable(PolicySet((LIBRARY, Policy("x.rego", HEAD + code + "\n"))))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (f"a contains input.clusters[c].mesh {EACH}", ELEMENT),
        (f'a contains {{"s": c, "e": input.clusters[c].mesh}} {EACH}', ELEMENT),
        (f'a contains {{\n\t"s": c,\n\t"e": [input.clusters[c]],\n}} {EACH}', ELEMENT),
        (f"a contains y.known(c) {EACH}", ELEMENT),
        (f"a contains known(c) {EACH}\nknown(b) := b", ELEMENT),
        (f'a contains sprintf("%s", [c.name]) {EACH}', ELEMENT),
        (f"a contains max([1, 2]) {EACH}", ELEMENT),
        (f'a contains {{"s": c, "limit": limit}} {EACH}\nlimit := input.limit', ELEMENT),
        ("a contains c.name if some c in input.clusters", ELEMENT),
        (f"a[c] := input.clusters[c].mesh {EACH}", ELEMENT),
        (f"a[c] contains input.clusters[c].mesh {EACH}", ELEMENT),
        ("a(b) := b.c if {\n\tb.d\n} else := null", BRANCH),
        ("a(b) := 1 if {\n\tb.d\n} else := y.known(b) if {\n\tb.e\n} else := null", BRANCH),
        ("a := input.b if {\n\tinput.c\n} else := null", BRANCH),
    ],
)
def test_a_head_that_may_be_undefined_is_refused(code: str, reason: str) -> None:
    with pytest.raises(PolicyError) as refused:
        check(code)

    assert f": {reason}; " in str(refused.value)
    assert len(str(refused.value).splitlines()) == 2


def test_the_line_is_that_of_the_head() -> None:
    with pytest.raises(PolicyError) as refused:
        check("b := 1\n\na(b) := 1 if {\n\tb.d\n} else := b.c if {\n\tb.e\n} else := null")

    assert "x.rego:9: " in str(refused.value)


@pytest.mark.parametrize(
    "code",
    [
        "a contains x if {\n\tsome c, _ in input.clusters\n\tx := input.clusters[c].mesh\n}",
        f'a contains {{"s": c, "message": sprintf("%s %d", [c, 1])}} {EACH}',
        f"a contains [x | some x in input.clusters[c].mesh] {EACH}",
        f"a contains {{x: v.y | some x, v in input.clusters[c].mesh}} {EACH}",
        'a["one"] := floor(2)',
        'a contains "input.b" if input.b',
        "a(b) := c if {\n\tc := b.c\n} else := b.d",
        "a(b) := {b.c | b.d} if {\n\tb.e\n} else := null",
        "a(b) := b.c if b.d\n\nd if {\n\tinput.d\n} else := false",
        "a := input.b.c",
    ],
)
def test_what_is_there_whenever_its_body_holds_is_not(code: str) -> None:
    check(code)
