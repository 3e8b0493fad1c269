"""Pages with a worked example: their commands, run in order, print what they show."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.evaluate.recorded import recorded_snapshots

DOCS = Path(__file__).parents[1] / "docs"
RECORDED = {
    "custom-rules.md": {"snapshot.json": "healthy-pair.json"},
    "waivers.md": {"snapshot.json": "broken-pair.json", "later.json": "healthy-pair.json"},
}
"""The recorded snapshots that stand beside each page's files, by their names there."""


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a worked example does, in order: (path, text to write there), or ("", command and what it prints)."""
    for path, kind, body in re.findall(r"(?:<!-- file: (\S+) -->\n)?```(\w+)\n(.*?)```", text, re.DOTALL):
        if path:
            yield path, body
        elif kind == "console":
            yield from (("", step) for step in re.split(r"^\$ ", body, flags=re.MULTILINE) if step)


@pytest.mark.parametrize("page", RECORDED)
def test_each_command_prints_what_is_shown(page: str, tmp_path: Path) -> None:
    for name, recorded in RECORDED[page].items():
        shutil.copy(recorded_snapshots() / recorded, tmp_path / name)
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    shown, printed = [], []
    for path, step in steps((DOCS / page).read_text()):
        if path:
            (tmp_path / path).write_text(step)
            continue
        command, _, output = step.partition("\n")
        ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True)  # noqa: PLW1510
        shown.append((command, lasting(output.strip("\n"))))
        printed.append((command, lasting((ran.stdout + ran.stderr).strip("\n"))))

    assert len(shown) > 7
    assert printed == shown


def lasting(text: str) -> str:
    """Return a text in which recorded ports and days that are counted from today are alike."""
    text = re.sub(r"127\.0\.0\.1:\d+\b", "127.0.0.1:PORT", text)
    return re.sub(r"expires: '\d{4}-\d\d-\d\d'", "expires: 'DAY'", text)
