"""Gauges as text, in the form that Prometheus' own text and OpenMetrics have in common.

The encoders of `prometheus_client` look at each character of each label: 0.2 s for fifty clusters. These tables are the
same text, as a test compares; here a label value is looked at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from prometheus_client.utils import floatToGoString

from scanner.publish.terminal import printable

Labels = tuple[str, ...]
"""Values of labels, as a document has them: of any length, and with any character."""

_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


@dataclass(frozen=True)
class Table:
    """One gauge: what it means, its label names, and its numbers by their values."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    values: Mapping[Labels, float]


@dataclass(frozen=True)
class StateTable:
    """A gauge with a series for each of some states: the last of its labels says which, and each row has all of them.

    Most series of a scan are of this kind, so a row is looked at, not each of its numbers. Its labels are names that
    a config file and rules have, not a cluster: their text is remembered.
    """

    name: str
    meaning: str
    labels: tuple[str, ...]
    states: tuple[str, ...]  # plain words of ours, nothing to be quoted
    rows: Mapping[Labels, tuple[float, ...]]


def text(table: Table | StateTable) -> str:
    """Return a gauge as text. Label values are made printable and short; of two that then look alike one is told."""
    lines = _lines_of_states(table) if isinstance(table, StateTable) else _lines(table)
    return f"# HELP {table.name} {table.meaning}\n# TYPE {table.name} gauge\n{''.join(lines)}"


def _lines(table: Table) -> list[str]:
    line = f"{table.name}{{%s}} %s\n" if table.labels else f"{table.name}%s %s\n"
    place, number = _place(table.labels, cache(_quoted)), cache(floatToGoString)
    shown = {place(values): amount for values, amount in table.values.items()}
    return [line % (at, number(amount)) for at, amount in shown.items()]


def _lines_of_states(table: StateTable) -> list[str]:
    *labels, state = table.labels

    # Few combinations of numbers come again and again, so only the place of a row is put into what is there.
    @cache
    def row(amounts: tuple[float, ...]) -> str:
        pairs = zip(table.states, map(floatToGoString, amounts), strict=True)
        return "".join(f'{table.name}{{%s,{state}="{each}"}} {number}\n' for each, number in pairs)

    place = _known_place(tuple(labels))
    shown = {place(values): amounts for values, amounts in table.rows.items()}
    return [row(amounts) % ((at,) * len(amounts)) for at, amounts in shown.items()]


def _place(labels: tuple[str, ...], quoted: Callable[[str], str]) -> Callable[[Labels], str]:
    """Return a function from the values of some labels to their text."""
    template = ",".join(f'{label}="%s"' for label in labels)
    return lambda values: template % tuple(map(quoted, values))


_REMEMBERED = 65_536
"""Places of states by the names of their labels, some 400 bytes each: what eighteen hundred clusters have."""


@cache
def _known_place(labels: tuple[str, ...]) -> Callable[[Labels], str]:
    """Return the same function as `_place`, which remembers its answers: of rows of states scrape after scrape asks."""
    return lru_cache(maxsize=_REMEMBERED)(_place(labels, _quoted))


def _quoted(value: str) -> str:
    return printable(value).translate(_ESCAPES)
