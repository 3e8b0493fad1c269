"""Policy files: where they are, what they say, and the hash of them all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scanner.errors import PolicyError
from scanner.model.document import sha256

# The first statement of a file, on a line of its own. `package a["b"]` or one over two lines would be understood by the
# engines too; here it is no package, and refused: what cannot be read could shadow what is ours.
_NAME = r"[A-Za-z_]\w*"
_PACKAGE = re.compile(
    rf"\A(?:\s|#[^\n]*\n)*package[ \t]+({_NAME}(?:\.{_NAME})*)[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)", re.ASCII
)

# fmt: off
REGO_KEYWORDS = frozenset({
    "as", "contains", "data", "default", "else", "every", "false", "if", "import", "in", "input", "not", "null",
    "package", "some", "true", "with",
})
# fmt: on

RULES_PACKAGE = "compliance.rules."


@dataclass(frozen=True)
class Policy:
    """One Rego file: its path below the policy folder, with forward slashes, and its text; `custom`: not of ours."""

    path: str
    text: str
    custom: bool = False

    @property
    def package(self) -> str:
        """The package that the file declares, plainly; empty when it declares none, or in another way."""
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
        PolicyError: a folder holds none, one cannot be read, has no plain package, or a later folder declares a package
            of an earlier one, one above or one below: it could change what our rules say.
    """
    found: dict[str, Policy] = {}
    for root in roots:
        earlier = tuple(found.values())
        for policy in policies_below(root, custom=bool(earlier)):
            if reason := unwelcome(policy, earlier):
                raise PolicyError(f"{root}/{policy.path}: {reason}")
            found[policy.path] = policy
    return PolicySet(tuple(found[path] for path in sorted(found)))


def unwelcome(policy: Policy, earlier: Sequence[Policy]) -> str | None:
    """Return why a file cannot be loaded beside those of earlier folders; None if it can."""
    if not policy.package:
        return "it has to start with `package` and a plain name, such as compliance.rules.custom.NAME, on one line"
    for other in earlier:
        if _overlap(policy.package, other.package) or policy.path == other.path:
            return f"(package {policy.package}) would shadow {other.path} (package {other.package})"
    return None


def _overlap(package: str, other: str) -> bool:
    """Tell whether one package is the other, or above it: there a rule would stand for the whole other package."""
    return f"{package}.".startswith(f"{other}.") or f"{other}.".startswith(f"{package}.")


def policies_below(root: Path, *, custom: bool) -> list[Policy]:
    """Return every policy below a folder, ordered by path; `custom`: they are not of ours.

    Raises:
        PolicyError: there is none, or one cannot be read.
    """
    paths = sorted(root.rglob("*.rego"))
    if not paths:
        raise PolicyError(f"There are no policies below {root}", "Name a folder that holds .rego files.")
    return [_read(path, root, custom=custom) for path in paths]


def _read(path: Path, root: Path, *, custom: bool) -> Policy:
    try:
        return Policy(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"), custom)
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyError(f"Policy {path} cannot be read: {fault}") from fault
