"""The one place that makes text from a cluster safe to show.

Names, messages and details come from Consul, which takes escapes, line breaks and right-to-left marks in all of them.
"""

from typing import Any

NAME_LIMIT = 80
WORD_LIMIT = 120
PROSE_LIMIT = 600


def printable(text: str, limit: int = NAME_LIMIT) -> str:
    r"""Return text as one line of printable characters, of at most `limit` before an ellipsis.

    What is not printable is spelled: `\n`, `\x1b`, `\u202e`. A backslash stays as it is: the result is for eyes, and
    the JSON report has the exact text.
    """
    if len(text) <= limit and text.isprintable():
        return text
    spelled = "".join(_spelled(character) for character in text[: limit + 1])
    return spelled if len(spelled) <= limit else spelled[: limit - 1] + "…"


def prose(text: str) -> str:
    """Return a sentence as one printable line, each word cut to `WORD_LIMIT` and the whole to `PROSE_LIMIT`.

    A message has the names of things in it; a huge one must not push the rest of it off the screen.
    """
    return printable(" ".join(printable(word, WORD_LIMIT) for word in text.split(" ")), PROSE_LIMIT)


def _spelled(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def copyable(command: str) -> bool:
    """Tell whether a command may reach a terminal as it is: printable characters, line breaks and tabs alone.

    A command cannot be spelled differently, as it would do something else; one that is not copyable is not shown.
    """
    return all(character.isprintable() or character in "\n\t" for character in command)


def hides_characters(value: Any) -> bool:
    """Tell whether any string inside a JSON value holds a character that is not printable."""
    if isinstance(value, str):
        return not value.isprintable()
    if isinstance(value, dict):
        return any(hides_characters(item) for pair in value.items() for item in pair)
    return isinstance(value, list) and any(hides_characters(item) for item in value)
