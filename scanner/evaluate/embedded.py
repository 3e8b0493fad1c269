"""The embedded engine: regorus in a worker process, so that an installation alone can audit."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from socket import socket, socketpair
from typing import IO, Any, Self

from scanner.errors import EngineError, EngineTimeoutError, EvaluationError, PolicyError
from scanner.evaluate.coverage import Coverage, read_coverage, together
from scanner.evaluate.engine import EngineName
from scanner.evaluate.frames import receive_frame, send_frame
from scanner.evaluate.policies import Policy
from scanner.model.document import Json

# The worker cuts itself off; the parent waits this much longer before it does so.
_GRACE_SECONDS = 2.0

# Evaluation takes about ten times the bytes of its input; far beyond that something is wrong with a rule.
_MEMORY_BYTES = 4 << 30


_WHEEL = "gordon-to-regorus"


def installed_version() -> str | None:
    """Return the version of the embedded engine; None where it is not installed. No worker is started."""
    try:
        return version(_WHEEL)
    except PackageNotFoundError:
        return None


class EmbeddedEngine:
    """Evaluates in a worker that is started at once, and anew after it was cut off or died.

    Args:
        timeout_seconds: how long one evaluation may take.
        memory_bytes: the address space of the worker; an evaluation that needs more ends it.
        coverage: whether it notes in `reached` which lines of the policies it reaches.

    Raises:
        EngineError: regorus is not installed for this platform, or the system gives no process for it.
    """

    name: EngineName = "embedded"
    loads_only_what_is_asked = True

    def __init__(
        self, timeout_seconds: float = 60.0, memory_bytes: int = _MEMORY_BYTES, *, coverage: bool = False
    ) -> None:
        """Start the worker, so that it loads while the clusters are read."""
        if find_spec("regorus") is None:
            raise EngineError(
                "The embedded engine (gordon-to-regorus) is not installed; it has no wheel for this platform",
                "Use an OPA server: --opa-url, or engine.opa_url in the config file.",
            )
        self._timeout_seconds = timeout_seconds
        self._memory_bytes = memory_bytes
        self._coverage = coverage
        self.reached: Coverage = {}
        self._worker: _Worker | None = _started(memory_bytes)

    @property
    def version(self) -> str:
        """Version of the regorus wheel."""
        return version(_WHEEL)

    def evaluate(self, query: str, document: bytes, policies: Sequence[Policy]) -> Any:
        """Return the value of a query (see `Engine`)."""
        self._worker = self._worker or _started(self._memory_bytes)
        request = {"query": query, "seconds": self._timeout_seconds, "coverage": self._coverage}
        try:
            head, value = self._worker.ask(request, document, policies)
        except (TimeoutError, EOFError, OSError) as fault:
            raise self._lost(query, fault) from fault
        told = json.loads(head)
        self.reached = together(self.reached, read_coverage(told["coverage"] or {"files": []}))
        _raise_error(told, query)
        return _value(value, query)

    def _lost(self, query: str, fault: Exception) -> EngineError:
        worker, self._worker = self._worker, None
        code, said = worker.post_mortem() if worker else (None, "")
        if isinstance(fault, TimeoutError) or code == -signal.SIGALRM:
            return EngineTimeoutError(f"{query} took longer than {self._timeout_seconds:g} s and was cut off")
        return EngineError(
            f"The embedded engine died ({_death(code)}) while evaluating {query}: {said or 'it said nothing'}",
            f"A rule that needs more than {self._memory_bytes >> 20} MiB ends so, and so does a bug in the engine.",
        )

    def close(self) -> None:
        """Stop the worker."""
        if self._worker is not None:
            self._worker.kill()
            self._worker = None

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the worker."""
        self.close()


def _death(code: int | None) -> str:
    return signal.Signals(-code).name if code is not None and code < 0 else f"status {code}"


def _raise_error(head: Json, query: str) -> None:
    if head["error"] and not head["compiles"]:
        raise PolicyError(f"A policy does not compile:\n{head['error']}")
    if head["error"]:
        raise EvaluationError(f"{query}: {head['error']}")


def _value(answer: bytes, query: str) -> Any:
    result = json.loads(answer).get("result")
    if not result:
        raise EvaluationError(f"{query}: the query is undefined")
    return result[0]["expressions"][0]["value"]


def _started(memory_bytes: int) -> "_Worker":
    try:
        return _Worker(memory_bytes)
    except OSError as error:
        raise EngineError(
            f"The embedded engine cannot be started: {error.strerror or error}",
            "Check how many processes and files this process may have, and its memory.",
        ) from error


class _Worker:
    """One worker process and the socket to it."""

    def __init__(self, memory_bytes: int) -> None:
        with ExitStack() as opened:
            self._socket, theirs = map(opened.enter_context, socketpair())
            # In memory: where nothing may be written, as in a container, there is no temporary file.
            stderr = os.fdopen(os.memfd_create("engine-stderr"), "w+b")
            self._stderr: IO[bytes] = opened.enter_context(stderr)
            self._process = self._started(theirs, memory_bytes)
            opened.pop_all()
        self._loaded: list[Policy] = []
        theirs.close()

    def _started(self, theirs: socket, memory_bytes: int) -> subprocess.Popen[bytes]:
        # Isolated (-I) and with a bare environment: no token of ours is within reach of a policy.
        return subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            [sys.executable, "-I", "-m", "scanner.evaluate.worker", str(theirs.fileno()), str(memory_bytes)],
            env={},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._stderr,
        )

    def ask(self, request: Json, document: bytes, policies: Sequence[Policy]) -> tuple[bytes, bytes]:
        seconds = request["seconds"] + _GRACE_SECONDS
        deadline = time.monotonic() + seconds
        self._socket.settimeout(seconds)
        send_frame(self._socket, json.dumps(request | {"policies": self._unloaded(policies)}).encode())
        send_frame(self._socket, document)
        return receive_frame(self._socket, deadline), receive_frame(self._socket, deadline)

    def _unloaded(self, policies: Sequence[Policy]) -> dict[str, str] | None:
        if list(policies) == self._loaded:
            return None
        self._loaded = list(policies)
        return {policy.path: policy.text for policy in policies}

    def kill(self) -> None:
        """End it at once: it holds nothing that could be lost, and a graceful end takes as long as an evaluation."""
        self._process.kill()
        self._process.wait()
        self._socket.close()
        self._stderr.close()

    def post_mortem(self) -> tuple[int, str]:
        """End it, if it has not ended; return its exit status and the last line that it wrote to stderr."""
        self._socket.close()
        try:
            self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            self._process.kill()
        code = self._process.wait()
        self._stderr.seek(0)
        said = self._stderr.read().decode(errors="replace").strip()
        self._stderr.close()
        return code, said.rpartition("\n")[2]
