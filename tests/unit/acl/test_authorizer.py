"""From texts to answers: each sentence of section 2 of the measured language has its test."""

import pytest

from scanner.acl.authorizer import NAMED, SCALARS, Default
from scanner.acl.levels import Access
from tests.unit.acl.rulings import with_policies

DENY_WEB, WRITE_WEB = 'service "web" { policy = "deny" }', 'service "web" { policy = "write" }'
READ_WEB = 'service "web" { policy = "read" }'
READ_ALL = 'service_prefix "" { policy = "read" }'


@pytest.mark.parametrize(
    ("levels", "reads", "writes"),
    [
        (("deny", "write"), False, False),
        (("write", "deny"), False, False),
        (("read", "write"), True, True),
        (("write", "read"), True, True),
        (("Read", "write"), True, True),
        (("write", "DENY"), True, True),
        (("DENY", "read"), True, False),
        (("Read", "WRITE"), True, False),
        (("WRITE", "Read"), True, True),
    ],
)
def test_policies_merge_deny_over_write_over_read_over_what_is_not_in_lower_case(
    levels: tuple[str, str], *, reads: bool, writes: bool
) -> None:
    may = with_policies(*(f'service "web" {{ policy = "{level}" }}' for level in levels))
    assert may.allow("service", "web", "read") == reads
    assert may.allow("service", "web", "write") == writes


def test_repeats_inside_one_policy_merge_in_the_same_way() -> None:
    assert not with_policies(f"{DENY_WEB}\n{WRITE_WEB}").allow("service", "web", "read")


def test_list_stands_between_read_and_write() -> None:
    may = with_policies('key_prefix "" { policy = "read" }', 'key_prefix "" { policy = "list" }')
    assert may.allow("key", "a", "read")
    assert may.allow("key", "a", "list")
    assert not may.allow("key", "a", "write")


def test_an_exact_name_beats_any_prefix_and_the_longest_prefix_the_others() -> None:
    may = with_policies(f'service_prefix "w" {{ policy = "write" }}\n{READ_ALL}\n{DENY_WEB}')
    assert not may.allow("service", "web", "read")
    assert may.allow("service", "web1", "write")
    assert may.allow("service", "api", "read")
    assert not may.allow("service", "api", "write")


def test_names_are_case_sensitive() -> None:
    assert not with_policies(WRITE_WEB).allow("service", "Web", "write")


def test_the_exact_empty_name_is_no_wildcard_and_the_empty_prefix_is() -> None:
    exact = with_policies('service "" { policy = "write" }')
    assert exact.allow("service", "", "write")
    assert not exact.allow("service", "web", "read")
    assert with_policies(READ_ALL).allow("service", "", "read")


@pytest.mark.parametrize("resource", ["peering", "mesh"])
def test_peering_and_mesh_fall_back_to_operator_and_then_to_the_default(resource: str) -> None:
    assert with_policies('operator = "write"').allow(resource, "", "write")
    assert not with_policies(f'operator = "write"\n{resource} = "deny"').allow(resource, "", "read")
    assert not with_policies(f'operator = "write"\n{resource} = "read"').allow(resource, "", "write")
    assert with_policies(default="allow").allow(resource, "", "write")
    assert not with_policies('operator = "read"', default="allow").allow(resource, "", "write")


@pytest.mark.parametrize("default", ["deny", "allow"])
def test_acl_without_a_rule_is_denied_whatever_the_default(default: Default) -> None:
    assert not with_policies(default=default).allow("acl", "", "read")
    assert not with_policies('operator = "write"', default=default).allow("acl", "", "read")
    assert with_policies('acl = "read"', default=default).allow("acl", "", "read")


@pytest.mark.parametrize("resource", sorted((NAMED | SCALARS) - {"acl"}))
def test_where_no_rule_speaks_the_default_decides(resource: str) -> None:
    assert with_policies(default="allow").allow(resource, "x", "write")
    assert not with_policies().allow(resource, "x", "read")


def test_nothing_implies_anything_else() -> None:
    may = with_policies('acl = "write"\nagent_prefix "" { policy = "write" }')
    assert not may.allow("service", "web", "read")
    assert not may.allow("node", "web", "read")


@pytest.mark.parametrize("level", ["Read", "DENY", "Write"])
def test_a_scalar_that_is_not_in_lower_case_does_nothing(level: str) -> None:
    assert not with_policies(f'peering = "{level}"').allow("peering", "", "read")
    assert with_policies(f'peering = "{level}"', 'operator = "read"').allow("peering", "", "read")
    assert with_policies(f'peering = "{level}"', default="allow").allow("peering", "", "write")


@pytest.mark.parametrize(
    ("text", "read", "write"),
    [
        (WRITE_WEB, True, False),
        ('service "web" { policy = "read" }', True, False),
        ('service "web" { policy = "Read" }', False, False),
        (DENY_WEB, False, False),
        ('service "web" { policy = "read"\n intentions = "write" }', True, True),
        ('service "web" { policy = "write"\n intentions = "deny" }', False, False),
        ('service "web" { policy = "deny"\n intentions = "Read" }', True, False),
    ],
)
def test_intentions_follow_service_rules(text: str, *, read: bool, write: bool) -> None:
    may = with_policies(text, default="allow")
    assert may.allow("intention", "web", "read") == read
    assert may.allow("intention", "web", "write") == write


def test_policy_and_intentions_merge_separately() -> None:
    may = with_policies(
        'service "web" { policy = "write"\n intentions = "read" }',
        'service "web" { policy = "read"\n intentions = "write" }',
    )
    assert may.allow("service", "web", "write")
    assert may.allow("intention", "web", "write")


def test_intentions_not_in_lower_case_count_only_in_the_first_policy() -> None:
    said, silent = 'service "web" { policy = "read"\n intentions = "Deny" }', 'service "web" { policy = "read" }'
    assert not with_policies(said, silent).allow("intention", "web", "read")
    assert with_policies(silent, said).allow("intention", "web", "read")


@pytest.mark.parametrize(
    ("text", "default", "all_read"),
    [
        (READ_ALL, "deny", True),
        ('service_prefix "" { policy = "write" }', "deny", True),
        (f"{READ_ALL}\n{DENY_WEB}", "deny", False),
        (f'{READ_ALL}\nservice_prefix "w" {{ policy = "deny" }}', "deny", False),
        (f'{READ_ALL}\nservice "" {{ policy = "deny" }}', "deny", False),
        (WRITE_WEB, "deny", False),
        (WRITE_WEB, "allow", True),
        (DENY_WEB, "allow", False),
    ],
)
def test_reads_all(text: str, default: Default, *, all_read: bool) -> None:
    assert with_policies(text, default=default).reads_all("service") == all_read


def test_writes_any() -> None:
    assert with_policies(WRITE_WEB, 'service_prefix "" { policy = "deny" }').writes_any("service")
    assert not with_policies(READ_ALL, default="allow").writes_any("service")
    assert with_policies(DENY_WEB, default="allow").writes_any("service")


def test_all_and_any_are_not_asked_of_what_has_no_names() -> None:
    with pytest.raises(ValueError, match="peering"):
        with_policies('peering = "read"').reads_all("peering")


def test_the_intention_on_every_service_is_read_with_any_and_written_with_all() -> None:
    assert with_policies(READ_WEB).allow("intention", "*", "read")
    assert not with_policies('service_prefix "" { policy = "deny" }', default="allow").allow("intention", "*", "read")
    writes_all = 'service_prefix "" { policy = "read"\n intentions = "write" }'
    assert with_policies(writes_all).allow("intention", "*", "write")
    assert not with_policies(writes_all, READ_WEB).allow("intention", "*", "write")


@pytest.mark.parametrize(
    ("text", "writes_tree"),
    [
        ('key_prefix "a/" { policy = "write" }', True),
        ('key_prefix "a/" { policy = "write" }\nkey "a/b/c" { policy = "list" }', False),
        ('key_prefix "a/" { policy = "write" }\nkey "a/z" { policy = "deny" }', True),
        ('key_prefix "a/b/" { policy = "read" }\nkey_prefix "a/b/c" { policy = "write" }', False),
        ('key "a/b/" { policy = "write" }', False),
    ],
)
def test_a_tree_of_keys_is_written_where_nothing_in_it_may_not(text: str, *, writes_tree: bool) -> None:
    assert with_policies(text).allow("key", "a/b/", "write-prefix") == writes_tree


@pytest.mark.parametrize(("resource", "access"), [("namespace", "read"), ("service", "list"), ("acl", "write-prefix")])
def test_what_consul_cannot_be_asked_is_refused(resource: str, access: Access) -> None:
    with pytest.raises(ValueError, match=resource):
        with_policies().decide(resource, "", access)
