"""Policies say to us what they say to Consul; and what has no effect in them is told."""

import pytest

from scanner.acl.policy import parse_policy
from scanner.acl.rules import Rule
from scanner.errors import AclPolicyError, HclError
from scanner.hcl.position import Position
from tests.acl_texts import AclText, corpus, said


@pytest.mark.parametrize("known", corpus(), ids=lambda known: repr(known.text)[:60])
def test_says_what_it_says_to_consul(known: AclText) -> None:
    if known.says is None:
        with pytest.raises(HclError):
            parse_policy(known.text)
    else:
        assert said(parse_policy(known.text)) == known.says


def test_a_rule_knows_all_of_itself() -> None:
    (rule,) = parse_policy('# who\nservice_prefix "web-" {\n  policy = "write"\n  intentions = "Read"\n}').rules
    assert rule == Rule("service", "prefix", "web-", "write", "Read", Position(2, 16))


def test_labels_come_before_blocks_without_as_consul_merges_them() -> None:
    rules = parse_policy('node { a { policy = "Read" } }\nnode "a" { policy = "Deny" }').rules
    assert [rule.level for rule in rules] == ["Deny", "Read"]


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ('foo = 1\nmesh = "read"', ["unknown key foo"]),
        ('partition_prefix "" { peering = "read" }', ['partition_prefix ""']),
        ('identity "a" { policy = "x" }', ['identity "a"']),
        ('peering = "Read"', ['peering = "Read"']),
        ('peering = ""', ['peering = ""']),
        ('{"peering": null}', ["peering = null"]),
        ('mesh = "read"\nMESH = "write"', ['mesh = "read"']),
        ('key "a" { policy = "read" sentinel { } }', ['sentinel in key "a"']),
        ('agent "a" { policy = "read" intentions = "read" }', ['intentions in agent "a"']),
        ('node "a" "b" "c" { policy = "read" }', ['the labels "b" "c" of node "a"']),
        ('node "a" { Policy = "read"\npolicy = "write" }', ['policy = "read" in node "a"']),
        (r'node "\xff" { policy = "read" }', [r'node "\xff"']),
        (r'node_prefix "\xff" { policy = "read" }', [r'node_prefix "\xff"']),
        (r'node "a\303" { policy = "read" }', [r'node "a\303"']),
        ('{"mesh": "read" "acl": "read"}', ["\"acl\" ends an object: ',' or '}' was expected", "what stands after"]),
        ('{"mesh": }', ["what stands before '}', where a value was expected"]),
        ('{"mesh"', ['"mesh" without a value']),
        ("mesh =", ["mesh without a value"]),
        ('{"mesh": "read"} and more', ["what stands after the object"]),
        ('{"mesh": "read",}', []),
    ],
)
def test_tells_what_has_no_effect(text: str, ignored: list[str]) -> None:
    told = [one.what for one in parse_policy(text).ignored]
    assert len(told) == len(ignored)
    assert all(what.startswith(part) for what, part in zip(told, ignored, strict=True))


def test_does_not_judge_what_only_enterprise_knows() -> None:
    text = 'namespace "a" { node "b" { policy = "read" } }'
    assert [one.judged for one in parse_policy(text).ignored] == [True]
    (told,) = parse_policy(text, edition="enterprise").ignored
    assert (told.judged, told.what) == (False, 'namespace "a"')
    assert "not judged" in told.why


@pytest.mark.parametrize(
    ("text", "level"),
    [('mesh = "read"\nmesh = "write"', "write"), ('node "a" { policy = "read"\npolicy = "write" }', "write")],
)
def test_a_stored_text_may_set_a_key_twice(text: str, level: str) -> None:
    assert [rule.level for rule in parse_policy(text, strict=False).rules] == [level]
    with pytest.raises(HclError, match="set already"):
        parse_policy(text)


@pytest.mark.parametrize(
    ("text", "place", "parts"),
    [
        ('\nnode "a" { policy = "list" }', (2, 6), ["node \"a\" with level 'list'", "one of deny, read, write"]),
        ('key "a" { }', (1, 5), ['key "a" without a policy', "one of deny, list, read, write"]),
        ('node "a" "b" { policy = "read" }', (1, 6), ["second label", "one label"]),
        ('node "a" { policy = true }', (1, 12), ["policy with true", "a level in quotes"]),
        ('node "a" { policy "x" { } }', (1, 12), ["policy with a label"]),
        ("mesh { }", (1, 1), ["mesh with a block"]),
        ("mesh = []", (1, 1), ["mesh with a list"]),
        ('mesh = "all"', (1, 8), ["mesh with level 'all'"]),
        ('node = "a"', (1, 1), ['node with "a"', "a block with a name"]),
        ("node = [1]", (1, 1), ["node with a list"]),
        ("node { a = [] }", (1, 8), ["a with a list"]),
        ('service "a" { policy = "read" intentions = "list" }', (1, 9), ["level 'list'"]),
        (r'node_prefix "a\303" { policy = "read" }', (1, 13), ["ends within a character"]),
    ],
)
def test_says_why_a_text_is_no_policy(text: str, place: tuple[int, int], parts: list[str]) -> None:
    with pytest.raises(AclPolicyError) as caught:
        parse_policy(text)
    assert (caught.value.line, caught.value.column) == place
    assert all(part in str(caught.value) for part in parts)
