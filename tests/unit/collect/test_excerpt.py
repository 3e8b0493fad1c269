"""What strangers say is short, on one line and without secrets before it stands in an error."""

from scanner.collect.excerpt import excerpt


def test_control_characters_become_spaces() -> None:
    assert excerpt("a\x1b[31m\r\n\tb\x00c\u202e") == "a [31m b c"


def test_a_long_text_is_cut_with_a_mark() -> None:
    assert excerpt("x" * 200, limit=10) == "x" * 10 + "…"


def test_a_secret_is_replaced_before_the_cut() -> None:
    assert excerpt("xxxx secret-of-mine yyyy", ["secret-of-mine"], limit=8) == "xxxx <to…"
