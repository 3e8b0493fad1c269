"""The tree that a text becomes, and the errors where it becomes none. Acceptance: tests/unit/acl/test_policy.py."""

import pytest

from scanner.errors import HclError
from scanner.hcl.position import Position
from scanner.hcl.read import read
from scanner.hcl.tree import Item, ListValue, ObjectValue, Value, Word

Shape = object


def shape(value: Value) -> Shape:
    if isinstance(value, Word):
        return value.text
    if isinstance(value, ListValue):
        return [shape(element) for element in value.elements]
    return shapes(value.items)


def shapes(items: tuple[Item, ...]) -> Shape:
    return [(*(key.text for key in item.keys), shape(item.value)) for item in items]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('Kind = "mesh"', [("Kind", "mesh")]),
        ("a = 1, b = -0x1F c = 1.5e3 d = true", [("a", "1"), ("b", "-0x1F"), ("c", "1.5e3"), ("d", "true")]),
        ("a { b = [1, [2] {c = 3}] }", [("a", [("b", ["1", ["2"], [("c", "3")]])])]),
        ('a "b" c { }', [("a", "b", "c", [])]),
        ('/* x */ a /* y */ = # z\n "//" // end', [("a", "//")]),
        ("a = <<E\nx ${y}\n z\nE\n", [("a", "x ${y}\n z\n")]),
        ("a = <<-E\n    x\n      z\n    E\n", [("a", "x\n  z\n")]),
        ("a = <<-E\n    x\n  z\n    E\n", [("a", "    x\n  z\n")]),
        ("a = <<É9\r\né\r\nÉ9\r\n", [("a", "é\n")]),
        ("a = <<E\nx\nE\r\r\n", [("a", "x\nE")]),
        (r'a = "\a\t\"\\\101\x42\u00e9\U0001F600\ud800"', [("a", '\a\t"\\ABé😀\ufffd')]),
        (r'a = "\U8000006d\xff"', [("a", "m\udcff")]),
        (r'a = "x ${ "\"{}" } \" $ {"', [("a", r'x ${ "\"{}" } " $ {')]),
        ('{"a": {"b": {"c": 1}}}', [("a", "b", [("c", "1")])]),
        ('{"a": [{"b": 1}, {"b": 2}], "c": []}', [("a", [("b", "1")]), ("a", [("b", "2")]), ("c", [])]),
        ('{"a": [1, "x", {"b": {"c": {}}}, true, .5]}', [("a", ["1", "x", [("b", "c", [])], ".5"])]),
        (r'{"a": null, "b": "\u00e9${\"}", "c": false}', [("a", ""), ("b", 'é${"}'), ("c", "false")]),
        ("", []),
    ],
)
def test_shapes(text: str, found: Shape) -> None:
    assert shapes(read(text).items) == found


def test_places_are_lines_and_characters() -> None:
    (item,) = read('# é\r\n\ta "😀" b {\n}').items
    assert [key.at for key in item.keys] == [Position(2, 2), Position(2, 4), Position(2, 8)]
    assert isinstance(item.value, ObjectValue)
    assert (item.at, item.value.at) == (Position(2, 2), Position(2, 10))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a = \n\n ;", "line 3, column 2: ';'. Expected a key, a value, a bracket or a comment"),
        ("a = ?", "line 1, column 5: '?'. Expected a key, a value, a bracket or a comment"),
        ("a = }", "line 1, column 5: '}'. Expected a value: a text in quotes, a number, true, false, '[' or '{'"),
        ("a b", "line 1, column 4: the end of the text. Expected '{'"),
        ("a }", "line 1, column 3: '}'. Expected '=' or '{' after a"),
        ("{}\n", "None"),
        ("= 1", "line 1, column 1: '= 1'. Expected a key"),
        ("}", "line 1, column 1: '}'. Expected a key"),
        ("a {", "line 1, column 4: the end of the text. Expected a key or '}'"),
        ("a = [", "line 1, column 6: the end of the text. Expected ']'"),
        ("a = [1 2]", "line 1, column 8: '2]'. Expected ',' or ']'"),
        ('a = "x\n"', "line 1, column 5: a string that does not end. Expected a closing '\"' in the same line"),
        ("a = <b", "line 1, column 5: '<b'. Expected a heredoc, which begins with '<<'"),
        ("a = <<E\nx\n", "line 1, column 5: a heredoc that does not end. Expected a line with E alone"),
        ("/* a", "line 1, column 1: a comment that does not end. Expected '*/' after it"),
        ("a = 0x", "line 1, column 5: '0x'. Expected the digits of a hexadecimal"),
        ("a = 1\na = 2", "line 2, column 1: a, which was set already. Expected each key to be set once"),
        ("a\0", "line 1, column 2: '\\x00'. Expected a character that Consul's reader does not keep for itself"),
        ("a\ud800", "line 1, column 2: '\\ud800'. Expected characters of Unicode, no halves of them"),
        ('{"a": }]', "None"),
        ('{"a": ]', "line 1, column 7: ']'. Expected a value"),
        ('{"a" 1', "line 1, column 6: '1'. Expected a key in quotes, ':' and a value"),
        ('{"a": [null]}', "line 1, column 8: 'null]}'. Expected a text, a number, an object or ']'"),
        ('{"a": nil}', "line 1, column 7: 'nil'. Expected true, false, null or a text in quotes"),
        ('{"a": 01}', "line 1, column 7: '01}'. Expected a number that does not begin with 0"),
        ('{"a": ?}', "line 1, column 7: '?}'. Expected a JSON value, a key in quotes or a bracket"),
        (r'{"a\/": 1}', "line 1, column 2: '\"a\\\\/\": 1}'. Expected a text in quotes, in one line"),
    ],
)
def test_errors_say_where_what_and_what_else(text: str, error: str) -> None:
    try:
        read(text)
    except HclError as fault:
        told = str(fault)
    else:
        told = "None"
    assert told.startswith(error)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'a = "\777"', r"octal escapes up to \377"),
        (r'a = "\U00110000"', "escapes of characters that exist"),
        (r'{"a": "\ud83d"}', "escapes of characters that exist"),
        ('a = "${\ufffd}"', "no replacement character in '${…}'"),
    ],
)
def test_a_bad_string_is_refused_when_it_is_looked_at(text: str, expected: str) -> None:
    value = read(text).items[0].value
    assert isinstance(value, Word)
    with pytest.raises(HclError, match="Expected a string with") as caught:
        _ = value.text
    assert caught.value.expected == f"a string with {expected}"
