"""The format `template`: what operators write in Jinja2, kept from doing more than writing text.

A value that is put out is quoted here, always: as JSON, or as one printable line. So no name from a cluster can be more
than a value. A template may loop, choose and join; it may not call, multiply or import.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.nodes import For, Node
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scanner.errors import ConfigError
from scanner.model.document import Json
from scanner.publish.terminal import PROSE_LIMIT, printable
from scanner.publish.webhooks.settings import Template
from scanner.publish.webhooks.wording import headline, line

LARGEST_BODY = 256 * 1024
DEEPEST = 3
_FAULT_LIMIT = 200
FILTERS = ("default", "first", "join", "last", "length", "lower", "replace", "sort", "truncate", "unique", "upper")
"""What makes little of little; others can be told to make much of nothing."""


def compiled(template: Template) -> Callable[[Sequence[Json]], bytes]:
    """Return what renders events by a template.

    `events` are in it as in the schema, `lines` as text, one each, and `headline` sums them up. What is returned raises
    ConfigError, as this does.

    Raises:
        ConfigError: it is no template, or one that could run for ever.
    """
    environment = _Environment(undefined=StrictUndefined, finalize=_QUOTES[template.content_type])
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    try:
        if _depth(environment.parse(template.text)) > DEEPEST:
            raise ConfigError("loops are nested too deeply", f"Nest {DEEPEST} at most")
        parsed = environment.from_string(template.text)
    except TemplateError as fault:
        raise _unusable(fault) from None

    def render(events: Sequence[Json]) -> bytes:
        told = {"events": events, "lines": [line(event) for event in events], "headline": headline(events)}
        try:
            body = _limited(parsed.generate(told))
            if template.content_type == "application/json":
                json.loads(body)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as fault:
            raise _unusable(fault) from None
        return body

    return render


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_callable(self, obj: Any) -> bool:
        """Allow no call: a method of a text can fill the memory."""
        del obj
        return False

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Allow none of those that make much of little."""
        del context, left, right
        raise SecurityError(f"{operator} is not allowed")


def _as_line(value: Any) -> str:
    return printable(str(value), PROSE_LIMIT)


def _as_json(value: Any) -> str:
    # What is undefined tells what is missing when it is made a text.
    return json.dumps(value, default=str)


_QUOTES: dict[str, Callable[[Any], str]] = {"application/json": _as_json, "text/plain": _as_line}


def _depth(node: Node) -> int:
    return isinstance(node, For) + max(map(_depth, node.iter_child_nodes()), default=0)


def _limited(chunks: Iterator[str]) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk.encode(errors="backslashreplace")
        if len(body) > LARGEST_BODY:
            raise ConfigError(f"the template gives more than {LARGEST_BODY // 1024} kB", "Put out less of each event")
    return bytes(body)


def _unusable(fault: Exception) -> ConfigError:
    line_number = getattr(fault, "lineno", None)
    where = f" (line {line_number})" if line_number else ""
    told = printable(str(fault) or type(fault).__name__, _FAULT_LIMIT)
    return ConfigError(f"the template cannot be used{where}: {told}", "See docs/webhooks.md for an example")
