"""The lists of the API: what is asked for -> one page as a document."""

from collections.abc import Iterator
from dataclasses import asdict

from scanner.model.document import Json
from scanner.model.finding import Finding
from scanner.model.recall import Told, Wanted
from scanner.model.rule import Rule
from scanner.publish.api.paging import Place, cut, limit, page, part, start
from scanner.publish.api.parameters import Query
from scanner.publish.api.source import Source

SCHEMA_VERSION = 1

_RULE_ID = "[A-Z]{2,8}-[0-9]{3}"
_FINGERPRINT = "[0-9a-f]{64}"
_NUMBER = "[0-9]{1,18}"
_ANY = "(?s:.*)"
_OF_ALL = ("schema_version", "scan", "clusters", "summary")
_SUBJECT = ("cluster", "partition", "namespace", "kind", "id")


def findings(source: Source, query: Query) -> Json:
    """Return a page of findings, by rule and fingerprint (schema `findings`).

    Raises:
        HTTPException: 400, `after` is no place of such a list.
        StoreError: they cannot be read.
    """
    most = limit(query)
    found = source.recall.findings(_wanted(query), start(query, _RULE_ID, _FINGERPRINT), most + 1)
    listed, further = cut(found, _place_of_finding, most)
    return {"schema_version": SCHEMA_VERSION, "findings": [finding.document() for finding in listed], "next": further}


def history(source: Source, query: Query) -> Json:
    """Return a page of what was told of findings, the newest first (schema `history`).

    Raises:
        HTTPException: 400, `after` is no place of such a list.
        StoreError: it cannot be read.
    """
    most, at = limit(query), start(query, _NUMBER)
    found = source.recall.told(_wanted(query), query["event"], int(at[0]) if at else None, most + 1)
    listed, further = cut(found, _place_of_line, most)
    return {"schema_version": SCHEMA_VERSION, "history": [line.document() for line in listed], "next": further}


def results(source: Source, query: Query) -> Json:
    """Return what the last scan was and sums up to, and a page of its results (schema `results_page`).

    Raises:
        HTTPException: 400, `after` is no place of such a list; 503, there is no scan yet.
    """
    document = source.results()
    listed, further = page(_chosen(document, query), _place_of_result, query, *(_ANY,) * (1 + len(_SUBJECT)))
    return {name: document[name] for name in _OF_ALL} | {"results": listed, "next": further}


def rules(source: Source, query: Query) -> Json:
    """Return a page of the rules that scans judge by (schema `rules`).

    Raises:
        HTTPException: 400, `after` is no place of such a list.
    """
    chosen = [
        rule for rule in source.rules if _is_called(query, rule.id, rule.name) and _is_severe(query, rule.severity)
    ]
    listed, further = page(chosen, _place_of_rule, query, _RULE_ID)
    return {"schema_version": SCHEMA_VERSION, "rules": [asdict(rule) for rule in listed], "next": further}


def _wanted(query: Query) -> Wanted:
    return Wanted(
        rules=query["rule"],
        clusters=query["cluster"],
        severities=query["severity"],
        states=query.get("state", ()),
        fingerprints=query["fingerprint"],
    )


def _chosen(document: Json, query: Query) -> Iterator[Json]:
    clusters, statuses = query["cluster"], query["status"]
    for result in document["results"]:
        subject = result["subject"]
        if (
            (not clusters or subject["cluster"] in clusters or subject["peer"] in clusters)
            and (not statuses or result["status"] in statuses)
            and _is_called(query, result["rule"], result["name"])
            and _is_severe(query, result["severity"])
        ):
            yield result


def _is_called(query: Query, rule_id: str, name: str) -> bool:
    return not query["rule"] or any(rule_id == asked.upper() or name == asked.lower() for asked in query["rule"])


def _is_severe(query: Query, severity: str) -> bool:
    return not query["severity"] or severity in query["severity"]


def _place_of_finding(finding: Finding) -> Place:
    return (finding.rule, finding.fingerprint)


def _place_of_line(line: Told) -> Place:
    return (str(line.number),)


def _place_of_result(result: Json) -> Place:
    return (result["rule"], *(part(result["subject"][name]) for name in _SUBJECT))


def _place_of_rule(rule: Rule) -> Place:
    return (rule.id,)
