"""A finding is the same one as long as its rule and its object are."""

from typing import Any

import pytest

from scanner.findings.fingerprint import fingerprint
from tests.unit.publish.builders import result


def changed(rule: str = "MGP-406", *, cluster: str = "dc1", **subject: Any) -> str:
    judged = result(rule, cluster, "fail", message="any")
    return fingerprint(judged | {"subject": judged["subject"] | subject})


def test_is_the_same_in_each_version() -> None:
    assert changed() == "57a86b4cdaca870ec74794c8d254688be0c53f9ed070488440ed05d930b53f62"


def test_status_and_message_change_nothing() -> None:
    assert fingerprint(result("MGP-406", "dc1", "unknown", message="other", evidence={"a": 1})) == changed()


@pytest.mark.parametrize(
    "other",
    [
        {"cluster": "dc2"},
        {"partition": "p"},
        {"namespace": "p"},
        {"kind": "gateway"},
        {"id": "other"},
    ],
)
def test_each_part_of_the_object_counts(other: dict[str, str]) -> None:
    assert changed(**other) != changed()


def test_a_name_or_a_peer_does_not() -> None:
    assert changed(name="renamed", peer=None) == changed()


def test_the_rule_counts() -> None:
    assert fingerprint(result("MGP-702", "dc1")) != changed()


def test_a_pair_is_one_thing_from_both_sides() -> None:
    assert changed("MGP-404", cluster="dc1") == changed("MGP-404", cluster="dc2", partition="p")
    assert changed("MGP-404", id="other") != changed("MGP-404") != changed("MGP-303")


def test_a_name_that_no_file_can_hold_has_one_too() -> None:
    assert len(changed(id="\ud800")) == 64
