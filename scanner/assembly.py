"""How `serve` makes a whole of a config: at the start, and each time that the config is read anew."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scanner.collect.http_transport import HttpTransport
from scanner.collect.transport import usable
from scanner.config import Config
from scanner.errors import ConfigError
from scanner.findings.failing_scans import FailingScans
from scanner.findings.outbox import SqliteOutbox
from scanner.findings.recollection import Recollection
from scanner.findings.register import Register
from scanner.findings.remembering import Remembering
from scanner.findings.store import SqliteStore
from scanner.live import LiveScans
from scanner.pipeline import Judgement, utc_now
from scanner.publish.access.door import Door
from scanner.publish.web import Outlet
from scanner.publish.webhooks.delivering import Delivery, real_pace
from scanner.running import Whole


@dataclass(frozen=True)
class Assembly:
    """Makes wholes; what stays the same in all of them stands here.

    Args:
        read: reads the config. Raises ConfigError or UsageError.
        judge: yields what judges as a config says. Raises PolicyError, ConfigError or EngineError.
        interval_s: seconds from one full reading to the next.
        door: who is let in; it reads its own file anew.
        store: where findings are kept, `store_path` being its file. It is locked for as long as the process runs.
    """

    read: Callable[[], Config]
    judge: Callable[[Config], AbstractContextManager[Judgement]]
    interval_s: float
    door: Door
    store: SqliteStore
    store_path: Path | None

    def __call__(self) -> Whole:
        """Make a whole of what the files say now.

        Raises ScanError where any of it cannot be used. The files of a cluster's token and TLS are not looked at: what
        is wrong with them is the trouble of that cluster, and over when it is mended.
        """
        return self._whole(self.read())

    def again(self) -> Whole:
        """Make a whole in the place of one that works.

        Raises ScanError as above, and where files of a cluster cannot be used: what works is not given up for that.
        """
        config = self.read()
        for target in config.clusters:
            usable(target, HttpTransport).close()
        return self._whole(config)

    def _whole(self, config: Config) -> Whole:
        self._check(config)
        with ExitStack() as holding:
            judge = holding.enter_context(self.judge(config))
            register = Register(self.store, judge.rules, config.store.retention)
            remember = Remembering(register, FailingScans(self.store.database), utc_now)
            live = LiveScans(config.clusters, self.interval_s, judge, remember)
            holding.callback(live.close)
            delivery = Delivery(config.webhooks, SqliteOutbox(self.store.database), real_pace())
            outlet = Outlet(
                self.door,
                judge.rules,
                config.finding_series,
                delivery.states,
                recall=Recollection(self.store.database),
                scan_now=live.scan_all_now,
            )
            held = holding.pop_all()
            return Whole(live, outlet, partial(held.enter_context, delivery), held.close)

    def _check(self, config: Config) -> None:
        if config.store.path != self.store_path:
            raise ConfigError(
                f"store.path is {_told(config.store.path)}, and findings are kept in {_told(self.store_path)}",
                "Put the old path back, or start consul-scan anew",
            )


def _told(path: Path | None) -> str:
    return "memory" if path is None else str(path)
