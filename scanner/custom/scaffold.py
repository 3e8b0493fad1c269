"""A first rule of one's own: complete, with cases that pass and fail, to be changed into what is wanted."""

import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from scanner.errors import OutputError, UsageError
from scanner.evaluate.catalogue import RESERVED_PREFIX
from scanner.evaluate.policies import REGO_KEYWORDS
from scanner.model.rule import Rule

_ID = re.compile(r"[A-Z]{2,8}-[0-9]{3}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


def check_names(rule_id: str, name: str, group: str, known: Sequence[Rule]) -> None:
    """Refuse an id, a name or a group that no rule can have, or that another has.

    Raises:
        UsageError: saying what would do.
    """
    if not _ID.fullmatch(rule_id):
        raise UsageError(f"{rule_id} is no id of a rule", "It has 2 to 8 capitals, a dash and three digits: ACME-001.")
    if rule_id.startswith(RESERVED_PREFIX):
        raise UsageError(f"{rule_id} is an id of consul-scan's own rules", "Take letters of your own, as in ACME-001.")
    for what, word in (("name", name), ("group", group)):
        if not _NAME.fullmatch(word) or word in REGO_KEYWORDS:
            advice = "It has small letters, digits and _, begins with a letter, and is no word of Rego: enough_servers."
            raise UsageError(f"{word} is no {what} of a rule", advice)
    for rule in known:
        if rule_id == rule.id or name == rule.name:
            raise UsageError(f"There is a rule {rule.id} {rule.name} already", "Take another id and another name.")


def write_scaffold(folder: Path, rule_id: str, name: str, group: str) -> list[Path]:
    """Write a rule and its cases below a folder, and return their paths; the names are checked already.

    Raises:
        UsageError: one is there already; none is written then.
        OutputError: they cannot be written.
    """
    target = folder / group / name
    texts = {
        target / f"{name}.rego": _filled("template.rego", rule_id, name, group),
        target / f"{name}_cases.yaml": _filled("template_cases.yaml", rule_id, name, group),
    }
    if there := [str(path) for path in texts if path.exists()]:
        raise UsageError(f"{' and '.join(there)} would be overwritten", "Take another name, or another --folder.")
    try:
        target.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise OutputError(f"{target} cannot be written: {fault.strerror}", "Name another --folder.") from fault
    return list(texts)


def _filled(template: str, rule_id: str, name: str, group: str) -> str:
    text = resources.files(__package__).joinpath(template).read_text(encoding="utf-8")
    return text.replace("@ID@", rule_id).replace("@NAME@", name).replace("@GROUP@", group)
