"""The waivers file (docs/waivers.md): YAML -> waivers, refused whole where one of them cannot be used."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from scanner.config.wording import check_document
from scanner.config.yaml_text import YamlText, read_yaml
from scanner.errors import ConfigError
from scanner.evaluate.parameters import nearest
from scanner.findings.waiver_rules import WAIVER_RULES
from scanner.model.document import Json
from scanner.model.rule import Rule
from scanner.model.waiver import Waiver

PAGE = "docs/waivers.md"


def load_waivers(path: Path, rules: Sequence[Rule]) -> tuple[Waiver, ...]:
    """Return the waivers of a file, in its order; a file with nothing in it has none.

    Args:
        path: of the file.
        rules: the whole catalogue, which waivers may name rules of.

    Raises:
        ConfigError: the file cannot be used; the message names it, and mostly the line and the key.
    """
    text = read_yaml(path, PAGE)
    if text.value is None:
        return ()
    check_document(text, "waivers", PAGE)
    _check_ids(text)
    return tuple(_waiver(text, at, entry, rules) for at, entry in enumerate(text.value))


def _check_ids(text: YamlText) -> None:
    first: dict[str, int] = {}
    for at, entry in enumerate(text.value):
        there = first.setdefault(entry["id"], at)
        if there != at:
            told = f"{text.place((at, 'id'))}: the id {entry['id']} stands at {text.place((there, 'id'))} already"
            raise ConfigError(told, "Reports name a waiver by its id: give each its own")


def _waiver(text: YamlText, at: int, entry: Json, rules: Sequence[Rule]) -> Waiver:
    _check_rule(text, at, entry["rule"], rules)
    starts = _time(text, at, entry, "starts", time.min) if "starts" in entry else None
    ends = _time(text, at, entry, "expires", time.max)
    if starts and starts > ends:
        raise ConfigError(f"{text.place((at, 'starts'))}: waiver {entry['id']} starts after it expires", f"See {PAGE}")
    return Waiver(
        id=entry["id"],
        rule=entry["rule"],
        cluster=entry["cluster"],
        subject=entry["subject"],
        owner=entry["owner"],
        reason=entry["reason"],
        ticket=entry.get("ticket"),
        starts=starts,
        ends=ends,
        expires=entry["expires"],
    )


def _check_rule(text: YamlText, at: int, rule_id: str, rules: Sequence[Rule]) -> None:
    where = text.place((at, "rule"))
    if rule_id in {rule.id for rule in WAIVER_RULES}:
        told = f"{where}: {rule_id} judges waivers, and cannot be waived"
        raise ConfigError(told, "Switch it off in the config file: rules.disabled")
    known = [rule.id for rule in rules]
    if rule_id not in known:
        raise ConfigError(f"{where}: there is no rule {rule_id}", nearest(rule_id, known))


def _time(text: YamlText, at: int, entry: Json, key: str, of_day: time) -> datetime:
    """Return a moment of the file; a date is its first or last moment, UTC, as `of_day` says."""
    written = entry[key]
    try:
        if "T" in written:
            return datetime.fromisoformat(written)
        return datetime.combine(date.fromisoformat(written), of_day, UTC)
    except ValueError:
        where = text.place((at, key))
        raise ConfigError(f"{where}: {key} is {written}, which no calendar has", "Write a date that exists") from None
