"""Which results count in an audit that was narrowed."""

import pytest

from scanner.findings.filter import Filter
from scanner.model.result import Result, Subject
from scanner.model.rule import Severity


def result(rule: str = "MGP-301", severity: Severity = "high", cluster: str = "dc1", peer: str | None = None) -> Result:
    kind = "pair" if peer else "cluster"
    subject = Subject(cluster=cluster, kind=kind, id="x", name="x", peer=peer)
    return Result(rule, "r", "fail", severity, subject, "", {}, None, None, (), (), None)


@pytest.mark.parametrize(
    ("narrowed_to", "judged", "told"),
    [
        (Filter(), result(), True),
        (Filter(rules=("MGP-301",)), result(), True),
        (Filter(rules=("MGP-302", "MGP-303")), result(), False),
        (Filter(severity="high"), result(severity="critical"), True),
        (Filter(severity="high"), result(severity="high"), True),
        (Filter(severity="high"), result(severity="medium"), False),
        (Filter(clusters=("dc1",)), result(), True),
        (Filter(clusters=("dc2",)), result(), False),
        (Filter(clusters=("dc2",)), result(peer="dc2"), True),
        (Filter(clusters=("dc3",)), result(peer="dc2"), False),
        # A rule that erred belongs to no cluster.
        (Filter(clusters=("dc3",)), result(cluster=""), True),
        (Filter(rules=("MGP-302",), clusters=("dc3",)), result(cluster=""), False),
        (Filter(rules=("MGP-301",), clusters=("dc1",), severity="critical"), result(), False),
    ],
)
def test_a_result_counts_where_every_part_of_the_filter_lets_it(
    narrowed_to: Filter, judged: Result, *, told: bool
) -> None:
    assert narrowed_to.tells(judged) is told


def test_a_peering_concerns_its_own_cluster_alone() -> None:
    peering = Subject(cluster="dc1", kind="peering", id="x", name="x", peer="dc2")

    assert [peering.concerns(name) for name in ("dc1", "dc2")] == [True, False]


def test_clusters_are_shown_that_it_is_about_and_the_other_ends_of_their_pairs() -> None:
    clusters = dict.fromkeys(("dc1", "dc2", "dc3"))

    assert Filter().shown(clusters, []) == ("dc1", "dc2", "dc3")
    assert Filter(clusters=("dc1",)).shown(clusters, []) == ("dc1",)
    assert Filter(clusters=("dc1",)).shown(clusters, [result(peer="dc2")]) == ("dc1", "dc2")


def test_it_stands_in_the_document_only_where_it_excludes_something() -> None:
    assert Filter().document() == {}
    assert Filter(severity="low").document() == {"filter": {"rules": [], "clusters": [], "severity": "low"}}
