"""An OPA server as engine: read only, through opa-python-client with its traps closed (engines.md 4.2)."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from opa_client.opa import OpaClient
from requests import RequestException, Response

from scanner.errors import EngineError, EngineTimeoutError, EvaluationError, UsageError
from scanner.evaluate.engine import EngineName
from scanner.evaluate.policies import Policy, PolicySet, shipped_policies

_CONNECT_SECONDS = 3.05
_DEFAULT_PORT = {"http": 8181, "https": 443}


class OpaServer:
    """Evaluates on an OPA server that carries our policies already; nothing is ever written to it.

    Args:
        url: `http://host:port` or `https://host:port`.
        policies: what the server must carry, to the letter.
        timeout_seconds: how long one evaluation may take.

    Raises:
        UsageError: the address is none.
        EngineError: it cannot be reached, or carries other policies.
    """

    name: EngineName = "opa"

    def __init__(self, url: str, policies: PolicySet, timeout_seconds: float = 60.0) -> None:
        """Connect, and compare the policies of the server with ours."""
        self._url = url
        self._client = _client(url, timeout_seconds)
        self._check_policies(policies)
        self._version = str(self._get("data?provenance=true").get("provenance", {}).get("version", "unknown"))

    @property
    def version(self) -> str:
        """Version of the server."""
        return self._version

    def evaluate(self, query: str, document: bytes, policies: Sequence[Policy]) -> Any:  # noqa: ARG002 - it carries them all
        """Return the value of a query (see `Engine`); a rule that is not asked for is not evaluated there."""
        path = query.replace(".", "/")
        body = self._post(f"data/{path}?strict-builtin-errors=true", b'{"input":' + document + b"}")
        # An undefined document is answered with 200 and {}: that is no empty list.
        if "result" not in body:
            raise EvaluationError(f"{query}: the query is undefined")
        return body["result"]

    def close(self) -> None:
        """Close the connections."""
        self._client.close_connection()

    def _check_policies(self, policies: PolicySet) -> None:
        modules = self._get("policies").get("result", ())
        carried = [Policy(str(module.get("id")), str(module.get("raw"))) for module in modules]
        advice = f"Give it ours and nothing beside: opa run --server --bundle {shipped_policies()}."
        if missing := {policy.text: policy.path for policy in policies.policies}.keys() - {p.text for p in carried}:
            first = min(policy.path for policy in policies.policies if policy.text in missing)
            raise EngineError(
                f"OPA at {self._url} lacks {len(missing)} of our {len(policies.policies)} policies, or has others "
                f"in their place (first: {first})",
                advice,
            )
        if foreign := sorted(policy.path for policy in carried if _meddles(policy, policies)):
            raise EngineError(f"OPA at {self._url} has more in our packages: {', '.join(foreign)}", advice)

    def _get(self, path: str) -> Any:
        return self._answer("GET", path, None)

    def _post(self, path: str, document: bytes) -> Any:
        return self._answer("POST", path, document)

    def _answer(self, method: str, path: str, document: bytes | None) -> Any:
        url = f"{self._client.root_url}/{path}"
        try:
            response = self._client._session.request(  # noqa: SLF001 - the client has no raw POST (engines.md 4.2.14)
                method, url, data=document, timeout=self._client.timeout, allow_redirects=False
            )
            return _body(response, self._url)
        except (TimeoutError, RequestException) as fault:
            raise self._error(fault) from fault

    def _error(self, fault: Exception) -> EngineError:
        if "timed out" in str(fault):
            return EngineTimeoutError(f"OPA at {self._url} did not answer in {self._client.timeout[1]:g} s")
        return EngineError(
            f"OPA at {self._url} cannot be asked: {_root_cause(fault)}", "Is it running, and is that its address?"
        )


def _meddles(policy: Policy, ours: PolicySet) -> bool:
    """Tell whether a module that is none of ours declares one of our packages: it could change what our rules say."""
    inside = f"{policy.package}.".startswith("compliance.")
    return inside and policy.text not in {own.text for own in ours.policies}


def _client(url: str, timeout_seconds: float) -> Any:
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORT or not parts.hostname or parts.path.strip("/"):
        raise UsageError(f"{url} is no address of an OPA server", "It looks like http://127.0.0.1:8181.")
    port = parts.port or _DEFAULT_PORT[parts.scheme]
    timeout = (_CONNECT_SECONDS, timeout_seconds)
    client = OpaClient(host=parts.hostname, port=port, ssl=parts.scheme == "https", retries=0, timeout=timeout)
    # Neither a proxy nor ~/.netrc may come between us and it; gzip only costs time on loopback.
    client._session.trust_env = False  # noqa: SLF001
    client._session.headers.update({"Content-Type": "application/json", "Accept-Encoding": "identity"})  # noqa: SLF001
    return client


def _root_cause(fault: BaseException) -> str:
    # requests wraps urllib3, which wraps what happened; only the last of them is worth reading.
    while deeper := fault.__cause__ or fault.__context__:
        fault = deeper
    return getattr(fault, "strerror", None) or str(fault)


def _body(response: Response, url: str) -> Any:
    try:
        body = response.json()
    except ValueError as fault:
        raise EngineError(f"OPA at {url} answered {response.status_code} without JSON: is that OPA?") from fault
    if response.status_code == 500 and isinstance(body, dict) and body.get("errors"):  # noqa: PLR2004
        raise EvaluationError("; ".join(_error_text(error) for error in body["errors"]))
    if response.status_code != 200 or not isinstance(body, dict):  # noqa: PLR2004
        raise EngineError(f"OPA at {url} answered {response.status_code}: {json.dumps(body)[:300]}")
    return body


def _error_text(error: dict[str, Any]) -> str:
    location = error.get("location") or {}
    return f"{location.get('file', '?')}:{location.get('row', '?')}: {error.get('message', '?')}"
