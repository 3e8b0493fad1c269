"""`python -m tests.tools.lint_policies`: the policies' own linters, by the real binaries; exit code 1 on a finding."""

import subprocess
import sys
from pathlib import Path

from tests.tools.cache import tool
from tests.tools.gate import in_ci
from tests.tools.recipe import ToolMissingError

POLICIES = Path(__file__).parents[2] / "policies" / "rego"


def main() -> int:
    """Run every linter and tell which found something; one that is missing fails in CI, and is told elsewhere."""
    try:
        opa, regal = str(tool("opa-1.22.2")), str(tool("regal-0.38.1"))
    except ToolMissingError as missing:
        print(f"policies: NOT LINTED: {missing}")
        return int(in_ci())
    commands = {
        "opa fmt": [opa, "fmt", "--list", "--fail", str(POLICIES)],
        "opa check": [opa, "check", "--strict", str(POLICIES)],
        "regal": [regal, "lint", str(POLICIES)],
    }
    failed = [name for name, command in commands.items() if subprocess.run(command, check=False).returncode]
    print(f"policies: {', '.join(failed)} found something" if failed else "policies: no findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
