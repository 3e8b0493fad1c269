"""Which tokens may be a gateway's: Consul does not tell, so those that could register it (design section 4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.acl.authorizer import Authorizer
from scanner.acl.effective import Directory, Effective, effective, is_expired
from scanner.acl.tokens import Token


@dataclass(frozen=True)
class Candidate:
    """A token that may register the gateway, and what it may do."""

    token: Token
    authorizer: Authorizer


@dataclass(frozen=True)
class Undecided:
    """A token that could be a candidate; `unread` names what would have to be known of it."""

    token: Token
    unread: tuple[str, ...]


@dataclass(frozen=True)
class Candidates:
    """The tokens that may write a name, and those of which that is not known; both ordered by accessor."""

    known: tuple[Candidate, ...]
    undecided: tuple[Undecided, ...]


@dataclass(frozen=True)
class _Answers:
    """What tokens may do, worked out once for all tokens that have the same policies."""

    directory: Directory
    done: dict[tuple[str, ...], Authorizer] = field(default_factory=dict)

    def of(self, counting: Effective) -> Authorizer:
        key = tuple(policy.id for policy in counting.policies)
        if key not in self.done:
            self.done[key] = counting.authorizer(self.directory.default)
        return self.done[key]


def candidates(tokens: Iterable[Token], service: str, directory: Directory, now_ns: int) -> Candidates:
    """Return the tokens that may write the service named `service` and are not management tokens.

    Under default policy allow that is every token without a rule against it, the anonymous one included.
    """
    answers = _Answers(directory)
    known: list[Candidate] = []
    undecided: list[Undecided] = []
    for token in sorted(tokens, key=lambda one: one.accessor):
        if is_expired(token, now_ns):
            continue
        counting = effective(token, directory, now_ns)
        may = answers.of(counting)
        if counting.unread:
            undecided.append(Undecided(token, counting.unread))
        elif may.allow("service", service, "write") and not is_management(may):
            known.append(Candidate(token, may))
    return Candidates(tuple(known), tuple(undecided))


def is_management(may: Authorizer) -> bool:
    """Tell whether a token may write ACLs: who may do that can give itself the rest."""
    return may.allow("acl", "", "write")
