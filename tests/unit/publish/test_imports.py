"""The table is for `audit`, which must start fast: nothing of the web server comes with it."""

import subprocess
import sys


def test_reports_do_not_load_the_web_server_or_the_metrics() -> None:
    program = "import sys, scanner.publish.formats, scanner.publish.output; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"starlette", "uvicorn", "prometheus_client", "asyncio", "structlog"} & set(loaded)
