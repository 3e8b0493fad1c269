"""Causes that stand and that a scan could not judge: they explain what they explained before."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from scanner.findings.causes import Failing, causes
from scanner.findings.lifecycle import Failure, Sight
from scanner.findings.recording import Findings
from scanner.model.result import Cause
from scanner.model.rule import Rule


def explained(known: Findings, shown: Mapping[str, Sight], rules: Mapping[str, Rule]) -> dict[str, Sight]:
    """Return what is shown, its failures with the open findings besides that may explain them and are unclear.

    Results know the failures of their own scan alone, and that nobody could judge a cause mends nothing.

    Args:
        known: findings as they were.
        shown: what the scan shows of each, and of every failure, by fingerprint.
        rules: those that the scan judged by, by id.
    """
    unseen = _unseen(known, shown)
    return {name: _with_causes(sight, rules, unseen) if unseen else sight for name, sight in shown.items()}


def _unseen(known: Findings, shown: Mapping[str, Sight]) -> Failing:
    found: dict[tuple[str, str], list[Cause]] = defaultdict(list)
    for name, finding in known.items():
        if finding.is_open and shown[name] == "unclear":
            subject = finding.subject
            found[finding.rule, subject.cluster].append(Cause(finding.rule, subject.cluster, subject.kind, subject.id))
    return found


def _with_causes(sight: Sight, rules: Mapping[str, Rule], unseen: Failing) -> Sight:
    if not isinstance(sight, Failure) or sight.rule not in rules:
        return sight
    return replace(sight, caused_by=(*sight.caused_by, *causes(rules[sight.rule], sight.subject, unseen)))
