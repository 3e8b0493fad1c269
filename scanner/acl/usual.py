"""Policies as nearly everybody writes them, read at once: `service_prefix "" { policy = "read" }`, `peering = "read"`.

A cluster has hundreds of policies, and to read them as HCL was a fifth of the time of an audit. Whatever else stands in
a text leaves all of it to the reader of HCL, which is what says how a text is read; a test compares both.
"""

import re
from collections import defaultdict

from scanner.acl.fields import LABELLED, LEVELS, SCALARS
from scanner.acl.rules import Policy, Rule
from scanner.hcl.limits import MAX_CHARACTERS
from scanner.hcl.source import source_of

_SPACE = r"(?:[ \t\n]++|(?:#|//)[^\n]*+\n)*+"
_LEVEL = "|".join(sorted(LEVELS))
_BLOCK = (
    rf"(?P<key>{'|'.join(field.key for field in LABELLED)}){_SPACE}"
    rf'"(?P<name>[ !#%-\[\]-~]*+)"{_SPACE}\{{{_SPACE}policy{_SPACE}={_SPACE}"(?P<level>{_LEVEL}|list)"{_SPACE}\}}'
)
_SCALAR = rf'(?P<scalar>{"|".join(SCALARS)}){_SPACE}={_SPACE}(?P<granted>"(?:{_LEVEL})")'
_RULE = re.compile(rf"{_SPACE}(?:{_BLOCK}|{_SCALAR}){_SPACE}")


def usual_policy(text: str) -> Policy | None:
    """Return what a policy says of which every rule is of the usual form; None where it has anything else."""
    if len(text) > MAX_CHARACTERS or not text.isascii() or "\0" in text:
        return None
    source, at = source_of(text), 0
    found: defaultdict[str, list[Rule]] = defaultdict(list)
    while at < len(text):
        rule = _RULE.match(text, at)
        if rule is None or not _is_usual(rule, found):
            return None
        at = rule.end()
        if key := rule["scalar"]:
            place = source.position(rule.start("granted"))
            found[key].append(Rule(key, "scalar", "", rule["granted"][1:-1], None, place))
        else:
            field = _FIELDS[rule["key"]]
            place = source.position(rule.start("name") - 1)
            found[field.key].append(Rule(field.resource, field.match, rule["name"], rule["level"], None, place))
    # In the order in which Consul merges them.
    return Policy(tuple(rule for key in _ORDER for rule in found[key]), ())


_FIELDS = {field.key: field for field in LABELLED}
_ORDER = (*_FIELDS, *SCALARS)


def _is_usual(rule: re.Match[str], found: defaultdict[str, list[Rule]]) -> bool:
    """Tell whether a scalar stands there for the first time, and `list` for keys alone."""
    if rule["scalar"]:
        return not found[rule["scalar"]]
    return rule["level"] != "list" or _FIELDS[rule["key"]].takes_list
