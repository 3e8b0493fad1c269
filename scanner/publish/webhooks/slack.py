"""The format `slack`: a message for an incoming webhook of Slack, or of what speaks like it.

Lines are `plain_text`, which knows no markup; `<`, `>` and `&` are escaped everywhere, as a mention begins with `<`.
"""

import json
from collections.abc import Sequence
from html import escape

from scanner.model.document import Json
from scanner.publish.webhooks.wording import headline, line

MOST_LINES = 20
"""Slack takes 50 blocks; nobody reads that many."""


def body(events: Sequence[Json]) -> bytes:
    """Return a message with a line for each event, of many for the first ones."""
    head = f"consul-scan: {headline(events)}"
    lines = [line(event) for event in events[:MOST_LINES]]
    if len(events) > MOST_LINES:
        lines.append(f"and {len(events) - MOST_LINES} more")
    message = {
        "text": _escaped(head),
        "blocks": [_block("header", head), *(_block("section", each) for each in lines)],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return json.dumps(message).encode("ascii")


def _block(kind: str, text: str) -> Json:
    return {"type": kind, "text": {"type": "plain_text", "text": _escaped(text), "emoji": False}}


def _escaped(text: str) -> str:
    return escape(text, quote=False)
