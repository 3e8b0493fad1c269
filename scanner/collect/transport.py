"""The port that carries requests to one cluster: what goes out, what comes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from scanner.collect.target import ClusterTarget


@dataclass(frozen=True)
class Request:
    """One call: a path whose names are quoted already, its query, a JSON body to POST or None to GET.

    `patience_s` replaces the target's overall limit where Consul itself is known to be slow.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    patience_s: float | None = None

    @property
    def name(self) -> str:
        """Return what an error calls this request: method and path."""
        return f"{'GET' if self.body is None else 'POST'} {self.path}"


@dataclass(frozen=True)
class RawAnswer:
    """An HTTP answer, read to its end. Header names are in lower case; `secrets` are what no text may show."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Transport(Protocol):
    """Carries requests to one cluster."""

    @property
    def anonymous(self) -> bool:
        """Tell whether no token is sent."""
        ...

    def send(self, request: Request) -> RawAnswer:
        """Return the answer, whatever its status.

        Raises:
            CallError: `unreachable`, `tls` or `too_large`.
        """
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


Connect = Callable[[ClusterTarget], Transport]
"""Opens the way to a cluster; raises ConfigError for files that cannot be used."""


def usable(target: ClusterTarget, connect: Connect) -> Transport:
    """Open the way to a cluster, when its token can be read too.

    Raises:
        ConfigError: a file of its token or of TLS cannot be used.
    """
    if target.token is not None:
        target.token.text()
    return connect(target)
