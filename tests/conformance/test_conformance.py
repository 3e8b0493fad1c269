"""The embedded engine and a real OPA server agree on every document, exactly, errors included."""

import os

import pytest

from scanner.derive.facts import judged
from scanner.errors import DocumentError
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet, verdicts
from scanner.model.document import Json, sha256
from scanner.pipeline import checked_snapshot
from tests.conformance.multiplied import multiplied
from tests.conformance.spoiled import spoiled
from tests.policies.cases import base_snapshot

SEED = int(os.environ.get("CONFORMANCE_SEED", "1"))
SNAPSHOTS = int(os.environ.get("CONFORMANCE_SNAPSHOTS", "1200"))
PARTS = 4
RECORDED = ("healthy-pair", "broken-pair")

pytestmark = pytest.mark.integration


def outcome(engine: Engine, rule_set: RuleSet, document: Json) -> list[Json]:
    """Return the verdicts; of an error only whose it is, as each engine has its own words for it."""
    found = [verdict.document() for verdict in verdicts(engine, rule_set, document)]
    return [one | {"error": "an error"} if one["error"] and one["subject"]["kind"] == "rule" else one for one in found]


def differences(engines: tuple[Engine, Engine], rule_set: RuleSet, document: Json) -> list[Json]:
    """Return what one engine says and the other does not."""
    ours, theirs = (outcome(engine, rule_set, document) for engine in engines)
    return [one for one in (*ours, *theirs) if (one in ours) != (one in theirs)]


@pytest.mark.parametrize("clusters", [2, 20, 200])
@pytest.mark.parametrize("recorded", RECORDED)
def test_on_recorded_pairs_multiplied(
    recorded: str, clusters: int, embedded: Engine, opa: Engine, policy_set: PolicySet
) -> None:
    rule_set = RuleSet(catalogue(policy_set), policy_set)
    document = judged(multiplied(base_snapshot(recorded), clusters // 2, SEED))
    assert (len(document["clusters"]), len(document["derived"]["pairs"])) == (clusters, clusters // 2)

    hashes = [sha256([one.document() for one in verdicts(engine, rule_set, document)]) for engine in (embedded, opa)]

    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("part", range(PARTS))
def test_on_spoiled_snapshots(part: int, embedded: Engine, opa: Engine, policy_set: PolicySet) -> None:
    """What does not fit the schema is refused before any engine sees it; on all else they agree."""
    rule_set = RuleSet(catalogue(policy_set), policy_set)
    found, judged_ones, refused = [], 0, 0
    for seed in range(SEED * 10**6 + part, SEED * 10**6 + SNAPSHOTS, PARTS):
        snapshot = spoiled(base_snapshot(RECORDED[seed // PARTS % 2]), seed)
        try:
            document = judged(checked_snapshot(snapshot, "a spoiled snapshot"))
        except DocumentError:
            refused += 1
            continue
        judged_ones += 1
        found += [(seed, one) for one in differences((embedded, opa), rule_set, document)]

    assert found == []
    assert min(judged_ones, refused) > SNAPSHOTS // PARTS // 10
