"""A failure is the same one in another scan if, and only if, rule and subject are."""

import re
from typing import Any

import pytest

from scanner.findings.fingerprint import fingerprint
from scanner.model.document import Json

GATEWAY = {
    "cluster": "dc1",
    "partition": "",
    "namespace": "",
    "kind": "gateway",
    "id": "gw",
    "name": "gw",
    "peer": None,
}
PAIR = GATEWAY | {"cluster": "dc2", "kind": "pair", "id": "6f1d0a52", "name": "dc2 -> to-dc1", "peer": "dc1"}


def judged(rule: str = "MGP-204", **fields: Any) -> Json:
    return {"rule": rule, "subject": GATEWAY | fields}


def test_is_the_hex_sha256_that_other_programs_can_rely_on() -> None:
    assert re.fullmatch("[0-9a-f]{64}", fingerprint(judged()))
    assert fingerprint(judged()) == "b96dafeed65371177e3c81f5b921dc7c1a8791cdbf2b9ac4d0921eb9734539ef"
    assert fingerprint(judged("MGP-303", **PAIR)) == "656d05cb99166fee87969673572580b4aaa8ddc3ad24976cd664aaa0c839c484"


@pytest.mark.parametrize("field", ["cluster", "partition", "namespace", "kind", "id"])
def test_each_part_of_the_subject_counts(field: str) -> None:
    assert fingerprint(judged(**{field: "other"})) != fingerprint(judged())


def test_the_rule_counts_and_words_do_not() -> None:
    assert fingerprint(judged("MGP-208")) != fingerprint(judged())
    assert fingerprint(judged(name="renamed", peer="dc9") | {"message": "m", "status": "fail"}) == fingerprint(judged())


def test_parts_cannot_run_into_each_other() -> None:
    assert fingerprint(judged(partition="a", namespace="b")) != fingerprint(judged(partition="ab", namespace=""))


def test_a_pair_is_the_acceptors_peering_wherever_it_stands() -> None:
    other_side = PAIR | {"cluster": "dc1", "peer": None, "name": "to-dc2 -> dc1"}

    assert fingerprint(judged("MGP-303", **other_side)) == fingerprint(judged("MGP-303", **PAIR))
    assert fingerprint(judged("MGP-303", **(other_side | {"id": "x"}))) != fingerprint(judged("MGP-303", **other_side))


def test_any_name_has_one() -> None:
    assert fingerprint(judged(id="\ud800\x00" + "x" * 10_000)) != fingerprint(judged(id="\ud801"))
