"""Puts the parts together as the configuration says: which rules, which engine, which clusters."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from scanner.collect.cluster import Progress
from scanner.collect.sampling import Sampling
from scanner.collect.snapshot import collect_snapshot
from scanner.config import Config
from scanner.config.waivers import load_waivers
from scanner.config.yaml_text import Place
from scanner.engine_choice import chosen_engine
from scanner.errors import ConfigError, UsageError
from scanner.evaluate.bundle import bundle
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.coverage import Coverage
from scanner.evaluate.embedded import EmbeddedEngine
from scanner.evaluate.engine import Engine
from scanner.evaluate.parameters import check_parameters, nearest
from scanner.evaluate.policies import PolicySet, load_policies, shipped_policies
from scanner.evaluate.portable import check_portable
from scanner.evaluate.selftest import check_engine
from scanner.evaluate.verdicts import RuleSet
from scanner.findings.acceptance import Acceptance
from scanner.findings.waiver_rules import WAIVER_RULES
from scanner.model.document import Json
from scanner.model.rule import Rule, Severity
from scanner.pipeline import Judgement, utc_now


@contextmanager
def judgement(
    config: Config,
    *,
    fail_on: Severity,
    engine: str | None = None,
    opa_url: str | None = None,
    coverage: bool = False,
) -> Iterator[Judgement]:
    """Yield what judges snapshots: policies loaded and checked, an engine that passed its self-test.

    Args:
        config: rules, parameters and engine of the config file.
        fail_on: the mildest severity that fails a scan.
        engine: overrides `engine.kind` of the config.
        opa_url: overrides `engine.opa_url` of the config.
        coverage: whether the embedded engine notes which lines it reaches, which slows it down.

    Raises:
        PolicyError: the policies cannot be loaded.
        ConfigError: the config speaks of a rule or a parameter that does not exist, or its waivers cannot be used.
        EngineError: the engine is not there, or failed its self-test.
    """
    rule_set = configured_rules(config)
    acceptance = configured_acceptance(config, _whole_catalogue(rule_set.policies))
    chosen = chosen_engine(rule_set.policies, config.engine, engine, opa_url, coverage=coverage)
    try:
        check_engine(chosen, rule_set.policies)
        yield Judgement(chosen, rule_set, fail_on, acceptance=acceptance)
    finally:
        chosen.close()


def configured_rules(config: Config) -> RuleSet:
    """Return the rules that judge as a config says, with their policies and parameters.

    Raises:
        PolicyError: the policies cannot be loaded.
        ConfigError: the config speaks of a rule or a parameter that does not exist.
    """
    policies = _portable_policies(config.policies)
    rules = _whole_catalogue(policies)
    check_settings(config, rules)
    enabled = tuple(rule for rule in enabled_rules(config, rules) if rule.in_rego)
    return RuleSet(enabled, policies, config.parameters)


def configured_acceptance(config: Config, rules: Sequence[Rule]) -> Acceptance:
    """Return what a config accepts of failures; `rules` are the whole catalogue.

    Raises:
        ConfigError: the waivers cannot be used.
    """
    waivers = load_waivers(config.waivers, rules) if config.waivers else ()
    return Acceptance(waivers, enabled_rules(config, WAIVER_RULES))


def lines_reached(engine: Engine) -> Coverage | None:
    """Return the lines that an engine reached since it started; None where it cannot tell, as an OPA server cannot."""
    return engine.reached if isinstance(engine, EmbeddedEngine) else None


def _unheard(cluster: str, section: str) -> None:
    """Take no note."""
    del cluster, section


def live_snapshot(config: Config, report: Progress = _unheard, path_window_s: float = 0.0) -> Json:
    """Read the clusters of a config and return their snapshot; one that is gone is said so in it.

    The Envoys are sampled twice, `path_window_s` seconds apart, or once where that is 0.
    """
    return collect_snapshot(config.clusters, utc_now, report, sampling=Sampling(path_window_s))


def enabled_rules(config: Config, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the rules that the operators left on, each with their own severity where they gave it one."""
    enabled = (rule for rule in rules if rule.id not in config.disabled)
    return tuple(replace(rule, severity=config.severity.get(rule.id, rule.severity)) for rule in enabled)


def known_rules(folders: Sequence[Path]) -> tuple[Rule, ...]:
    """Return the catalogue: our own rules, and those of further folders of policies.

    Raises:
        PolicyError: the policies cannot be loaded.
    """
    return _whole_catalogue(_portable_policies(folders))


def _whole_catalogue(policies: PolicySet) -> tuple[Rule, ...]:
    return tuple(sorted((*catalogue(policies), *WAIVER_RULES), key=lambda rule: rule.id))


def policy_bundle(folders: Sequence[Path], signing_key: Path | None = None) -> bytes:
    """Return an OPA bundle of our own policies and those of further folders.

    Raises:
        PolicyError: the policies cannot be loaded, or one is no rule that could judge.
        ConfigError: the signing key cannot be used.
    """
    policies = _portable_policies(folders)
    _whole_catalogue(policies)
    return bundle(policies, signing_key)


def _portable_policies(folders: Sequence[Path]) -> PolicySet:
    policies = load_policies([shipped_policies(), *folders])
    # What is shipped is proven portable by our tests; to read it again takes a tenth of the time of an audit.
    if folders:
        check_portable(policies)
    return policies


def rule_called(rule_id: str, rules: Sequence[Rule]) -> Rule:
    """Return the rule of that id, or of that name, in any case.

    Raises:
        UsageError: there is none; the nearest is named.
    """
    wanted = rule_id.lower()
    for rule in rules:
        if wanted in {rule.id.lower(), rule.name.lower()}:
            return rule
    raise UsageError(f"There is no rule {rule_id}", _nearest_rule(rule_id, rules))


def _nearest_rule(wrong: str, rules: Sequence[Rule]) -> str:
    # Each id has digits and no name of ours has, so they tell which of both was meant.
    if any(letter.isdigit() for letter in wrong):
        return nearest(wrong.upper(), [rule.id for rule in rules])
    return nearest(wrong.lower(), [rule.name for rule in rules])


def check_settings(config: Config, rules: Sequence[Rule]) -> None:
    """Refuse a config that speaks of rules or parameters that do not exist.

    Raises:
        ConfigError: naming the nearest that does exist, or the type that a parameter should have.
    """
    for _, fault in setting_faults(config, rules):
        raise fault


def setting_faults(config: Config, rules: Sequence[Rule]) -> Iterator[tuple[Place, ConfigError]]:
    """Yield all that `check_settings` would refuse, each with its place in the config file."""
    by_id = {rule.id: rule for rule in rules}
    named: list[tuple[Place, str]] = [
        *((("rules", "disabled", at), rule_id) for at, rule_id in enumerate(config.disabled)),
        *((("rules", "severity", rule_id), rule_id) for rule_id in config.severity),
        *((("parameters", rule_id), rule_id) for rule_id in config.parameters),
        *((("webhooks", at), rule_id) for at, each in enumerate(config.webhooks) for rule_id in each.filters.rules),
    ]
    for place, rule_id in named:
        if rule_id not in by_id:
            yield place, ConfigError(f"There is no rule {rule_id}", nearest(rule_id, list(by_id)))
        elif place[0] == "parameters":
            yield from _parameter_faults(by_id[rule_id], config.parameters[rule_id])


def _parameter_faults(rule: Rule, values: Mapping[str, Any]) -> Iterator[tuple[Place, ConfigError]]:
    for name, value in values.items():
        try:
            check_parameters(rule, {name: value})
        except ConfigError as fault:
            yield ("parameters", rule.id, name), fault
