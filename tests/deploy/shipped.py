"""The files of deploy/ as values."""

import re
from pathlib import Path
from typing import Any

import hcl2
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "systemd/consul-scan.service"
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))

Document = dict[str, Any]


def manifests() -> list[Document]:
    """Return all Kubernetes manifests, the patch of OPA's sidecar not among them."""
    files = [path for path in KUBERNETES if path.name != "opa-sidecar.yaml"]
    return [document for path in files for document in yaml.safe_load_all(path.read_text())]


def manifest(kind: str) -> Document:
    """Return the one manifest of a kind."""
    (found,) = [document for document in manifests() if document["kind"] == kind]
    return found


def patched() -> Document:
    """Return the Deployment with OPA beside it, as `kubectl patch` merges lists of names."""
    deployment, patch = manifest("Deployment"), yaml.safe_load((DEPLOY / "kubernetes/opa-sidecar.yaml").read_text())
    pod, beside = deployment["spec"]["template"]["spec"], patch["spec"]["template"]["spec"]
    for key in beside:
        pod[key] += beside[key]
    return deployment


def nomad_job() -> Document:
    """Return the Nomad job, its strings without their quotes."""
    text = (DEPLOY / "nomad/consul-scan.nomad.hcl").read_text()
    job: Document = _plain(hcl2.loads(text))["job"][0]["consul-scan"]
    return job


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(inner) for key, inner in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value[1:-1] if isinstance(value, str) and re.fullmatch(r'"[\s\S]*"', value) else value
