"""The recorded snapshots that cases start from; they come with the installation."""

import json
from pathlib import Path

from scanner.errors import DocumentError
from scanner.model.document import Json


def recorded_snapshots() -> Path:
    """Return the folder of the recorded snapshots: inside the wheel, or beside the package in a source tree."""
    package = Path(__file__).parent.parent
    inside = package / "snapshots"
    return inside if inside.is_dir() else package.parent / "tests" / "data"


def base_snapshot(name: str, folder: Path | None = None) -> Json:
    """Return the snapshot that a file of cases starts from.

    Args:
        name: `healthy-pair`, `broken-pair`, or a file that ends in .json.
        folder: where such a file is looked for.

    Raises:
        DocumentError: it is not there, or no JSON.
    """
    own = name.endswith(".json") and folder is not None
    path = folder / name if own and folder else recorded_snapshots() / f"{name}.json"
    try:
        snapshot: Json = json.loads(path.read_bytes())
    except (OSError, ValueError) as fault:
        advice = "Name healthy-pair, broken-pair, or a .json file beside the cases (`consul-scan export` makes one)."
        raise DocumentError(f"The base snapshot {name} cannot be read from {path}: {fault}", advice) from fault
    return snapshot
