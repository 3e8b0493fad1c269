"""An OPA server as engine. It is only read: what it evaluates, it has to carry already."""

from collections.abc import Sequence
from typing import Any

from scanner.errors import EngineError, EvaluationError
from scanner.evaluate.carried import carries_bundle, check_carried, check_version
from scanner.evaluate.engine import EngineName
from scanner.evaluate.opa_connection import OpaAccess, OpaConnection
from scanner.evaluate.policies import Policy, PolicySet
from scanner.model.document import Json

# A path that nobody defines: all that is wanted is what stands beside the answer.
_NOTHING = "data/compliance/version"


class OpaServer:
    """Evaluates on an OPA server that carries our policies already; nothing is ever written to it.

    Args:
        url: `http://host:port`, `https://host:port` or `unix:///path`.
        policies: what the server must carry, to the letter.
        timeout_seconds: how long one evaluation may take.
        access: token, TLS, socket.

    Raises:
        UsageError: the address is none.
        EngineError: it cannot be reached, is too old, or carries other policies.
    """

    name: EngineName = "opa"
    loads_only_what_is_asked = False

    def __init__(
        self, url: str, policies: PolicySet, timeout_seconds: float = 60.0, access: OpaAccess | None = None
    ) -> None:
        """Connect, and compare the policies of the server with ours."""
        self._connection = OpaConnection(url, access or OpaAccess(), timeout_seconds)
        self._policies = policies
        self._version = _version(self._connection.get(f"{_NOTHING}?provenance=true"))
        check_version(url, self._version)
        self._check_policies()

    @property
    def version(self) -> str:
        """Version of the server."""
        return self._version

    def evaluate(self, query: str, document: bytes, policies: Sequence[Policy]) -> Any:  # noqa: ARG002 - it carries them all
        """Return the value of a query (see `Engine`); a rule that is not asked for is not evaluated there."""
        path = query.replace(".", "/")
        asked = f"data/{path}?strict-builtin-errors=true&provenance=true"
        body = self._connection.post(asked, b'{"input":' + document + b"}")
        self._check_same(body)
        # An undefined document is answered with 200 and {}: that is no empty list.
        if "result" not in body:
            raise EvaluationError(f"{query}: the query is undefined")
        return body["result"]

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _check_same(self, body: Json) -> None:
        """See that the answer came from what was checked: a server may be started anew between two questions."""
        url, version = self._connection.url, _version(body)
        if version != self._version:
            raise EngineError(
                f"OPA at {url} is of version {version or 'unknown'} now, and was {self._version}",
                "It has not passed the self-test: start consul-scan anew.",
            )
        if not carries_bundle(body["provenance"], self._policies):
            self._check_policies()

    def _check_policies(self) -> None:
        modules = self._connection.get("policies").get("result", ())
        check_carried(self._connection.url, modules, self._policies)


def _version(body: Json) -> str:
    return str((body.get("provenance") or {}).get("version", ""))
