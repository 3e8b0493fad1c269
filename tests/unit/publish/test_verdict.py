"""The first lines: they agree with the exit code, and say PASS only of what is known."""

import pytest

from scanner.model.document import Json
from scanner.publish.verdict import consequence, sentence, word
from tests.unit.publish import samples
from tests.unit.publish.builders import document, passing, result


def one_cluster() -> Json:
    info = result("MGP-702", "dc1", "fail")
    unsettled = [result(rule, "dc1", "unknown", needed="scan dc2 too") for rule in ("MGP-303", "MGP-404")]
    return document([result("MGP-301", "dc1"), info, *unsettled], 0)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (samples.healthy(), "PASS  17 checks passed"),
        (samples.entry_missing(), "FAIL  1 critical failure, 2 more as a consequence"),
        (samples.blind_token(), "FAIL  1 high failure, 9 unknown"),
        (samples.unreachable(), "INCOMPLETE  dc2 could not be read, 11 unknown"),
        (samples.rule_erred(), "INCOMPLETE  1 check erred"),
        (samples.waived(), "PASS  15 checks passed, 1 info failure, 1 waived"),
        (samples.all_known(), "PASS  16 checks passed, 1 known from the baseline, 0 resolved"),
        (
            samples.compared(),
            "FAIL  1 info failure, 1 more as a consequence, 3 known from the baseline, 1 resolved",
        ),
        (samples.hostile(), "FAIL  1 critical failure, 1 more as a consequence, 1 check erred, 1 unknown"),
        (one_cluster(), "INCOMPLETE  1 info failure, 2 unknown"),
        (document([], 0), "INCOMPLETE  no rule applied to anything that was read"),
    ],
)
def test_says_in_one_line_what_is_the_matter(results: Json, expected: str) -> None:
    assert f"{word(results)}  {sentence(results)}" == expected


def test_an_unreachable_cluster_does_not_hide_a_failure_of_the_other() -> None:
    gone = samples.unreachable()
    gone["results"].append(result("MGP-204", "dc1", "fail"))
    assert word(gone) == "FAIL"


def test_a_mild_failure_beside_an_unreachable_cluster_is_not_yet_a_fail() -> None:
    gone = samples.unreachable()
    gone["results"].append(result("MGP-702", "dc1", "fail"))
    assert word(gone) == "INCOMPLETE"


@pytest.mark.parametrize(("mark", "expected"), [("known", "INCOMPLETE"), ("new", "FAIL")])
def test_what_the_baseline_had_beside_an_unreachable_cluster_is_no_fail(mark: str, expected: str) -> None:
    gone = samples.unreachable()
    gone["results"].append(result("MGP-204", "dc1", "fail", baseline=mark))
    assert word(gone) == expected


@pytest.mark.parametrize(
    ("exit_code", "meaning"),
    [
        (0, "exit code 0: nothing failed at or above --fail-on"),
        (1, "exit code 1: something failed at or above --fail-on"),
        (3, "exit code 3: coverage is below --fail-coverage-below"),
        (4, "exit code 4: a cluster could not be read"),
        (130, "exit code 130"),
    ],
)
def test_says_what_the_exit_code_means(exit_code: int, meaning: str) -> None:
    assert consequence(document(passing(), exit_code)) == f"coverage 100%; {meaning}"


def test_of_two_meanings_of_exit_code_3_it_tells_the_right_one() -> None:
    assert consequence(samples.rule_erred()) == "coverage 94%; exit code 3: a rule erred"


@pytest.mark.parametrize(
    ("part", "told"), [(0.9999, "99%"), (0.29, "29%"), (0, "0%"), (None, "none (nothing applied)")]
)
def test_rounds_coverage_down(part: float | None, told: str) -> None:
    results = document(passing(), 0)
    results["summary"]["coverage"] = part
    assert consequence(results).startswith(f"coverage {told};")
