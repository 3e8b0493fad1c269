"""Whether policies compile: an engine loads them, and its complaint is told with file and line."""

import re

from scanner.errors import PolicyError
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.selftest import check_engine
from scanner.evaluate.source import Fault

_PLACE = re.compile(r"--> (.+):(\d+):\d+")
_REASON = re.compile(r"^error: (.*)", re.MULTILINE)


def compile_faults(engine: Engine, policies: PolicySet) -> list[Fault]:
    """Return what an engine refuses of a policy set: its first complaint, or nothing.

    Raises:
        EngineError: the engine itself is not there or cannot be believed.
    """
    try:
        check_engine(engine, policies)
    except PolicyError as error:
        return [_fault(error.message)]
    return []


def _fault(message: str) -> Fault:
    place, reason = _PLACE.search(message), _REASON.search(message)
    told = reason[1] if reason else " ".join(message.split())
    path, line = (place[1], int(place[2])) if place else ("policies", 1)
    return Fault(path, line, f"it does not compile: {told}", "write Rego v1, as the rules of consul-scan are")
