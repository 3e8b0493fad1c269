"""Nasty ACL policy texts, with what Consul 1.22.7 makes of each; and seeded mutations of them, without."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from scanner.acl.rules import Policy, Rule

CORPUS = Path(__file__).parent / "data" / "acl-texts.json"
INSERTED = [*'"{}[],=:\\\n#/0.-<éK', "\r\n", "${", "<<E\n", "E\n", "//", "/*", "*/", "1e", "\x00", "\u017f", "\\777"]
INSERTED += ["policy", "service", "acl", '"read"', '"Deny"', "null", '{"', '"}', '":"']


@dataclass(frozen=True)
class AclText:
    """`says` are the rules as `said` writes them, sorted; None where Consul refuses the text."""

    text: str
    says: tuple[str, ...] | None


def corpus() -> tuple[AclText, ...]:
    """Give the committed texts; `tests/integration/test_acl_texts.py` asks a running Consul whether they are right."""
    rows = json.loads(CORPUS.read_text(encoding="utf-8"))
    return tuple(AclText(row["text"], None if row["says"] is None else tuple(sorted(row["says"]))) for row in rows)


def said(policy: Policy) -> tuple[str, ...]:
    """Write the rules as the corpus does, sorted."""
    return tuple(sorted(_line(rule) for rule in policy.rules))


def _line(rule: Rule) -> str:
    segment = json.dumps(rule.segment, ensure_ascii=False)
    return " ".join([f"{rule.resource} {rule.match} {segment} {rule.level}", *filter(None, [rule.intentions])])


def mutations(seed: int, count: int) -> list[str]:
    """Give texts of the corpus with one or two small changes each; the same for the same seed."""
    chance = random.Random(seed)
    texts = [one.text for one in corpus()]
    return [_mutated(chance, texts) for _ in range(count)]


def _mutated(chance: random.Random, texts: list[str]) -> str:
    text = chance.choice(texts)
    for _ in range(chance.randint(1, 2)):
        first, last = sorted(chance.randint(0, len(text)) for _ in range(2))
        insertion = chance.choice([chance.choice(INSERTED), chance.choice(INSERTED), text[first:last]])
        removed = chance.choice([0, 0, 1, last - first])
        text = text[:first] + insertion + text[first + removed :]
    return text
