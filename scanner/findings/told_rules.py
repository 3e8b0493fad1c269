"""What results tell of the rules that gave them, so that a report needs nothing but the results."""

from collections.abc import Iterable

from scanner.model.document import Json
from scanner.model.rule import Rule


def told_rules(rules: Iterable[Rule]) -> Json:
    """Return the `rules` of the results document: title, description and what Consul really does, by rule id."""
    return {
        rule.id: {"title": rule.title, "description": rule.description, "in_consul": rule.in_consul} for rule in rules
    }
