"""docs/custom-rules.md goes from nothing to an alerting rule: its commands, run in order, print what it shows."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scanner.evaluate.recorded import recorded_snapshots

PAGE = Path(__file__).parents[1] / "docs" / "custom-rules.md"


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a worked example does, in order: (path, text to write there), or ("", command and what it prints)."""
    for path, kind, body in re.findall(r"(?:<!-- file: (\S+) -->\n)?```(\w+)\n(.*?)```", text, re.DOTALL):
        if path:
            yield path, body
        elif kind == "console":
            yield from (("", step) for step in re.split(r"^\$ ", body, flags=re.MULTILINE) if step)


def test_each_command_prints_what_is_shown(tmp_path: Path) -> None:
    shutil.copy(recorded_snapshots() / "healthy-pair.json", tmp_path / "snapshot.json")
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    shown, printed = [], []
    for path, step in steps(PAGE.read_text()):
        if path:
            (tmp_path / path).write_text(step)
            continue
        command, _, output = step.partition("\n")
        ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True)  # noqa: PLW1510
        shown.append((command, without_ports(output.strip("\n"))))
        printed.append((command, without_ports((ran.stdout + ran.stderr).strip("\n"))))

    assert len(shown) > 8
    assert printed == shown


def without_ports(text: str) -> str:
    """Return a text in which recorded ports, which differ from record to record, are alike."""
    return re.sub(r"127\.0\.0\.1:\d+\b", "127.0.0.1:PORT", text)
