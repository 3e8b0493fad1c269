"""The port to a policy engine."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from scanner.evaluate.policies import Policy

EngineName = Literal["embedded", "opa"]


class Engine(Protocol):
    """Evaluates Rego. Adapters: `embedded` (a worker process of our own) and `opa` (a server that is only read)."""

    @property
    def name(self) -> EngineName:
        """Which adapter this is."""
        ...

    @property
    def version(self) -> str:
        """Version of the engine behind it."""
        ...

    @property
    def loads_only_what_is_asked(self) -> bool:
        """Whether no policy is loaded at an evaluation but those that were given for it."""
        ...

    def evaluate(self, query: str, document: bytes, policies: Sequence[Policy]) -> Any:
        """Return the value of a query.

        Args:
            query: a path of names, such as `compliance.main.verdicts`.
            document: the input, JSON.
            policies: what must be loaded to answer; an engine that has more loaded must not let them change the answer.

        Raises:
            PolicyError: a policy does not compile.
            EvaluationError: a policy erred, or the query is undefined.
            EngineTimeoutError: it took too long and was cut off.
            EngineError: the engine is not there, or its answer makes no sense.
        """
        ...

    def close(self) -> None:
        """Let go of processes and sockets."""
        ...
