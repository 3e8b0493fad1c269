"""Questions about a token set: every resource and access, and names at, above, below and beside those in the rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

from scanner.acl.authorizer import NAMED, SCALARS
from scanner.acl.levels import Access
from tests.acl_parity.tokensets import TokenSet
from tests.playground.endpoint import Json

KEY_ACCESSES: tuple[Access, ...] = ("read", "list", "write", "write-prefix")
ACCESSES: tuple[Access, ...] = ("read", "write")
UNHEARD_OF = "no-rule-speaks-of-this"


@dataclass(frozen=True)
class Question:
    """One question of `POST /v1/internal/acl/authorize`."""

    resource: str
    segment: str
    access: Access

    def document(self) -> Json:
        return {"Resource": self.resource, "Segment": self.segment, "Access": self.access}


def make_questions(seed: str, tokens: TokenSet, number: int) -> list[Question]:
    """Choose up to `number` questions; scalars always, services and keys more often than the rest."""
    random = Random(f"{seed}/{tokens.number}/questions")
    scalars = [Question(resource, "", access) for resource, access in product(sorted(SCALARS), ACCESSES)]
    named = list(named_questions(tokens))
    often = [question for question in named if question.resource in {"service", "intention", "key"}]
    half = (number - len(scalars)) // 2
    chosen = [*scalars, *random.sample(often, half), *random.sample(named, number - len(scalars) - half)]
    return list(dict.fromkeys(chosen))


def named_questions(tokens: TokenSet) -> Iterator[Question]:
    names = segments(tokens)
    for resource in sorted(NAMED):
        accesses = KEY_ACCESSES if resource == "key" else ACCESSES
        yield from (Question(resource, name, access) for name, access in product(names, accesses))


def segments(tokens: TokenSet) -> list[str]:
    spoken_of = set(tokens.names)
    around = {name[:-1] for name in spoken_of} | {f"{name}x" for name in spoken_of} | {n.upper() for n in spoken_of}
    return sorted(spoken_of | around | {UNHEARD_OF})
