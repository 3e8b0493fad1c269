"""The formats of a report, by the name that --format takes."""

from typing import Protocol

from scanner.model.document import Json
from scanner.publish import json_report, table


class Renderer(Protocol):
    """Makes text of a results document."""

    def __call__(self, results: Json, *, width: int, colour: bool) -> str:
        """Return the report; `width` in columns and `colour` are for formats that people read."""
        ...


def _json(results: Json, **_view: object) -> str:
    return json_report.render(results)


RENDERERS: dict[str, Renderer] = {"table": table.render, "json": _json}
