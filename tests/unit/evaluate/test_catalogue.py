"""The catalogue comes from METADATA, and what is wrong with it is told with the file."""

import re
from pathlib import Path

import pytest

from scanner.errors import PolicyError
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.policies import Policy, PolicySet, load_policies, shipped_policies

ENTRY = "compliance/rules/mesh/mesh_entry/mesh_entry.rego"


def changed(policy_set: PolicySet, pattern: str, replacement: str) -> PolicySet:
    """Return the policies with a change in one rule, which must have changed it."""
    policies = {policy.path: policy for policy in policy_set.policies}
    text = re.sub(pattern, replacement, policies[ENTRY].text, count=1, flags=re.DOTALL)
    assert text != policies[ENTRY].text
    return PolicySet(tuple(Policy(p.path, text) if p.path == ENTRY else p for p in policy_set.policies))


def test_a_rule_is_what_its_metadata_says(policy_set: PolicySet) -> None:
    rule = next(rule for rule in catalogue(policy_set) if rule.id == "MGP-406")

    assert (rule.group, rule.name, rule.severity, rule.two_sided) == ("peering", "stream_healthy", "high", False)
    assert rule.defaults() == {"max_heartbeat_age_seconds": 45}
    assert rule.settle_seconds == 210


def test_the_rules_that_mend_by_commands_are_these(policy_set: PolicySet) -> None:
    """Each is run as printed by tests/integration/test_states.py or test_grants.py; a new one belongs there first."""
    assert {rule.id for rule in catalogue(policy_set) if rule.mend == "commands"} == {
        "MGP-301",
        *(f"MGP-60{number}" for number in range(1, 6)),
    }


@pytest.mark.parametrize(
    ("pattern", "replacement", "reason"),
    [
        (r"\A.*?(package )", r"\1", "no METADATA above its package"),
        ("severity: critical", "severity: terrible", "'terrible' is not one of"),
        ("custom:", "custom:\n#   surprise: 1", "'surprise' was unexpected"),
        ("title: .*?\n", "title: [\n", "METADATA is not YAML"),
        ("needs: .*?\n", "needs: [everything]\n", "'everything' is not one of"),
        ("subject contains", "subjects contains", "the rule has no set `subject`"),
        ("violation contains", "violations contains", "the rule has no set `violation`"),
        ("MGP-301", "MGP-303", "Rule id MGP-303 is used 2 times"),
        ("MGP-301", "MGP-399", "Rule MGP-303 follows from MGP-301, which is no rule"),
        ("D14", "D99", "Rule MGP-301 encodes D99, which is no statement of the document"),
    ],
)
def test_wrong_metadata_is_refused(policy_set: PolicySet, pattern: str, replacement: str, reason: str) -> None:
    with pytest.raises(PolicyError, match=re.escape(reason)):
        catalogue(changed(policy_set, pattern, replacement))


def test_a_set_without_rules_is_refused(policy_set: PolicySet) -> None:
    libraries = PolicySet(tuple(policy for policy in policy_set.policies if not policy.is_rule))

    with pytest.raises(PolicyError, match="hold no rule"):
        catalogue(libraries)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no policies below"):
        load_policies([tmp_path])


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.rego").write_bytes(b"\xff\xfe")

    with pytest.raises(PolicyError, match=r"a\.rego cannot be read"):
        load_policies([tmp_path])


@pytest.mark.parametrize("name", ["other.rego", "compliance/main/main.rego"])
def test_a_further_folder_cannot_shadow_ours(tmp_path: Path, name: str) -> None:
    package = "compliance.main" if name == "other.rego" else "other"
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(f"package {package}\n")

    with pytest.raises(PolicyError, match="would shadow"):
        load_policies([shipped_policies(), tmp_path])


def test_the_hash_covers_texts_and_paths() -> None:
    hashes = {PolicySet((Policy(path, text),)).sha256 for path in ("a", "b") for text in ("x", "y")}

    assert len(hashes) == 4
