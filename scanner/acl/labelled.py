"""The rules about what has a name: `service_prefix "" { policy = "read" }`."""

from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence

from scanner.acl.decoding import Block, blocks, by_key, check_keys, decode, levels, policy_fault
from scanner.acl.fields import FORMER, LABELLED, LEVELS, Field, folded
from scanner.acl.rules import Ignored, Rule
from scanner.hcl.tree import Item

_UTF8 = getincrementaldecoder("utf-8")


def labelled_rules(items: Sequence[Item]) -> Iterator[Rule | Ignored]:
    """Give the rules with names, and what in them has no effect. Raises HclError, AclPolicyError."""
    found = by_key(items)
    for field in LABELLED:
        for block in blocks(found[field.key]):
            yield from _rule(field, block)
            yield from _ignored(field, block)
    for field in FORMER:
        for block in blocks(found[field.key]):
            _levels_of(field, block)
            decode(block.name)
            yield Ignored(_named(field, block), "Consul has no such rules any more", block.name.at)


def _named(field: Field, block: Block) -> str:
    return f"{field.key} {block.name.raw}"


def _levels_of(field: Field, block: Block) -> tuple[str, str]:
    """Return the level of the rule and that of its intentions, "" where there is none."""
    check_keys(block.body)
    found = by_key(block.body)
    return _last(found["policy"]), _last(found["intentions"]) if field.takes_intentions else ""


def _last(items: Sequence[Item]) -> str:
    texts = [word.text for word in levels(items)]
    # Go makes "i" of the Turkish capital I as it does of "I"; Python would not.
    return texts[-1].replace("\u0130", "I") if texts else ""


def _rule(field: Field, block: Block) -> Iterator[Rule | Ignored]:
    segment = block.name.text
    level, intentions = _levels_of(field, block)
    _check_level(field, block, level, with_list=field.takes_list)
    if intentions:
        _check_level(field, block, intentions, with_list=False)
    if _can_be_asked(field, block, segment):
        yield Rule(field.resource, field.match, segment, level, intentions or None, block.name.at)
    else:
        yield Ignored(_named(field, block), "no name holds these bytes: they are no UTF-8", block.name.at)


def _check_level(field: Field, block: Block, level: str, *, with_list: bool) -> None:
    allowed = LEVELS | {"list"} if with_list else LEVELS
    if level.lower() in allowed:
        return
    named = _named(field, block)
    if not level and len(block.more) == 1:
        raise policy_fault(block.name.at, f"{named} with a second label, {block.more[0].raw}", "one label")
    seen = f"{named} with level {level!r}" if level else f"{named} without a policy"
    raise policy_fault(block.name.at, seen, f"one of {', '.join(sorted(allowed))}")


def _can_be_asked(field: Field, block: Block, segment: str) -> bool:
    """Tell whether any name of UTF-8 can meet the rule. Raises AclPolicyError for a prefix that cuts a character."""
    content = segment.encode("utf-8", "surrogateescape")
    try:
        whole = _UTF8().decode(content) == segment
    except UnicodeDecodeError:
        return False
    if not whole and field.match == "prefix":
        raise policy_fault(block.name.at, f"{_named(field, block)}, which ends within a character", "whole characters")
    return whole


def _ignored(field: Field, block: Block) -> Iterator[Ignored]:
    named = _named(field, block)
    if len(block.more) > 1:
        more = " ".join(word.raw for word in block.more)
        yield Ignored(f"the labels {more} of {named}", "of three labels and more Consul takes the first", block.name.at)
    known = {"policy", "intentions"} if field.takes_intentions else {"policy"}
    for item in block.body:
        if folded(item.keys[0].text) not in known and item.keys[0] not in block.more:
            yield Ignored(f"{item.keys[0].raw} in {named}", "Consul knows no such key there", item.at)
    found = by_key(block.body)
    for key in sorted(known):
        for word in levels(found[key])[:-1]:
            yield Ignored(f"{key} = {word.raw} in {named}", "it is set again, and the last one counts", word.at)
