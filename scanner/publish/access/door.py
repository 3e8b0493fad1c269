"""The web config that counts now: files are looked at for each request and handshake, and read when they changed."""

from collections.abc import Callable, Iterable
from pathlib import Path
from time import time

import structlog

from scanner.errors import ConfigError
from scanner.publish.access.settings import WebConfig
from scanner.publish.state import Reload

Load = Callable[[], WebConfig]
"""Reads the web config file and all that it names. Raises ConfigError where any of it cannot be used."""

_Look = tuple[tuple[int, ...] | None, ...]

log = structlog.get_logger(__name__)


class Door:
    """Keeps the last web config that could be used, also while the files are broken."""

    def __init__(self, load: Load, now: Callable[[], float] = time) -> None:
        """Read the files for the first time; `now` gives Unix seconds. Raises ConfigError where they are broken."""
        self._load, self._now = load, now
        self._config = load()
        self._look = _look(self._config.files)
        self.reload = Reload(successful=True, last_success=now())
        self._trouble = ""

    def current(self) -> WebConfig:
        """Return what the files say now, or what they said when they could last be used."""
        look = _look(self._config.files)
        # Files in a folder that was gone for a while look as they did when it is back.
        if look != self._look or self._trouble:
            self._reread(look)
        return self._config

    def _reread(self, look: _Look) -> None:
        try:
            config = self._load()
            _check_change(self._config, config)
        except ConfigError as error:
            self._keep(str(error))
            return
        self._config, self._look, self._trouble = config, look, ""
        self.reload = Reload(successful=True, last_success=self._now())
        log.info("web config read anew")

    def _keep(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.error("web config is broken, the last good one stays", error=trouble)
        self._trouble = trouble
        self.reload = Reload(successful=False, last_success=self.reload.last_success)


def _check_change(old: WebConfig, new: WebConfig) -> None:
    if (old.context is None) != (new.context is None):
        raise ConfigError("tls_server_config came or went while the port was open", "Start consul-scan anew")


def _look(files: Iterable[Path]) -> _Look:
    return tuple(_stat(file) for file in files)


def _stat(file: Path) -> tuple[int, ...] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
