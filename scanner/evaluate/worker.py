"""The worker process of the embedded engine.

regorus holds the interpreter's lock while it evaluates, cannot be cancelled, and a panic in it is no `Exception`; in a
process of its own all three are harmless (engines.md 2.3). A request is two frames, JSON {"query", "policies": {path:
text} or null for those of the request before, "seconds", "coverage": whether lines are noted} and the input; an answer
is two frames, JSON {"error": text or null, "compiles", "coverage": regorus' report or null} and what regorus answered.
"""

import json
import resource
import signal
import sys
from socket import socket
from typing import Any

import regorus

from scanner.evaluate.frames import receive_frame, send_frame

# Verdicts are far smaller than the input; the other side has to hold the answer too.
_LARGEST_ANSWER = 256 << 20


def serve(connection: socket) -> None:
    """Answer requests until the other side is gone."""
    engine = None
    while True:
        try:
            request = json.loads(receive_frame(connection))
            document = receive_frame(connection).decode()
        except EOFError:
            return
        # The default action ends the process even inside the engine, and even when the parent died meanwhile.
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
        engine, head, value = _answer(engine, request, document)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send_frame(connection, json.dumps(head).encode())
        send_frame(connection, value)


def _answer(engine: Any, request: dict[str, Any], document: str) -> tuple[Any, dict[str, Any], bytes]:
    """Return the engine with the policies of the request in it, None where they do not compile; and the answer."""
    error, value = None, b""
    try:
        if request["policies"] is not None:
            engine = None
            engine = _loaded(request["policies"], coverage=request["coverage"])
        value = _evaluated(engine, request["query"], document)
    except RuntimeError as fault:
        error = _first_lines(str(fault))
    return engine, {"error": error, "compiles": engine is not None, "coverage": _reached(engine, request)}, value


def _reached(engine: Any, request: dict[str, Any]) -> Any:
    """Return the lines of all evaluations since the policies were loaded."""
    return json.loads(engine.get_coverage_report_as_json()) if engine and request["coverage"] else None


def _evaluated(engine: Any, query: str, document: str) -> bytes:
    engine.set_input_json(document)
    answer: str = engine.eval_query_as_json(f"data.{query}")
    if len(answer) > _LARGEST_ANSWER:
        raise RuntimeError(f"the answer is larger than {_LARGEST_ANSWER >> 20} MiB")
    return answer.encode()


def _loaded(policies: dict[str, str], *, coverage: bool) -> Any:
    # Policies cannot be replaced in an engine, so each set has its own.
    engine = regorus.Engine()
    engine.set_enable_coverage(coverage)
    for path, text in policies.items():
        engine.add_policy(path, text)
    return engine


def _first_lines(text: str) -> str:
    return text.partition("\n\nStack backtrace")[0].strip()


def main() -> None:
    """Serve on the inherited socket whose number is the first argument, within as many bytes as the second says."""
    number, memory_bytes = (int(argument) for argument in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # What a policy held would stand in a core file.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A Ctrl-C goes to the whole foreground group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(socket(fileno=number))


if __name__ == "__main__":
    main()
