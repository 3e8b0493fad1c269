"""The tables in docs/configuration.md that say what each key of the config file means: made of its schema."""

import json
from collections.abc import Iterator
from pathlib import Path

from scanner.model.document import Json
from scanner.schemas import schema

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"
_START = "<!-- Made by `make docs` from scanner/schemas/config.json; changes up to the end mark are lost. -->\n"
_END = "<!-- end -->\n"
_ANY_VALUE = "#/$defs/value"
"""It holds itself, and no key that is known."""
_HEAD = "| key | has to be | default | meaning |\n|---|---|---|---|\n"


def keys(part: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Yield each key below a part of the schema with what is said of it; `*` is any name, `[]` each item of a list."""
    if part.get("$ref") == _ANY_VALUE:
        return
    part = _resolved(part)
    for name, inner in part.get("properties", {}).items():
        yield f"{path}{name}", _resolved(inner)
        yield from keys(inner, f"{path}{name}.")
    if isinstance(part.get("additionalProperties"), dict):
        yield from keys(part["additionalProperties"], f"{path}*.")
    if "items" in part and part["type"] == "array":
        yield from keys(part["items"], f"{path.removesuffix('.')}[].")


def current_page(page: str) -> str:
    """Return the page with its tables as they have to be now."""
    before, rest = page.split(_START)
    _, after = rest.split(_END)
    return before + _START + _tables() + _END + after


def _tables() -> str:
    """Return a table for each section of the file, clusters first as they stand in the schema."""
    sections: dict[str, list[str]] = {}
    for path, said in keys(schema("config")):
        sections.setdefault(path.partition(".")[0], []).append(_row(path, said))
    return "".join(f"\n### {name}\n\n{_HEAD}{''.join(rows)}" for name, rows in sections.items()) + "\n"


def _row(path: str, said: Json) -> str:
    default = f"`{json.dumps(said['default'])}`" if "default" in said else ""
    return f"| `{path}` | {_told(said['description'])} | {default} | {_told(said['meaning'])} |\n"


def _told(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")


def _resolved(part: Json) -> Json:
    """Return a part with what it refers to; what it says itself wins."""
    reference = part.get("$ref")
    if reference is None:
        return part
    meant: Json = schema("config")["$defs"][reference.removeprefix("#/$defs/")]
    return meant | part
