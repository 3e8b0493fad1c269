"""The texts of ACL policies, as a mend writes them."""

import re
from collections.abc import Iterator

from scanner.acl.policy import parse_policy
from scanner.acl.rules import Policy
from scanner.errors import HclError

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_NAME = 128
_SCALAR = re.compile(r'(\w+) = "\w+"')


def proposals(text: str, line: str) -> Iterator[str]:
    """Yield the text as it is, with the line added, and with the line in the place of one for the same key.

    Consul refuses `peering` a second time, so `peering = "Read"` gives way; a deny in any spelling never does. None
    for a text with characters that no command prints, like Windows' ends of lines.
    """
    if not all(character in "\n\t" or character.isprintable() for character in text):
        return
    yield text
    yield f"{text.rstrip()}\n{line}\n" if text.strip() else f"{line}\n"
    scalar = _SCALAR.fullmatch(line)
    if scalar:
        there = re.compile(rf'^[ \t]*{scalar[1]}[ \t]*=[ \t]*"(?!deny")\w*"[ \t]*$', re.IGNORECASE | re.MULTILINE)
        yield there.sub(lambda _: line, text)


def readable(rules: str) -> Policy | None:
    """Return what Consul would read in a new text; None where it would refuse it."""
    try:
        return parse_policy(rules)
    except HclError:
        return None


def name_for(service: str, right: str, accessor: str) -> str:
    """Return a name that Consul takes for a policy made for one token: its rules about names are strict."""
    end = f"-{right}-{accessor[:8]}"
    return _NOT_IN_NAMES.sub("-", service[: _LONGEST_NAME - len(end)] + end)
