"""What a test does that needs a tool which is not there: the one place that decides between skip and failure."""

import os

import pytest

from tests.tools.cache import is_installed
from tests.tools.recipe import ToolMissingError


def need_tools(*names: str) -> None:
    """Let the calling test or fixture go on only where every named tool is installed.

    Else it is skipped, and pytest's summary tells what to do about it; with CI=true it fails, as a run that skips there
    would prove nothing.
    """
    missing = [name for name in names if not is_installed(name)]
    if not missing:
        return
    reason = f"TOOLS MISSING: {ToolMissingError(missing)}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
