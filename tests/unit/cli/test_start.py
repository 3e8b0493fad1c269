"""A command loads what it needs: who audits does not wait for the web server, the store and the log of `serve`."""

import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"
OF_SERVE = ["uvicorn", "starlette", "structlog", "sqlalchemy", "prometheus_client"]


def loaded(statement: str) -> set[str]:
    """Return the names of all modules that a new interpreter has loaded after a statement."""
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize("library", [*OF_SERVE, "requests", "rich"])
def test_the_command_line_alone_loads_no_library_but_click(library: str) -> None:
    assert library not in loaded("import scanner.cli.main")


def test_an_audit_loads_nothing_of_the_service_and_nothing_that_words_faults_where_there_are_none() -> None:
    audit = f"audit --config {DATA}/demo.yaml --snapshot {DATA}/healthy-pair.json --output /dev/null"
    statement = f"from scanner.cli.main import exit_code; assert exit_code({audit.split()}) == 0"
    assert {*OF_SERVE, "jsonschema", "referencing"} & loaded(statement) == set()


def test_the_service_is_what_loads_them() -> None:
    assert set(OF_SERVE) <= loaded("import scanner.cli.serve, scanner.findings.store")


def test_the_service_looks_for_garbage_though_other_commands_do_not() -> None:
    program = (
        "import gc; gc.disable(); from scanner.cli.main import exit_code; "
        "assert exit_code(['serve', '--cluster', 'a=http://127.0.0.1:1', '--listen', 'nowhere']) == 2; "
        "print(gc.isenabled())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "True\n", done.stderr
