"""The text of an ACL policy -> its rules, as Consul keeps them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from scanner.acl.decoding import check_keys
from scanner.acl.fields import ENTERPRISE, FORMER, LABELLED, SCALARS, folded
from scanner.acl.labelled import labelled_rules
from scanner.acl.rules import Ignored, Policy, Rule
from scanner.acl.scalars import scalar_rules
from scanner.acl.usual import usual_policy
from scanner.errors import HclError
from scanner.hcl.read import read
from scanner.hcl.tree import Dropped, Item
from scanner.model.snapshot import Edition

_KNOWN = frozenset({*SCALARS, *(field.key for field in (*LABELLED, *FORMER))})


def parse_policy(text: str, *, strict: bool = True, edition: Edition = "ce") -> Policy:
    """Return what a policy says.

    `strict` takes what Consul 1.22.7 accepts of a new policy; without, a stored one is read as Consul then reads it:
    where a key is set twice, the last one counts. On "enterprise" blocks for namespaces and partitions are reported
    as not judged.

    Raises HclError where the text is neither HCL nor JSON, AclPolicyError where it is no policy.
    """
    usual = usual_policy(text)
    return usual if usual is not None else read_policy(text, strict=strict, edition=edition)


def read_policy(text: str, *, strict: bool, edition: Edition) -> Policy:
    """Return the same by the reader of HCL, which knows every form."""
    document = read(text, strict=strict)
    check_keys(document.items)
    said = [
        *labelled_rules(document.items),
        *scalar_rules(document.items),
        *_unknown_keys(document.items, edition),
        *_lost(document.dropped),
    ]
    return Policy(
        tuple(one for one in said if isinstance(one, Rule)),
        tuple(sorted((one for one in said if isinstance(one, Ignored)), key=lambda one: one.at)),
    )


# Hundreds of policies are asked for again by each reading, each gateway and each scan of a daemon; few of them change.
# Of a hundred rules each they are 36 MB; where more than these decide about tokens, each reading parses them anew.
@lru_cache(maxsize=1024)
def parse_stored(text: str, edition: Edition) -> tuple[Policy | None, str]:
    """Return what a text says that Consul has stored, or None and why it cannot be read."""
    try:
        return parse_policy(text, strict=False, edition=edition), ""
    except HclError as error:
        return None, error.message


def _unknown_keys(items: Sequence[Item], edition: Edition) -> Iterator[Ignored]:
    for item in items:
        key = folded(item.keys[0].text)
        if key not in _KNOWN:
            yield _of_enterprise(item, edition) if key in ENTERPRISE else _unknown(item)


def _unknown(item: Item) -> Ignored:
    return Ignored(f"unknown key {item.keys[0].raw}", "Consul knows no such key and says nothing", item.at)


def _of_enterprise(item: Item, edition: Edition) -> Ignored:
    what = " ".join(key.raw for key in item.keys)
    if edition == "enterprise":
        return Ignored(what, "not judged: how Enterprise reads it is not known here", item.at, judged=False)
    return Ignored(what, "the community edition has no namespaces and partitions: all in it is read over", item.at)


def _lost(dropped: Sequence[Dropped]) -> Iterator[Ignored]:
    for one in dropped:
        yield Ignored(one.what, "Consul reads over it", one.at)
