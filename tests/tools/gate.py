"""What a test does that needs a tool which is not there: the one place that decides between skip and failure."""

import os

import pytest

from tests.tools.cache import is_installed
from tests.tools.recipe import ToolMissingError


def in_ci() -> bool:
    """Tell whether CI is set, to whatever: not every CI writes `true`."""
    return bool(os.environ.get("CI"))


def need_tools(*names: str) -> None:
    """Let the calling test or fixture go on only where every named tool is installed.

    Else it is skipped, and pytest's summary tells what to do about it; in CI it fails, as a run that skips there would
    prove nothing.
    """
    missing = [name for name in names if not is_installed(name)]
    if not missing:
        return
    reason = f"TOOLS MISSING: {ToolMissingError(missing)}"
    if in_ci():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
