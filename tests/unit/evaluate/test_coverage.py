"""Which lines an engine reached: together over all evaluations, and nothing where nobody asked."""

from scanner.evaluate.coverage import Lines, read_coverage, together
from scanner.evaluate.embedded import EmbeddedEngine
from scanner.evaluate.policies import Policy

POLICY = Policy("a.rego", "package a\n\nx := 1 if input.one\n\ny := 1 / input.zero\n")


def test_lines_of_several_evaluations_add_up() -> None:
    first, second = (
        read_coverage({"files": [{"path": "p", "covered": covered, "not_covered": missed}]})
        for covered, missed in (([1], [2, 3]), ([3], [1, 2]))
    )

    assert together(first, second) == {"p": Lines(frozenset({1, 3}), frozenset({1, 2, 3}))}
    assert together(first, second)["p"].missed == (2,)
    assert together(first, {}) == first


def test_the_embedded_engine_tells_the_lines_that_it_reached() -> None:
    with EmbeddedEngine(coverage=True) as engine:
        assert engine.evaluate("a.x", b'{"one": true}', [POLICY]) == 1
        assert engine.reached["a.rego"].missed == (5,)


def test_and_none_unless_asked() -> None:
    with EmbeddedEngine() as engine:
        assert engine.evaluate("a.x", b'{"one": true}', [POLICY]) == 1
        assert engine.reached == {}
