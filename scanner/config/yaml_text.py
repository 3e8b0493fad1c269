"""YAML that says one thing: no key twice, no alias, no surprise types; and where each value stands."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scanner.errors import ConfigError

LARGEST_FILE = 2**20
_STRING = "tag:yaml.org,2002:str"
_FLOAT = "tag:yaml.org,2002:float"
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class YamlText:
    """What a YAML file says, and the line of each key and item, both by path."""

    path: Path
    value: Any
    lines: dict[Place, int]

    def place(self, where: Place) -> str:
        """Return `file:line` of a path, or of the nearest one above it."""
        return f"{self.path}:{self.line(where)}"

    def line(self, where: Place) -> int:
        """Return the line of a path, or of the nearest one above it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


class _Loader(yaml.SafeLoader):
    """Reads dates as text, as JSON would."""


def _as_text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


def read_yaml(path: Path, page: str) -> YamlText:
    """Return what stands in a file of at most 1 MiB; `page` tells how such a file is written.

    Raises:
        ConfigError: missing, unreadable, too large, not UTF-8, not YAML, a key twice or a key that is no text.
    """
    text = _text(path)
    try:
        return _parsed(path, text)
    except RecursionError:
        raise ConfigError(f"{path} is nested too deeply", "Write less deep lists and mappings") from None
    except (yaml.YAMLError, ValueError) as error:
        raise _not_yaml(path, error, page) from None


def _parsed(path: Path, text: str) -> YamlText:
    _refuse_aliases(path, text)
    loader = _Loader(text)
    node = loader.get_single_node()
    if node is None:
        return YamlText(path, None, {})
    lines: dict[Place, int] = {}
    _walk(path, node, (), lines)
    return YamlText(path, loader.construct_document(node), lines)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
        if len(raw) > LARGEST_FILE:
            raise ConfigError(f"{path} is larger than {LARGEST_FILE // 2**20} MiB", "Is it the right file?")
        return raw.decode()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", "Name a readable file") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text", "Save it as UTF-8") from None


def _refuse_aliases(path: Path, text: str) -> None:
    """Refuse `*name`: a few nested ones make a value that fills the memory."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ConfigError(f"{path}:{line}: aliases (*name) are not supported", "Write the value out")


def _walk(path: Path, node: yaml.Node, place: Place, lines: dict[Place, int]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _walk(path, value, _key(path, key, place, lines), lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(path, value, (*place, index), lines)
    elif node.tag == _FLOAT and node.value.lower().endswith((".inf", ".nan")):
        raise ConfigError(f"{path}:{lines[place]}: {node.value} is no number here", "Write a finite number")


def _key(path: Path, key: yaml.Node, place: Place, lines: dict[Place, int]) -> Place:
    line = key.start_mark.line + 1
    if key.tag != _STRING:
        raise ConfigError(f"{path}:{line}: a key is not text", 'Put it in quotes, as in "on":')
    if (*place, key.value) in lines:
        raise ConfigError(f"{path}:{line}: {key.value!r} stands twice in the same mapping", "Remove one of the two")
    lines[*place, key.value] = line
    return (*place, key.value)


def _not_yaml(path: Path, error: Exception, page: str) -> ConfigError:
    """Tell the problem and its line; YAML's own text would quote the file, and a token may stand in it."""
    mark = getattr(error, "problem_mark", None)
    where = f"{path}:{mark.line + 1}" if mark else str(path)
    problem = getattr(error, "problem", None) or "it cannot be read"
    return ConfigError(f"{where} is not YAML: {problem}", f"See {page} for an example")
