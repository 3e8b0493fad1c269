"""Policy files: where they are, what they say, and the hash of them all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scanner.errors import PolicyError
from scanner.model.document import sha256

_PACKAGE = re.compile(r"^package\s+(\S+)\s*$", re.MULTILINE)
_PLAIN_PACKAGE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")

RULES_PACKAGE = "compliance.rules."


@dataclass(frozen=True)
class Policy:
    """One Rego file: its path below the policy folder, with forward slashes, and its text."""

    path: str
    text: str

    @property
    def package(self) -> str:
        """The package that the file declares; empty when it declares none."""
        found = _PACKAGE.search(self.text)
        return found[1] if found else ""

    @property
    def is_rule(self) -> bool:
        """Whether it holds a rule of the catalogue rather than a library."""
        return self.package.startswith(RULES_PACKAGE)


@dataclass(frozen=True)
class PolicySet:
    """All policies of a scan, ordered by path."""

    policies: tuple[Policy, ...]

    @cached_property
    def sha256(self) -> str:
        """Return the hash of every path and text (`hashes.policies` of the results)."""
        return sha256({policy.path: policy.text for policy in self.policies})

    @property
    def roots(self) -> tuple[str, ...]:
        """The first names of all packages: what a server has to leave to us."""
        return tuple(sorted({policy.package.partition(".")[0] for policy in self.policies}))


def shipped_policies() -> Path:
    """Return the folder of our own policies: inside the wheel, or beside the package in a source tree."""
    package = Path(__file__).parent.parent
    inside = package / "policies" / "rego"
    return inside if inside.is_dir() else package.parent / "policies" / "rego"


def load_policies(roots: Sequence[Path]) -> PolicySet:
    """Read every `.rego` file below some folders, ours first.

    Raises:
        PolicyError: a folder holds none, one cannot be read, or a later folder declares a package of an earlier one: it
            could change what our rules say.
    """
    found: dict[str, Policy] = {}
    for root in roots:
        packages = {policy.package: policy.path for policy in found.values()}
        for policy in _below(root):
            if policy.package in packages or policy.path in found:
                earlier = packages.get(policy.package, policy.path)
                raise PolicyError(f"{root}/{policy.path} (package {policy.package}) would shadow {earlier}")
            found[policy.path] = policy
    return PolicySet(tuple(found[path] for path in sorted(found)))


def _below(root: Path) -> list[Policy]:
    paths = sorted(root.rglob("*.rego"))
    if not paths:
        raise PolicyError(f"There are no policies below {root}", "Name a folder that holds .rego files.")
    return [_read(path, root) for path in paths]


def _read(path: Path, root: Path) -> Policy:
    try:
        policy = Policy(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyError(f"Policy {path} cannot be read: {fault}") from fault
    # Another spelling of one of our packages (`package compliance["main"]`) would not be seen to shadow it.
    if not _PLAIN_PACKAGE.fullmatch(policy.package):
        raise PolicyError(f"Policy {path} names its package in no plain way", "Write `package a.b` on a line alone.")
    return policy
