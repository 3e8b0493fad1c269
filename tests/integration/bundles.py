"""Bundles in files, for servers that tests run."""

from pathlib import Path

from scanner.evaluate.bundle import bundle
from scanner.evaluate.policies import PolicySet


def written(policies: PolicySet, folder: Path, signing_key: Path | None = None) -> Path:
    (folder / "bundle.tar.gz").write_bytes(bundle(policies, signing_key))
    return folder / "bundle.tar.gz"
