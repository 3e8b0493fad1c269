"""The lists of the API: each page is of its schema, filters mean what they say, hostile names stay data."""

import pytest

from scanner.model.document import Json
from scanner.publish.api.endpoints import ENDPOINTS, Endpoint
from scanner.schemas import fault
from tests.unit.publish.api.asking import SNAPSHOT, ask, lived, newborn, read
from tests.unit.publish.samples import HOSTILE_NAME, hostile

LISTS = ("findings", "results", "history", "rules")


def listed(name: str, query: str = "") -> list[Json]:
    found: list[Json] = read(f"/api/v1/{name}?limit=1000&{query}")[name]
    return found


def rule_of(thing: Json) -> str:
    """The rule of a line of the history, of a finding or a result, or the rule that it is."""
    rule: str = thing.get("finding", thing).get("rule") or thing["id"]
    return rule


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_each_document_is_of_its_schema(endpoint: Endpoint) -> None:
    assert fault(read(endpoint.path), endpoint.schema) is None


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_each_list_are_all_of_it(name: str) -> None:
    whole, after, found = listed(name), "", []
    assert len(whole) > 3
    for _ in whole:
        page = read(f"/api/v1/{name}?limit=1{after and f'&after={after}'}")
        found += page[name]
        after = page["next"]
    assert after is None
    assert found == whole


@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [
        ("findings", "rule=MGP-301", {"MGP-301"}),
        ("findings", "rule=mgp-301&rule=Stream_Healthy", {"MGP-301", "MGP-406"}),
        ("findings", "state=resolved", {"MGP-301", "MGP-303", "MGP-404"}),
        ("findings", "severity=high", {"MGP-406"}),
        ("findings", "cluster=dc9", set()),
        ("results", "status=error", {"MGP-101"}),
        ("results", "status=error&status=unknown", {"MGP-101", "MGP-501"}),
        ("results", "severity=high&status=fail", {"MGP-406"}),
        ("results", "rule=gateway_available", {"MGP-204"}),
        ("results", "rule=mgp-204&rule=Stream_Healthy", {"MGP-204", "MGP-406"}),
        ("results", "cluster=dc2", {"MGP-406"}),
        ("results", "cluster=dc9", set()),
        ("history", "event=resolved", {"MGP-301", "MGP-303", "MGP-404"}),
        ("history", "event=reopened", {"MGP-301", "MGP-303", "MGP-404"}),
        ("history", "rule=MGP-204", {"MGP-204"}),
        ("rules", "rule=mesh_entry", {"MGP-301"}),
        ("rules", "severity=info", {"MGP-702"}),
    ],
)
def test_filters(name: str, query: str, expected: set[str]) -> None:
    assert {rule_of(thing) for thing in listed(name, query)} == expected


def test_a_cluster_has_the_pairs_of_it_too() -> None:
    found = listed("findings", "cluster=dc1&rule=MGP-303")
    assert [(finding["subject"]["cluster"], finding["subject"]["peer"]) for finding in found] == [("dc2", "dc1")]
    assert listed("findings", "cluster=dc2&rule=MGP-303") == found


def test_the_history_of_one_finding_is_told_from_the_newest_on() -> None:
    fingerprint = listed("findings", "rule=MGP-301")[0]["fingerprint"]
    lines = listed("history", f"fingerprint={fingerprint}")
    assert [line["event"] for line in lines] == ["resolved", "reopened", "resolved", "opened"]
    assert [line["id"] for line in lines] == sorted((line["id"] for line in lines), reverse=True)


def test_a_page_of_results_has_the_sums_of_all() -> None:
    page = read("/api/v1/results?status=pass")
    whole = hostile()
    assert page["results"] == []
    assert {key: page[key] for key in ("scan", "summary", "clusters")} == {
        key: whole[key] for key in ("scan", "summary", "clusters")
    }


def test_names_that_a_cluster_chose_are_data_and_nothing_else() -> None:
    answer = ask(lived(), "/api/v1/results?rule=MGP-204")
    assert answer.content.isascii()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["results"][0]["subject"]["name"] == HOSTILE_NAME


def test_the_snapshot_is_what_the_last_scan_read() -> None:
    assert read("/api/v1/snapshot") == SNAPSHOT


@pytest.mark.parametrize("name", ["results", "snapshot"])
def test_before_the_first_scan_there_is_nothing_to_tell(name: str) -> None:
    answer = ask(newborn(), f"/api/v1/{name}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["detail"] == "The first scan has not finished yet"


def test_what_is_remembered_is_there_before_the_first_scan() -> None:
    assert ask(newborn(), "/api/v1/findings").json()["findings"] == []
