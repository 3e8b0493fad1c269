"""Turns remediation data into commands for a POSIX shell.

Names in it come from Consul and may hold quotes, newlines or `$(...)`; nothing but this module writes shell text.
"""

import json
import shlex

from scanner.model.document import Json
from scanner.model.result import Remediation


class UnsafeRemedyError(ValueError):
    """The data holds what no terminal or shell should be given: a control character where none belongs."""


def remediation(remedy: Json | None) -> Remediation | None:
    """Return the mend of a verdict (`schemas/verdicts.json`, `$defs/remedy`) as words and commands.

    Where one step is unsafe to print there are no commands at all, and the text says so: half a mend is worse than
    none.
    """
    if remedy is None:
        return None
    try:
        return Remediation(remedy["text"], tuple(command(step) for step in remedy["steps"]))
    except UnsafeRemedyError as unsafe:
        return Remediation(f"{remedy['text']} No command is printed: {unsafe}.")


def command(step: Json) -> str:
    """Return one step, {"argv": [...], "stdin": text or object}, as a command; stdin goes by a quoted here-document.

    Raises:
        UnsafeRemedyError: a control character in argv, or one other than newline and tab in stdin.
    """
    line = " ".join(shlex.quote(_printable(argument, allowed="")) for argument in step["argv"])
    if "stdin" not in step:
        return line
    text = _printable(_stdin(step["stdin"]), allowed="\n\t")
    end = _end_marker(text)
    return f"{line} <<'{end}'\n{text}\n{end}"


def _stdin(stdin: str | Json) -> str:
    # ASCII keeps invisible and right-to-left characters of a name from hiding what the command does.
    text = stdin if isinstance(stdin, str) else json.dumps(stdin, indent=2, ensure_ascii=True)
    return text.removesuffix("\n")


def _printable(text: str, allowed: str) -> str:
    for character in text:
        if character not in allowed and not character.isprintable():
            raise UnsafeRemedyError(f"a name in it holds the control character {character!r}")
    return text


def _end_marker(text: str) -> str:
    marker = "END"
    while marker in text.splitlines():
        marker += "_"
    return marker
