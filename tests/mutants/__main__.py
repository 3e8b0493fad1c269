"""`python -m tests.mutants`: break each policy in small ways, and tell which breaks no case notices."""

import sys

from scanner.evaluate.policies import load_policies, shipped_policies
from tests.mutants.survivors import explained, survivors


def main() -> int:
    """Print each survivor that is not explained; exit code 1 where there is one."""
    found = survivors(load_policies([shipped_policies()]))
    unexplained = [mutant for mutant in found if (mutant.path, mutant.name) not in explained()]
    for mutant in unexplained:
        print(f"{mutant.path}\n  {mutant.name}")
    print(f"{len(found)} survivors, {len(unexplained)} of them unexplained")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
