"""Which tokens may be a gateway's: Consul does not tell, so those that could register it (design section 4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from scanner.acl.authorizer import Authorizer
from scanner.acl.effective import Directory, Effective, effective, is_expired
from scanner.acl.merge import NamedPolicy
from scanner.acl.rules import Policy, Rule
from scanner.acl.tokens import Token


@dataclass(frozen=True)
class Candidate:
    """A token that may register the gateway, and what it may do to that and to ACLs; it answers of nothing else."""

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
class _Answer:
    """What the rules about a service and about ACLs grant, and whether that makes a candidate of who has them."""

    may: Authorizer
    is_candidate: bool


@dataclass(frozen=True)
class _Answers:
    """What tokens may do to one service and to ACLs, worked out once for all that have the same rules about them.

    The rules of other names are left out before they are merged: thousands of tokens have as many sets of policies, and
    nearly all of them say nothing of this service.
    """

    service: str
    directory: Directory
    narrowed: dict[str, NamedPolicy] = field(default_factory=dict)
    done: dict[tuple[tuple[str, ...], ...], _Answer] = field(default_factory=dict)

    def of(self, counting: Effective) -> _Answer:
        policies = tuple(self._narrow(policy) for policy in counting.policies)
        rules = (rule for named in policies for rule in named.policy.rules)
        key = tuple((rule.resource, rule.match, rule.segment, rule.level) for rule in rules)
        if key not in self.done:
            may = replace(counting, policies=policies).authorizer(self.directory.default)
            writes = may.allow("service", self.service, "write") and not is_management(may)
            self.done[key] = _Answer(may, is_candidate=writes)
        return self.done[key]

    def _narrow(self, named: NamedPolicy) -> NamedPolicy:
        if named.id not in self.narrowed:
            rules = tuple(rule for rule in named.policy.rules if _speaks_of(rule, self.service))
            self.narrowed[named.id] = NamedPolicy(named.id, named.name, Policy(rules, named.policy.ignored))
        return self.narrowed[named.id]


def _speaks_of(rule: Rule, service: str) -> bool:
    """Tell whether a rule can decide about writing this service, or writing ACLs."""
    if rule.resource != "service":
        return rule.resource == "acl"
    return service.startswith(rule.segment) if rule.match == "prefix" else service == rule.segment


def candidates(tokens: Iterable[Token], service: str, directory: Directory, now_ns: int) -> Candidates:
    """Return the tokens that may write the service named `service` and are not management tokens.

    Under default policy allow that is every token without a rule against it, the anonymous one included.
    """
    answers = _Answers(service, directory)
    known: list[Candidate] = []
    undecided: list[Undecided] = []
    for token in sorted(tokens, key=lambda one: one.accessor):
        if is_expired(token, now_ns):
            continue
        counting = effective(token, directory, now_ns)
        answer = answers.of(counting)
        if counting.unread:
            undecided.append(Undecided(token, counting.unread))
        elif answer.is_candidate:
            known.append(Candidate(token, answer.may))
    return Candidates(tuple(known), tuple(undecided))


def is_management(may: Authorizer) -> bool:
    """Tell whether a token may write ACLs: who may do that can give itself the rest."""
    return may.allow("acl", "", "write")
