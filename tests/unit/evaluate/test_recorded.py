"""The snapshots that cases start from come with the installation, and are those that the tests record."""

import tomllib
from pathlib import Path

from scanner.evaluate.recorded import base_snapshot, recorded_snapshots

ROOT = Path(__file__).parents[3]


def test_the_wheel_takes_what_is_recorded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    snapshots = {source: place for source, place in included.items() if place.startswith("scanner/snapshots/")}

    assert set(snapshots) == {f"tests/data/{name}-pair.json" for name in ("healthy", "broken")}
    assert all((ROOT / source).samefile(recorded_snapshots() / Path(place).name) for source, place in snapshots.items())


def test_a_file_beside_the_cases_is_taken_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text('{"a": 1}')

    assert base_snapshot("own.json", tmp_path) == {"a": 1}
    assert base_snapshot("healthy-pair", tmp_path)["clusters"].keys() == {"dc1", "dc2"}
