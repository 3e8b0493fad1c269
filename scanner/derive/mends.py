"""What would give the gateways' tokens of a cluster the rights that they lack, and change nothing else.

Each proposal is tried on the resolver first: what Consul would refuse, or a deny elsewhere would undo, is none. All
lines that go into one policy go into one text: commands that each wrote it back with one line would undo each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice

from scanner.acl.authorizer import Authorizer
from scanner.acl.effective import StoredPolicy
from scanner.derive.directory import Holding
from scanner.derive.holders import Holders, policy_ids
from scanner.derive.policy_texts import name_for, proposals, readable
from scanner.derive.rights import RIGHTS, line_for
from scanner.model.document import Json

Key = tuple[str, str, str]
"""Service, accessor, right."""

Mends = Mapping[Key, Json | None]
"""Each mend as `schemas/derived.json` has it; None where no command would be safe."""


@dataclass(frozen=True)
class Lack:
    """A right that a token of the gateway service of that name may lack."""

    service: str
    holding: Holding
    right: str

    @property
    def key(self) -> Key:
        """Return what tells it from others."""
        return self.service, self.holding.token.accessor, self.right

    @property
    def is_sure(self) -> bool:
        """Tell whether the token has it not, whatever else there is to read."""
        return not (self.holding.effective.unread or RIGHTS[self.right](self.holding.authorizer, self.service).allowed)

    @property
    def line(self) -> str:
        """Return the line of a policy that grants it."""
        return line_for(self.right, self.service)

    def filled_by(self, stored: StoredPolicy) -> bool:
        """Tell whether the token would have the right with this policy, and no deny would have gone."""
        if stored.policy is None:
            return False
        after = self.holding.with_policy(stored)
        return RIGHTS[self.right](after, self.service).allowed and _denies(self.holding.authorizer) <= _denies(after)


@dataclass(frozen=True)
class Mend:
    """One change: `update` writes a policy (by id) back whole, `attach_to_…` makes one (by name) for a holder's id.

    `also` are the lines that an update adds for other rights.
    """

    kind: str
    policy: str
    rules: str
    holder: str = ""
    also: tuple[str, ...] = ()


def mends(lacks: Sequence[Lack], holders: Holders) -> Mends:
    """Return the mend of each lack."""
    texts: dict[str, str] = {}
    lines: dict[str, set[str]] = {}
    places: dict[Key, str] = {}
    for lack in lacks:
        for policy_id, rules in islice(_updates(lack, holders, texts), 1):
            texts[policy_id], places[lack.key] = rules, policy_id
            lines.setdefault(policy_id, set()).add(lack.line)
    updates = {
        key: Mend("update", policy_id, texts[policy_id], also=tuple(lines[policy_id]))
        for key, policy_id in places.items()
    }
    return {lack.key: _document(updates.get(lack.key) or _attachment(lack, holders), lack) for lack in lacks}


def _updates(lack: Lack, holders: Holders, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each way to grant the right by a policy that may be changed; `texts` are those that others changed."""
    for policy_id in policy_ids(lack.holding):
        text = texts.get(policy_id, holders.text(policy_id))
        stored = lack.holding.directory.policies.get(policy_id)
        if stored and text is not None and holders.own(policy_id):
            for rules in proposals(text, lack.line):
                if lack.filled_by(replace(stored, policy=readable(rules))):
                    yield policy_id, rules


def _attachment(lack: Lack, holders: Holders) -> Mend | None:
    holding = lack.holding
    name = name_for(lack.service, lack.right, holding.token.accessor)
    if not lack.filled_by(StoredPolicy(name, name, (), readable(lack.line))):
        return None
    role = holders.own_role(holding)
    if role and (holding.alike or not holding.token.attached.policies):
        return Mend("attach_to_role", name, lack.line, role)
    return None if holding.alike else Mend("attach_to_token", name, lack.line, holding.token.accessor)


def _document(mend: Mend | None, lack: Lack) -> Json | None:
    if mend is None:
        return None
    return asdict(mend) | {"also": sorted(line for line in mend.also if line != lack.line)}


def _denies(may: Authorizer) -> frozenset[tuple[str, str, str]]:
    """Return what rules deny, in any case: `Deny` counts, and yet a lower-case level beside it takes it away."""
    tables = (table for resource, table in may.merged.tables.items() if resource != "intention")
    grants = [*chain.from_iterable(table.grants() for table in tables), *may.merged.scalars.values()]
    rules = [grant.rule for grant in grants if grant.level.lower() == "deny"]
    return frozenset((rule.resource, rule.match, rule.segment) for rule in rules)
