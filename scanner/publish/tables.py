"""Gauges as text, in the form that Prometheus' own text and OpenMetrics have in common.

The encoders of `prometheus_client` look at each character of each label: 0.2 s for fifty clusters. These tables are the
same text, as a test compares; here a label value is looked at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

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


def text(table: Table) -> str:
    """Return a gauge as text. Label values are made printable and short; of two that then look alike one is told."""
    head = f"# HELP {table.name} {table.meaning}\n# TYPE {table.name} gauge\n"
    quoted, number = cache(_quoted), cache(floatToGoString)
    shown = {tuple(map(quoted, values)): amount for values, amount in table.values.items()}
    line = f"{table.name}{_labels(table.labels)} %s\n"
    return head + "".join([line % (*labels, number(amount)) for labels, amount in shown.items()])


def _labels(names: tuple[str, ...]) -> str:
    return "{" + ",".join(f'{name}="%s"' for name in names) + "}" if names else ""


def _quoted(value: str) -> str:
    return printable(value).translate(_ESCAPES)
