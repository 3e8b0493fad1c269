"""The formats of a report, by the name that --format takes."""

from collections.abc import Callable
from typing import Protocol

from scanner.model.document import Json
from scanner.publish import github, json_report, junit, markdown, sarif, table
from scanner.publish.sarif_results import Fingerprint


class Renderer(Protocol):
    """Makes text of a results document."""

    def __call__(self, results: Json, *, width: int, colour: bool, fingerprint: Fingerprint, whole: bool = True) -> str:
        """Return the report; `width` in columns, `colour` and `whole` are for what people read at a terminal."""
        ...


def _table(results: Json, *, width: int, colour: bool, fingerprint: Fingerprint, whole: bool = True) -> str:
    del fingerprint
    return table.render(results, width=width, colour=colour, whole=whole)


def _sarif(results: Json, *, width: int, colour: bool, fingerprint: Fingerprint, whole: bool = True) -> str:
    del width, colour, whole
    return sarif.render(results, fingerprint)


def _same_everywhere(render: Callable[[Json], str]) -> Renderer:
    def renderer(results: Json, **_view: object) -> str:
        return render(results)

    return renderer


RENDERERS: dict[str, Renderer] = {
    "table": _table,
    "json": _same_everywhere(json_report.render),
    "sarif": _sarif,
    "junit": _same_everywhere(junit.render),
    "markdown": _same_everywhere(markdown.render),
    "github": _same_everywhere(github.render),
}
