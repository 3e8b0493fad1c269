"""A reload, whoever asks for it: tried, and told to all who want to know what came of it."""

import traceback
from collections.abc import Callable
from threading import Lock

import structlog

from scanner.errors import ScanError
from scanner.publish.state import Board, Reload
from scanner.publish.systemd import Systemd

log = structlog.get_logger(__name__)


class Reloading:
    """Reloads when it is called, by any thread, one at a time."""

    def __init__(self, reload: Callable[[], None], board: Board, systemd: Systemd, unix: Callable[[], float]) -> None:
        """Take what reloads, raising ScanError where it cannot, who is told, and who knows the time (Unix seconds)."""
        self._reload, self._board, self._systemd, self._unix = reload, board, systemd, unix
        self._one_at_a_time = Lock()
        self._last_success = unix()
        self._tell(successful=True)

    def __call__(self) -> str:
        """Reload; return why that could not be, empty where it could. Nothing is raised: what runs goes on."""
        with self._one_at_a_time:
            self._systemd.reloading()
            try:
                trouble = self._tried()
            finally:
                self._systemd.ready()
        if trouble:
            log.error("config not reloaded, the former one stays", error=trouble)
        else:
            log.info("config reloaded")
        return trouble

    def _tried(self) -> str:
        try:
            self._reload()
        except ScanError as error:
            return self._failed(str(error))
        except Exception as error:  # noqa: BLE001 - what runs goes on, whatever is wrong with what was to follow it
            log.error("a reload broke off", trace="".join(traceback.format_exception(error)))  # noqa: TRY400
            return self._failed(f"{type(error).__name__}: {error}. Nothing was changed; try again")
        self._last_success = self._unix()
        self._tell(successful=True)
        return ""

    def _failed(self, why: str) -> str:
        self._tell(successful=False)
        return why

    def _tell(self, *, successful: bool) -> None:
        self._board.config = Reload(successful, self._last_success)
