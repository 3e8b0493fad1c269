"""docs/configuration.md says of each key what the schema says, and the defaults that it tells are those that count."""

import re
from pathlib import Path
from typing import Any

import yaml

from scanner.config import load_config
from scanner.schemas import schema
from tests.config_page import PAGE, current_page, keys


def test_the_tables_are_those_of_the_schema() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page.count("\n| `clusters.*.") > 20
    assert page == current_page(page), "run `make docs`"


def test_every_key_has_a_meaning_that_is_a_sentence() -> None:
    meanings = {path: said.get("meaning", "") for path, said in keys(schema("config"))}

    assert len(meanings) > 30
    assert {path: text for path, text in meanings.items() if not re.fullmatch(r"[A-Z`].*\.", text)} == {}
    assert not {path for path in meanings if path not in PAGE.read_text()}


def test_the_defaults_are_what_a_shorter_file_means(tmp_path: Path) -> None:
    defaults = {path: said["default"] for path, said in keys(schema("config")) if "default" in said}
    whole: dict[str, Any] = {"clusters": {"a": {"address": "https://x", "gateways": [{"service": "s"}]}}}
    for path, value in defaults.items():
        part: Any = whole
        *above, last = path.replace("*", "a").replace("[]", ".0").split(".")
        for name in above:
            part = part[0] if name == "0" else part.setdefault(name, {})
        part.setdefault(last, value)
    assert whole["clusters"]["a"]["tls"] == {"verify": True}, "the defaults were put in"

    (tmp_path / "long.yaml").write_text(yaml.safe_dump(whole))
    (tmp_path / "short.yaml").write_text("clusters: {a: {address: https://x, gateways: [{service: s}]}}\n")

    assert load_config(tmp_path / "long.yaml") == load_config(tmp_path / "short.yaml")
