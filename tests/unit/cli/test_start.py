"""A command loads what it needs: who audits does not wait for the web server, the store and the log of `serve`."""

import subprocess
import sys

import pytest

OF_SERVE = ["uvicorn", "starlette", "structlog", "sqlalchemy", "prometheus_client"]


def loaded(statement: str) -> set[str]:
    """Return the names of all modules that a new interpreter has loaded after a statement."""
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize("library", [*OF_SERVE, "requests", "rich"])
def test_the_command_line_alone_loads_no_library_but_click(library: str) -> None:
    assert library not in loaded("import scanner.cli.main")


@pytest.mark.parametrize("library", OF_SERVE)
def test_an_audit_loads_nothing_of_the_service(library: str) -> None:
    assert library not in loaded("import scanner.cli.audit")


def test_the_service_is_what_loads_them() -> None:
    assert set(OF_SERVE) <= loaded("import scanner.cli.serve, scanner.findings.store")
