"""What rules are asked of, as a JSON Schema that `opa check` understands: a name that `input` has not is an error.

OPA reads neither a list of types nor what stands below `additionalProperties`: the former is spelled out here, and a
misspelt name inside a cluster stays for the cases to find.
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from scanner.model.document import Json
from scanner.schemas import schema
from tests.tools.cache import tool


def names_are_known(policies: Path) -> bool:
    """Tell whether policies ask only for what `input` has; the self-test asks for what is not there on purpose."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(input_schema(), file)
        file.flush()
        options = ["--strict", "--ignore", "selftest", "--schema", file.name]
        return subprocess.run([str(tool("opa-1.22.2")), "check", *options, str(policies)], check=False).returncode == 0


def input_schema() -> Json:
    """Return the schema of `input`: {"clusters", "derived", "catalogue", "only_catalogue_loaded"}."""
    derived = schema("derived")
    document = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "clusters": {"type": "object"},
            "derived": {key: value for key, value in derived.items() if not key.startswith("$")},
            "catalogue": {"type": "object"},
            "only_catalogue_loaded": {"type": "boolean"},
        },
        "$defs": derived.get("$defs", {}),
    }
    spelled: Json = _spelled(document)
    return spelled


def _spelled(node: Any) -> Any:
    if isinstance(node, list):
        return [_spelled(item) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("type"), list):
        return {"anyOf": [_spelled(node | {"type": name}) for name in node["type"]]}
    return {key: _spelled(value) for key, value in node.items()}
