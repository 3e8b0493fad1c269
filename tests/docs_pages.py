"""`python -m tests.docs_pages`: write docs/rules/ anew, and the keys in docs/configuration.md."""

from pathlib import Path

from scanner.model.statements import STATEMENTS
from scanner.publish.rule_pages import pages
from scanner.wiring import known_rules
from tests import config_page

FOLDER = Path(__file__).parents[1] / "docs" / "rules"


def current_pages() -> dict[str, str]:
    """Return what each page has to be now, by its file name."""
    return pages(known_rules(()), STATEMENTS)


def main() -> None:
    """Write every page, and remove those of rules that are gone."""
    wanted = current_pages()
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    page = config_page.PAGE.read_text(encoding="utf-8")
    config_page.PAGE.write_text(config_page.current_page(page), encoding="utf-8")


if __name__ == "__main__":
    main()
