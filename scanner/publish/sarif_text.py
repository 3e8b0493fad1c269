"""The one place that quotes for SARIF: what a viewer would take for a link or a placeholder is text."""

from scanner.publish.terminal import PARAGRAPH_LIMIT, printable, prose


def sarif_text(text: str) -> str:
    """Return a sentence as one printable line of a SARIF message."""
    return _quoted(prose(text))


def sarif_paragraph(text: str) -> str:
    """Return what a rule says of itself, as one printable line."""
    return _quoted(printable(text, PARAGRAPH_LIMIT))


def _quoted(line: str) -> str:
    # SARIF wants braces doubled (3.11.5), and takes [text](target) for a link (3.11.6).
    return line.replace("](", "] (").replace("{", "{{").replace("}", "}}")
