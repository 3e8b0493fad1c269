"""The results document as JSON, for machines and for rendering again later."""

import json

from scanner.model.document import Json


def render(results: Json) -> str:
    """Return a results document as indented JSON in ASCII: the same document always gives the same text."""
    text = json.dumps(results, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
    # The log of a CI job obeys ##[command] anywhere in a line; only inside a string can it stand.
    return text.replace("##", "#\\u0023")
