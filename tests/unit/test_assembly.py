"""A whole is made of one reading of the config, and gives back all that it took."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.assembly import Assembly
from scanner.collect.credentials import TokenFile
from scanner.config import Config
from scanner.errors import ConfigError
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet
from scanner.findings.settings import StoreSettings
from scanner.findings.store import SqliteStore
from scanner.pipeline import Judgement
from tests.outlets import ANYBODY
from tests.unit.collect.answers import target


class Judges:
    """Yields a judgement for each config, and counts how many are held."""

    def __init__(self, engine: Engine, policies: PolicySet) -> None:
        self._engine, self._policies, self.held = engine, policies, 0

    @contextmanager
    def __call__(self, config: Config) -> Iterator[Judgement]:
        rules = tuple(rule for rule in catalogue(self._policies) if rule.id not in config.disabled)
        self.held += 1
        try:
            yield Judgement(self._engine, RuleSet(rules, self._policies), "medium")
        finally:
            self.held -= 1


@pytest.fixture
def judges(embedded: Engine, policy_set: PolicySet) -> Judges:
    return Judges(embedded, policy_set)


def assembly(judges: Judges, *configs: Config, store_path: Path | None = None) -> Assembly:
    reading = iter(configs)
    return Assembly(lambda: next(reading), judges, 60.0, ANYBODY, SqliteStore(None), store_path)


def test_each_whole_is_of_what_the_config_says_then(judges: Judges) -> None:
    first = Config((target(name="dc1"),))
    build = assembly(judges, first, replace(first, disabled=("MGP-301",), finding_series=7))
    before, after = build(), build()
    assert [rule.id for rule in before.outlet.rules if rule not in after.outlet.rules] == ["MGP-301"]
    assert (before.outlet.finding_series, after.outlet.finding_series) == (0, 7)
    assert [reading.cluster for reading in after.live.watching().clusters] == ["dc1"]
    before.close()
    assert judges.held == 1
    after.close()
    assert judges.held == 0


@pytest.mark.parametrize(
    ("kept_in", "wanted", "told"),
    [
        (None, Path("/var/new.db"), "store.path is /var/new.db, and findings are kept in memory"),
        (Path("/var/old.db"), None, "store.path is memory, and findings are kept in /var/old.db"),
    ],
)
def test_another_store_is_refused_before_anything_is_taken(
    judges: Judges, kept_in: Path | None, wanted: Path | None, told: str
) -> None:
    build = assembly(judges, Config((), store=StoreSettings(wanted, timedelta(days=1))), store_path=kept_in)
    with pytest.raises(ConfigError, match=told):
        build()
    assert judges.held == 0


def test_a_whole_that_cannot_be_made_keeps_nothing(judges: Judges, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ConfigError("a TLS file is no TLS file")

    monkeypatch.setattr("scanner.assembly.LiveScans", broken)
    with pytest.raises(ConfigError, match="TLS"):
        assembly(judges, Config(()))()
    assert judges.held == 0


def test_files_of_a_cluster_that_cannot_be_used_refuse_a_reload_and_not_the_start(
    judges: Judges, tmp_path: Path
) -> None:
    broken = Config((target(token=TokenFile(tmp_path / "gone")),))
    build = assembly(judges, broken, broken, Config((target(),)))
    build().close()
    with pytest.raises(ConfigError, match="the token file"):
        build.again()
    assert judges.held == 0
    again = build.again()
    assert [reading.cluster for reading in again.live.watching().clusters] == ["dc1"]
    again.close()
