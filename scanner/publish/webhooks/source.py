"""Texts that may be secrets: an address, what messages are signed with. Read late, anew each time, never printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from scanner.errors import ConfigError

_LONGEST = 4096


class Source(Protocol):
    """Gives a text, anew each time that it is needed."""

    def text(self) -> str:
        """Return the text, less the white space around it, never empty.

        Raises:
            ConfigError: there is none; the message never shows what is there.
        """
        ...


@dataclass(frozen=True)
class Written:
    """A text that stands in the config file."""

    written: str

    def text(self) -> str:
        """Return the text."""
        return self.written


@dataclass(frozen=True)
class InVariable:
    """A text that `environment` holds under `name`."""

    name: str
    environment: Mapping[str, str] = field(repr=False)

    def text(self) -> str:
        """Return the text; see `Source`."""
        return _checked(self.environment.get(self.name, ""), f"the environment name {self.name}")


@dataclass(frozen=True)
class InFile:
    """A text in a file of at most 4 kB."""

    path: Path

    def text(self) -> str:
        """Return the text; see `Source`."""
        try:
            with self.path.open("rb") as file:
                raw = file.read(_LONGEST + 1)
        except OSError as error:
            advice = "Create it, let this user read it, or name another file"
            raise ConfigError(f"{self.path} cannot be read: {error.strerror}", advice) from None
        return _checked(raw.decode(errors="replace"), str(self.path))


def _checked(raw: str, origin: str) -> str:
    text = raw.strip()
    if not text or len(text) > _LONGEST:
        what = "holds nothing" if not text else f"holds more than {_LONGEST} characters"
        raise ConfigError(f"{origin} {what}", "Write the text into it, nothing else")
    return text
