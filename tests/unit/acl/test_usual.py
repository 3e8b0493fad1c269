"""What is read at once is what the reader of HCL says, and nearly all policies are read so."""

import random
import time

import pytest

from scanner.acl.policy import parse_policy, read_policy
from scanner.acl.rules import Policy
from scanner.acl.usual import usual_policy
from scanner.errors import HclError
from tests.untraced import untraced

MUTATED = 4000
RULES = [
    'service "web" { policy = "write" }',
    'service_prefix "" {\n  policy = "read" # all of them\n}',
    'key "a/b" { policy = "list" }',
    'node_prefix "n-1" {policy="deny"}',
    '// reads peerings\npeering = "read"',
    'operator = "write"',
    'acl = "deny"\n\n',
    'session "#1 // x" { policy = "read" }',
]
UNUSUAL = [
    'service "web" { policy = "list" }',
    'peering = "read"\npeering = "write"',
    'service "web" { policy = "write" intentions = "read" }',
    'service "web" "x" { policy = "write" }',
    'service "w\\"b" { policy = "write" }',
    'service "${x}" { policy = "write" }',
    'service "w\u00e9b" { policy = "write" }',
    'Service "web" { policy = "write" }',
    'service "web" { policy = "Write" }',
    'peering = "Read"',
    'service { web { policy = "write" } }',
    'service "web" { policy = "write" },',
    'service "web" { policy = "write" }\r\n',
    'peering = "read" /* all */',
    'identity "web" { policy = "write" }',
    'partition "x" { peering = "read" }',
    '{"peering": "read"}',
    'service "a\0b" { policy = "write" }',
    "# only a remark",
]
PARTS = [*'"{}=#/\\$\n\r\t ,', "policy", "read", "list", "peering", "key", "_prefix", "\u00e9", "\0", "Read", '"a"']


def mutated(seed: int) -> str:
    chance = random.Random(seed)
    text = "\n".join(chance.choice(RULES) for _ in range(chance.randint(0, 4)))
    for _ in range(chance.randint(0, 2)):
        at = chance.randint(0, len(text))
        text = text[:at] + chance.choice(PARTS) + text[at + chance.randint(0, 2) :]
    return text


def test_it_says_what_the_reader_of_hcl_says() -> None:
    texts = [mutated(seed) for seed in range(MUTATED)]
    read = {text: policy for text in texts if (policy := usual_policy(text)) is not None}

    assert len(read) > MUTATED // 10
    for text, policy in read.items():
        assert policy == read_policy(text, strict=True, edition="ce"), text
        assert policy == read_policy(text, strict=False, edition="enterprise"), text


@pytest.mark.parametrize("rule", RULES)
def test_what_people_write_is_read_at_once(rule: str) -> None:
    assert usual_policy(rule) == read_policy(rule, strict=True, edition="ce")


@pytest.mark.parametrize("text", UNUSUAL)
def test_anything_else_is_left_to_the_reader(text: str) -> None:
    assert usual_policy(f"{RULES[0]}\n{text}") is None


def test_rules_stand_in_the_order_in_which_consul_merges_them() -> None:
    policy = usual_policy('mesh = "read"\nservice "b" { policy = "read" }\nkey "" { policy = "read" }\nacl = "read"')
    assert policy
    assert [rule.resource for rule in policy.rules] == ["key", "service", "acl", "mesh"]


def test_what_is_wrong_is_told_by_the_reader() -> None:
    with pytest.raises(HclError):
        parse_policy(f'{RULES[0]}\nservice "web" {{ policy = "write"')


def test_it_takes_less_than_half_the_time_of_the_reader_of_hcl() -> None:
    texts = ["\n".join(chance.choices(RULES[:4], k=30)) for chance in map(random.Random, range(40))]
    usual: list[float] = []
    whole: list[float] = []
    with untraced():
        for _ in range(5):
            for read, times in ((usual_policy, usual), (hcl, whole)):
                started = time.thread_time()
                for text in texts:
                    read(text)
                times.append(time.thread_time() - started)
    assert min(usual) < min(whole) / 2


def hcl(text: str) -> Policy:
    return read_policy(text, strict=False, edition="ce")
