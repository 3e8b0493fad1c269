"""Text from a cluster reaches a terminal as visible characters alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.publish.terminal import PROSE_LIMIT, copyable, hides_characters, printable, prose, starts_log_command


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("mesh-gateway", "mesh-gateway"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x1b[2J\x07\x00", r"\x1b[2J\x07\x00"),
        ("\x9b31m", r"\x9b31m"),
        ("gnp.\u202eexe", r"gnp.\u202eexe"),
        ("line\u2028separator", r"line\u2028separator"),
        ("\ud800", r"\ud800"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("Straße 東京", "Straße 東京"),
        (r"C:\new", r"C:\new"),
    ],
)
def test_spells_what_is_not_printable(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@given(st.text(alphabet=st.characters()), st.integers(min_value=1, max_value=50))
def test_is_always_one_printable_line_within_the_limit(raw: str, limit: int) -> None:
    shown = printable(raw, limit)
    assert shown.isprintable()
    assert len(shown) <= limit


def test_says_with_an_ellipsis_that_it_cut() -> None:
    assert printable("x" * 10_000, 5) == "xxxx…"
    assert printable("xxxxx", 5) == "xxxxx"


def test_a_huge_name_leaves_the_rest_of_the_sentence_readable() -> None:
    assert prose(f"gateway {'x' * 10_000} has no instance").endswith("… has no instance")


def test_a_sentence_is_cut_as_a_whole_too() -> None:
    assert len(prose("word " * 10_000)) == PROSE_LIMIT


def test_a_sentence_keeps_its_spaces() -> None:
    assert prose("spec:  a\n") == r"spec:  a\n"


@pytest.mark.parametrize("command", ["consul config write - <<'EOF'\n{\n\t\"a\": 1\n}\nEOF", "echo 'ä b'"])
def test_a_command_of_printable_lines_may_be_copied(command: str) -> None:
    assert copyable(command)


@pytest.mark.parametrize("character", ["\x1b", "\r", "\x00", "\u202e", "\u200b", "\u2028", "\x9b", "\ud800"])
def test_a_command_that_hides_something_may_not(character: str) -> None:
    assert not copyable(f"echo {character}")


@pytest.mark.parametrize("value", ["\n", ["a", "\x1b"], {"a": {"b": ["\u202e"]}}, {"\x00": 1}])
def test_finds_hidden_characters_anywhere_in_a_value(value: object) -> None:
    assert hides_characters(value)


@pytest.mark.parametrize("value", ["name", 1, None, True, {"a": ["b", 2.5, {"c": "d"}]}])
def test_finds_none_where_there_is_none(value: object) -> None:
    assert not hides_characters(value)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("##[error]x", r"\x23#[error]x"),
        ("a ##vso[task.complete]", r"a \x23#vso[task.complete]"),
        ("###[x]", r"#\x23#[x]"),
        ("# [x] ## y", "# [x] ## y"),
    ],
)
def test_spells_what_the_log_of_a_job_obeys_anywhere(raw: str, shown: str) -> None:
    assert printable(raw) == shown
    assert copyable(raw) == (raw == shown)


@pytest.mark.parametrize("line", ["::error::x", "  ::Error title=a b::x", "::stop-commands::token", "::endgroup::"])
def test_finds_a_line_that_the_log_of_a_job_obeys(line: str) -> None:
    assert starts_log_command(line)
    assert not starts_log_command(prose(line))
    assert not copyable(f"cat <<'END'\n{line}\nEND")


@pytest.mark.parametrize("line", ["::1 does not answer", "::ffff:10.0.0.1 is no address", "a ::error::x", "::error:x"])
def test_an_address_is_no_command(line: str) -> None:
    assert not starts_log_command(line)
    assert prose(line) == line
    assert copyable(line)
