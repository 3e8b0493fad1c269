"""Text that a stranger sent -> a piece of it that may stand in an error."""

from collections.abc import Iterable

HIDDEN = "<token>"


def excerpt(text: str, secrets: Iterable[str] = (), limit: int = 160) -> str:
    """Return the start of a text on one line, without control characters and with each secret replaced.

    Secrets go first: a cut must not leave half of one. At most `limit` characters, and `…` when there was more.
    """
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= limit else f"{line[:limit]}…"
