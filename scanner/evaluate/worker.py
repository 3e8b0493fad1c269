"""The worker process of the embedded engine.

regorus holds the interpreter's lock while it evaluates, cannot be cancelled, and a panic in it is no `Exception`; in a
process of its own all three are harmless (engines.md 2.3). A request is two frames, JSON {"query", "policies": {path:
text}, "seconds", "coverage": whether lines are noted} and the input; an answer is two frames, JSON {"error": text or
null, "compiles", "coverage": regorus' report or null} and the value.
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

_UNDEFINED = "the query is undefined"


def serve(connection: socket) -> None:
    """Answer requests until the other side is gone."""
    engines: dict[str, Any] = {}
    while True:
        try:
            request = json.loads(receive_frame(connection))
            document = receive_frame(connection).decode()
        except EOFError:
            return
        # The default action ends the process even inside the engine, and even when the parent died meanwhile.
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
        head, value = _answer(engines, request, document)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send_frame(connection, json.dumps(head).encode())
        send_frame(connection, value)


def _answer(engines: dict[str, Any], request: dict[str, Any], document: str) -> tuple[dict[str, Any], bytes]:
    engine = None
    try:
        engine = _engine(engines, request["policies"], coverage=request["coverage"])
        value = _value(engine, request["query"], document)
        return {"error": None, "compiles": True, "coverage": _reached(engine, request)}, value
    except RuntimeError as fault:
        error = _first_lines(str(fault))
        return {"error": error, "compiles": engine is not None, "coverage": _reached(engine, request)}, b"null"


def _reached(engine: Any, request: dict[str, Any]) -> Any:
    """Return the lines of all evaluations since the policies were loaded."""
    return json.loads(engine.get_coverage_report_as_json()) if engine and request["coverage"] else None


def _value(engine: Any, query: str, document: str) -> bytes:
    engine.set_input_json(document)
    answer = engine.eval_query_as_json(f"data.{query}")
    if len(answer) > _LARGEST_ANSWER:
        raise RuntimeError(f"the answer is larger than {_LARGEST_ANSWER >> 20} MiB")
    result = json.loads(answer).get("result")
    if not result:
        raise RuntimeError(_UNDEFINED)
    return json.dumps(result[0]["expressions"][0]["value"]).encode()


def _engine(engines: dict[str, Any], policies: dict[str, str], *, coverage: bool) -> Any:
    # Policies cannot be replaced in an engine, so each set has its own; one set is asked again and again.
    key = json.dumps(policies, sort_keys=True)
    if key not in engines:
        engines.clear()
        engine = regorus.Engine()
        engine.set_enable_coverage(coverage)
        for path, text in policies.items():
            engine.add_policy(path, text)
        engines[key] = engine
    return engines[key]


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
