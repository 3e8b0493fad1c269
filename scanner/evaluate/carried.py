"""What an OPA server carries, against what it has to: our policies to the letter, and nothing else in our packages."""

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.errors import EngineError
from scanner.evaluate.policies import PolicySet, shipped_policies
from scanner.model.document import Json

_ADVICE = (
    "Give it ours and nothing beside: consul-scan bundle --output bundle.tar.gz, "
    f"opa run --server --bundle bundle.tar.gz; or opa run --server --bundle {shipped_policies()}."
)

OLDEST_OPA = (1, 9, 0)
"""The oldest server whose answers were compared with ours (engines.md 2); below 1.0 our Rego does not compile."""


def check_version(url: str, text: str) -> None:
    """Refuse a server that is too old, or does not say what it is.

    Raises:
        EngineError: naming the oldest that will do.
    """
    core = text.partition("-")[0].split(".")
    if not all(part.isdecimal() for part in core) or tuple(map(int, core)) < OLDEST_OPA:
        oldest = ".".join(map(str, OLDEST_OPA))
        raise EngineError(f"OPA at {url} is of version {text or 'unknown'}", f"Use {oldest} or newer.")


def check_carried(url: str, modules: Iterable[Json], policies: PolicySet) -> None:
    """Compare the modules of a server, as `GET /v1/policies` lists them, with our policies.

    Raises:
        EngineError: one of ours is missing or another version of it, or a foreign one is in our packages.
    """
    listed = {str(module.get("raw")): module for module in modules}
    missing = sorted(policy.path for policy in policies.policies if policy.text not in listed)
    if missing:
        raise EngineError(
            f"OPA at {url} lacks {len(missing)} of our {len(policies.policies)} policies, or has others "
            f"in their place (first: {missing[0]})",
            _ADVICE,
        )
    ours = {policy.text for policy in policies.policies}
    foreign = sorted(
        str(module.get("id"))
        for text, module in listed.items()
        if text not in ours and _root(module) in {*policies.roots, None}
    )
    if foreign:
        raise EngineError(f"OPA at {url} has more in our packages: {', '.join(foreign)}", _ADVICE)


def carries_bundle(provenance: Mapping[str, Any], policies: PolicySet) -> bool:
    """Tell whether an answer came from the bundle that `consul-scan bundle` makes of these policies."""
    bundles = provenance.get("bundles") or {}
    return any(bundle.get("revision") == policies.sha256 for bundle in bundles.values())


def _root(module: Json) -> str | None:
    """Return the first name of a module's package, as OPA parsed it; None where it does not say.

    Never from the text: `package compliance["main"] # x` is ours as well.
    """
    path = ((module.get("ast") or {}).get("package") or {}).get("path") or []
    return str(path[1].get("value")) if len(path) > 1 else None
