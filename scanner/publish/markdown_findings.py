"""How Markdown shows a failure: what, why, the mend, and what goes away with it."""

from collections.abc import Iterator

from scanner.model.document import Json
from scanner.publish.causes import Finding, causes_named
from scanner.publish.failures import WITHHELD, mend_lines
from scanner.publish.markdown_text import block, code
from scanner.publish.terminal import copyable
from scanner.publish.waivers import is_known
from scanner.publish.wording import rule_label, subject_label


def finding_parts(finding: Finding) -> Iterator[str]:
    """Return the blocks of a failure, in reading order."""
    result = finding.result
    yield f"### {result['severity']}{' (known)' if is_known(result) else ''}: {named(result)}"
    yield code(result["message"])
    if finding.follows:
        yield "\n".join(_following(derived) for derived in finding.follows)
    if result["caused_by"]:
        causes = ", ".join(code(cause) for cause in causes_named(result))
        yield f"Follows from {causes}: mend that first."
    elif result["remediation"]:
        yield from _mend(result)


def named(result: Json) -> str:
    """Return rule and subject of a result, as code."""
    return code(f"{rule_label(result)}, {subject_label(result['subject'])}")


def _following(result: Json) -> str:
    label = f"{result['rule']}, {subject_label(result['subject'])}"
    return f"- so also {code(label)}: {code(result['message'])}"


def _mend(result: Json) -> Iterator[str]:
    lines = mend_lines(result)
    yield f"Mend: {code(lines[0])}" if len(lines) == 1 else f"Mend:\n\n{block(lines)}"
    commands = result["remediation"]["commands"]
    if not all(map(copyable, commands)):
        yield WITHHELD
    elif commands:
        yield f"Run, with consul speaking to {code(result['subject']['cluster'])}:"
        yield block(commands, "sh")
