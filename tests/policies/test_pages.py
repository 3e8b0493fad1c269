"""The pages in docs/rules are what METADATA says now: one for each rule, none of a rule that is gone."""

from scanner.wiring import known_rules
from tests.docs_pages import FOLDER, current_pages


def test_the_pages_are_those_of_the_rules() -> None:
    stored = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    wanted = current_pages()

    assert wanted.keys() == {"README.md"} | {f"{rule.id}.md" for rule in known_rules(())}
    assert stored.keys() == wanted.keys(), "run `make docs`"
    assert [name for name in wanted if stored[name] != wanted[name]] == [], "run `make docs`"
