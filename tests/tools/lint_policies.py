"""`python -m tests.tools.lint_policies`: the policies' own linters, by the real binaries; exit code 1 on a finding."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tools.cache import tool
from tests.tools.input_schema import input_schema

POLICIES = Path(__file__).parents[2] / "policies" / "rego"


def main() -> int:
    """Run every linter, and tell which found something."""
    opa, regal = str(tool("opa-1.22.2")), str(tool("regal-0.38.1"))
    commands = {
        "opa fmt": [opa, "fmt", "--list", "--fail", str(POLICIES)],
        "opa check": [opa, "check", "--strict", str(POLICIES)],
        "regal": [regal, "lint", str(POLICIES)],
    }
    failed = [name for name, command in commands.items() if subprocess.run(command, check=False).returncode]
    failed += [] if names_are_known(POLICIES) else ["opa check, against the schema of input"]
    print(f"policies: {', '.join(failed)} found something" if failed else "policies: no findings")
    return 1 if failed else 0


def names_are_known(policies: Path) -> bool:
    """Tell whether policies ask only for what `input` has; the self-test asks for what is not there on purpose."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(input_schema(), file)
        file.flush()
        options = ["--strict", "--ignore", "selftest", "--schema", file.name]
        return subprocess.run([str(tool("opa-1.22.2")), "check", *options, str(policies)], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
