"""The config decides which rules judge, how severe they are, and where."""

from scanner.config import Config
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.policies import PolicySet
from scanner.wiring import enabled_rules, judgement


def test_a_disabled_rule_does_not_judge_and_a_severity_can_be_changed(policy_set: PolicySet) -> None:
    config = Config((), disabled=("MGP-301",), severity={"MGP-702": "high"})

    rules = {rule.id: rule.severity for rule in enabled_rules(config, catalogue(policy_set))}

    assert "MGP-301" not in rules
    assert rules["MGP-702"] == "high"
    assert rules["MGP-303"] == "critical"


def test_the_engine_is_closed_in_the_end() -> None:
    with judgement(Config(()), fail_on="medium") as judge:
        engine = judge.engine

    assert engine.name == "embedded"
    assert vars(engine)["_worker"] is None
