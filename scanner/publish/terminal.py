"""The one place that makes text from a cluster safe to show.

Names, messages and details come from Consul, which takes escapes, line breaks and right-to-left marks in all of them.
The log of a CI job is a terminal too: GitHub and Azure obey `##[command]` anywhere in a line, and GitHub `::command::`
at its start.
"""

import re
from typing import Any

NAME_LIMIT = 80
WORD_LIMIT = 120
PROSE_LIMIT = 600
PARAGRAPH_LIMIT = 4000

_MARK = re.compile(r"#(?=#\w*\[)")
_LINE = re.compile(r"^[ \t]*(?=::[a-z-]+(?: .*)?::)", re.IGNORECASE | re.MULTILINE)


def printable(text: str, limit: int = NAME_LIMIT) -> str:
    r"""Return text as one line of printable characters, of at most `limit` before an ellipsis.

    What is not printable is spelled: `\n`, `\x1b`, `\u202e`. A backslash stays as it is: the result is for eyes, and
    the JSON report has the exact text.
    """
    if len(text) <= limit and text.isprintable() and "#" not in text:
        return text
    visible = "".join(_spelled(character) for character in text[: limit + 1])
    spelled = _MARK.sub(r"\\x23", visible)
    return spelled if len(spelled) <= limit else spelled[: limit - 1] + "…"


def prose(text: str) -> str:
    """Return a sentence as one printable line, each word cut to `WORD_LIMIT` and the whole to `PROSE_LIMIT`.

    A message has the names of things in it; a huge one must not push the rest of it off the screen.
    """
    words = " ".join(printable(word, WORD_LIMIT) for word in text.split(" "))
    return printable(f"\\{words}" if starts_log_command(words) else words, PROSE_LIMIT)


def starts_log_command(line: str) -> bool:
    """Tell whether GitHub would obey a line of a job's log."""
    return _LINE.match(line) is not None


def _spelled(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def copyable(command: str) -> bool:
    """Tell whether a command may reach a terminal as it is: printable characters, line breaks and tabs alone.

    Nor may it hold what the log of a CI job obeys. A command cannot be spelled differently, as it would do something
    else; one that is not copyable is not shown.
    """
    if _MARK.search(command) or _LINE.search(command):
        return False
    return all(character.isprintable() or character in "\n\t" for character in command)


def hides_characters(value: Any) -> bool:
    """Tell whether any string inside a JSON value holds a character that is not printable."""
    if isinstance(value, str):
        return not value.isprintable()
    if isinstance(value, dict):
        return any(hides_characters(item) for pair in value.items() for item in pair)
    return isinstance(value, list) and any(hides_characters(item) for item in value)
