"""Which engine judges, as options and config file say together."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scanner.collect.adapters import TlsAdapter, UnixAdapter
from scanner.collect.credentials import TokenSource
from scanner.collect.sockets import Sockets
from scanner.collect.target import Tls
from scanner.collect.tls import tls_context
from scanner.errors import UsageError
from scanner.evaluate.embedded import EmbeddedEngine
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet

if TYPE_CHECKING:
    from scanner.evaluate.opa_connection import OpaAccess


@dataclass(frozen=True)
class EngineChoice:
    """Which engine judges: `auto` takes the OPA server where `opa_url` names one, else the embedded engine.

    `token` and `tls` are for that server and no other.
    """

    kind: Literal["auto", "embedded", "opa"] = "auto"
    opa_url: str | None = None
    token: TokenSource | None = None
    tls: Tls = field(default_factory=Tls)


def chosen_engine(
    policies: PolicySet, choice: EngineChoice, kind: str | None, named_url: str | None, *, coverage: bool = False
) -> Engine:
    """Return the engine of a scan; `kind` and `named_url` are options, which win over the config's `choice`.

    With `coverage` the embedded one notes which lines it reaches; a server cannot.

    Raises:
        UsageError: options that contradict each other or the config.
        ConfigError: a token or a TLS file that cannot be used.
        EngineError: the engine is not there, or is not what it has to be.
    """
    opa_url = server_address(choice, kind, named_url)
    if opa_url is None:
        return EmbeddedEngine(coverage=coverage)
    # opa-python-client drags in aiohttp: a third of a second that an embedded audit need not pay.
    from scanner.evaluate.opa import OpaServer  # noqa: PLC0415

    return OpaServer(opa_url, policies, access=server_access(opa_url, choice))


def server_address(choice: EngineChoice, kind: str | None = None, named_url: str | None = None) -> str | None:
    """Return the address of the OPA server that judges; None where the embedded engine does.

    Raises:
        UsageError: options that contradict each other or the config.
    """
    if kind == "embedded" and named_url:
        raise UsageError("--engine embedded and --opa-url exclude each other", "Leave one of them out.")
    opa_url = named_url or choice.opa_url
    if (kind or choice.kind) == "opa" and not opa_url:
        raise UsageError("The engine opa needs an address", "Name it with --opa-url or engine.opa_url.")
    if (kind or choice.kind) == "embedded" or not opa_url:
        return None
    if opa_url != choice.opa_url and (choice.token or choice.tls != Tls()):
        raise UsageError(
            "--opa-url names another server than engine.opa_url, whose token or TLS files would go with it",
            "Leave --opa-url out, or name the server in the config file.",
        )
    return opa_url


def server_access(url: str, choice: EngineChoice) -> "OpaAccess":
    """Return the way to an OPA server; nothing is sent.

    Raises:
        UsageError: TLS files for an address that speaks no TLS.
        ConfigError: a TLS file that cannot be used.
    """
    from scanner.evaluate.opa_connection import OpaAccess  # noqa: PLC0415 - as above

    if url.startswith("unix://"):
        return OpaAccess(UnixAdapter(url.removeprefix("unix://"), 1, Sockets()), choice.token)
    if url.startswith("https://"):
        return OpaAccess(TlsAdapter(tls_context(choice.tls), choice.tls.server_name, 1), choice.token)
    if choice.tls != Tls():
        raise UsageError(f"TLS files are given for {url}, which speaks no TLS", "Write https:// in engine.opa_url.")
    return OpaAccess(token=choice.token)
