"""Every line of every policy is reached by the cases: regorus resolves a call only when it gets there."""

import json

import regorus

from scanner.derive.facts import judged
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet
from scanner.model.document import Json
from tests.policies.cases import all_cases

# Rules at fault in each way that `main` notices.
FAULTY = {
    "twice": 'subject contains "a"\n\nviolation contains {"subject": "a", "message": m} if some m in ["b", "c"]\n',
    "stray": 'subject contains "a"\n\nviolation contains {"subject": "b", "message": "m"}\n',
    "silent": 'violation contains {"subject": "b", "message": "m"}\n',
}


def test_the_cases_reach_every_line(policy_set: PolicySet) -> None:
    engine = regorus.Engine()
    engine.set_enable_coverage(True)
    for policy in policy_set.policies:
        engine.add_policy(policy.path, policy.text)
    for name, body in FAULTY.items():
        engine.add_policy(name, f"package compliance.rules.test.{name}\n\n{body}")
    for document in inputs(policy_set):
        asked(engine, "compliance.main.verdicts", document)
    for name in ("answers", "strict"):
        asked(engine, f"compliance.selftest.{name}", {"zero": 1, "clusters": {}})

    files = [file for file in json.loads(engine.get_coverage_report_as_json())["files"] if file["path"] not in FAULTY]

    assert len(files) == len(policy_set.policies)
    assert {file["path"]: file["not_covered"] for file in files if file["not_covered"]} == {}


def asked(engine: regorus.Engine, query: str, document: Json) -> None:
    engine.set_input_json(json.dumps(document))
    assert json.loads(engine.eval_query_as_json(f"data.{query}"))["result"]


def inputs(policy_set: PolicySet) -> list[Json]:
    """Return what each case makes of its snapshot, and what a faulty rule is asked."""
    rules = catalogue(policy_set)
    documents = []
    for case in all_cases():
        rule_set = RuleSet(rules, policy_set, {case.rule: case.parameters})
        chosen = [rule for rule in rules if rule.id in {case.rule, *case.beside}]
        documents.append(judged(case.snapshot) | {"catalogue": rule_set.catalogue(chosen)})
    entry = {"group": "test", "title": "t", "needs": ["mesh"], "two_sided": False, "not_applicable": "n"}
    faulty = {name: entry | {"name": name} for name in FAULTY}
    at_once = documents[0] | {"only_catalogue_loaded": True}
    return [*documents, at_once, documents[0] | {"catalogue": faulty}]
