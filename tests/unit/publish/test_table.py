"""The table, word for word: tests/golden/table holds what each sample looks like on 80 and on 160 columns.

`RENEW_GOLDEN=1 python -m pytest tests/unit/publish/test_table.py` writes those files anew; read the diff.
"""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.model.document import Json
from scanner.publish.table import render
from scanner.schemas import fault
from tests.unit.publish.builders import cluster, document, passing, result
from tests.unit.publish.samples import MEND_301, SAMPLES, entry_missing, healthy, hostile, hostile_waiver

GOLDEN = Path(__file__).parents[2] / "golden" / "table"
SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")
EVERY_SAMPLE = pytest.mark.parametrize("sample", SAMPLES)


@EVERY_SAMPLE
def test_the_samples_are_results_documents(sample: str) -> None:
    assert fault(SAMPLES[sample](), "results") is None


@EVERY_SAMPLE
@pytest.mark.parametrize("width", [80, 160])
def test_looks_as_it_did(sample: str, width: int) -> None:
    golden = GOLDEN / f"{sample}-{width}.txt"
    shown = render(SAMPLES[sample](), width=width, colour=False)
    if os.environ.get("RENEW_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@EVERY_SAMPLE
def test_colour_adds_nothing_but_colour(sample: str) -> None:
    plain, coloured = (render(SAMPLES[sample](), width=80, colour=colour) for colour in (False, True))
    assert coloured != plain
    assert SEQUENCE.sub("", coloured) == plain


@EVERY_SAMPLE
@pytest.mark.parametrize("width", [1, 40, 80, 160])
def test_no_line_but_a_command_is_wider_than_the_terminal(sample: str, width: int) -> None:
    shown = render(SAMPLES[sample](), width=width, colour=False).replace(MEND_301, "")
    assert max(len(line) for line in shown.splitlines()) <= max(width, 40)


@EVERY_SAMPLE
def test_leaves_no_trailing_blanks(sample: str) -> None:
    assert not re.search(r"[ \t]+$", render(SAMPLES[sample](), width=80, colour=False), re.MULTILINE)


def test_the_terminals_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render(entry_missing(), width=160, colour=True)
    for name, value in {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "20", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert render(entry_missing(), width=160, colour=True) == before
    assert "\x1b" not in render(healthy(), width=80, colour=False)


def test_is_a_handful_of_lines_when_all_is_well() -> None:
    assert len(render(healthy(), width=80, colour=False).splitlines()) <= 8


@pytest.mark.parametrize("width", [40, 80, 160])
def test_commands_come_out_as_they_were_given(width: int) -> None:
    assert f"\n{MEND_301}\n" in render(entry_missing(), width=width, colour=True)


def test_copied_lines_of_a_command_do_what_the_command_says() -> None:
    command = "cat <<'EOF'\n\tit's $(here)\n\n  " + "x" * 300 + "\nEOF"
    mend = {"text": "Do this.", "commands": [command]}
    shown = render(document([result("MGP-301", "dc1", "fail", remediation=mend)], 1), width=80, colour=True)
    copied = shown[shown.index("cat <<'EOF'") : shown.index("\nEOF\n") + len("\nEOF\n")]
    ran = subprocess.run(["sh"], input=copied, capture_output=True, text=True, check=True)
    assert ran.stdout == "\tit's $(here)\n\n  " + "x" * 300 + "\n"


def test_a_consequence_has_one_line_and_no_mend_of_its_own() -> None:
    results = entry_missing()
    results["results"][-2]["remediation"] = {"text": "Mend of the consequence", "commands": ["echo consequence"]}
    shown = render(results, width=80, colour=False)
    assert shown.count("MGP-404") == 1
    assert "onsequence\n" not in shown.replace("as a consequence\n", "")


def test_a_consequence_whose_cause_is_not_shown_says_where_to_mend() -> None:
    results = entry_missing()
    results["results"] = results["results"][:-1]
    results["results"][-1]["remediation"] = {"text": "Mend of the consequence", "commands": []}
    shown = render(results, width=80, colour=False)
    assert "Follows from MGP-301 of dc1: mend that first." in shown
    assert "Mend of the consequence" not in shown


def test_a_mend_of_several_lines_keeps_them() -> None:
    mend = {"text": "Apply:\nspec:\n  peering: {}", "commands": []}
    shown = render(document([result("MGP-301", "dc1", "fail", remediation=mend)], 1), width=80, colour=False)
    assert "    Mend: Apply:\n    spec:\n      peering: {}\n" in shown


@pytest.mark.parametrize("sample", [hostile, hostile_waiver])
def test_nothing_that_others_chose_reaches_the_terminal_raw(sample: Callable[[], Json]) -> None:
    for character in SEQUENCE.sub("", render(sample(), width=80, colour=True)).replace("\n", ""):
        assert character.isprintable()


def test_a_name_cannot_forge_an_instruction() -> None:
    shown = render(hostile(), width=80, colour=False)
    assert "\nrm -rf /" not in shown
    assert "Commands are not shown" in shown


def test_commands_that_are_not_copyable_are_withheld_all_together() -> None:
    mend = {"text": "Do this.", "commands": ["echo first", "echo \x1b[2J"]}
    shown = render(document([result("MGP-301", "dc1", "fail", remediation=mend)], 1), width=80, colour=False)
    assert "echo" not in shown


def test_markup_is_text() -> None:
    failed = result("MGP-301", "dc1", "fail", message="[red]not[/red] [link=x]markup[/] :warning:")
    assert "[red]not[/red] [link=x]markup[/] :warning:" in render(document([failed], 1), width=80, colour=True)


def test_subjects_of_one_rule_that_the_same_thing_would_settle_are_named_together() -> None:
    unsettled = [result("MGP-406", cluster, "unknown", needed="Wait 45 s") for cluster in ("dc1", "dc1")]
    unsettled[1]["subject"]["name"] = "to-dc3"
    shown = render(document(unsettled, 0), width=160, colour=False)
    assert "UNKNOWN  MGP-406 stream_healthy, peering to-dc2 (peer dc2); peering to-dc3 (peer dc2)\n" in shown


def test_what_belongs_to_no_cluster_is_told_as_such() -> None:
    stray = result("MGP-301", "dc1", "fail")
    stray["subject"] |= {"cluster": "", "kind": "waiver", "id": "w1", "name": "w1"}
    assert "\noutside the clusters  1 failed\n" in render(document([stray], 1), width=80, colour=False)


def test_no_wrapped_line_is_a_command_to_the_log_of_a_job() -> None:
    failed = result("MGP-301", "dc1", "fail", message=f"{'x' * 70} ::set-output name=a::b")
    shown = render(document([failed], 1), width=80, colour=False)
    assert "\n   \\::set-output name=a::b\n" in shown


def test_a_name_at_the_start_of_a_line_is_no_command_either() -> None:
    shown = render(document([], 0, **{"::error::x": cluster([], "dc1")}), width=80, colour=False)
    assert "\n\\::error::x  read whole" in shown


def test_clusters_with_nothing_to_tell_are_counted_beyond_the_tenth() -> None:
    passed = passing()
    told = document(passed, 0, **{f"dc{number}": cluster(passed, "dc1") for number in range(1, 26)})
    shown = render(told, width=80, colour=False, whole=False)
    assert "15 more clusters with nothing to tell\n" in shown
    assert "--all" not in shown
    assert len(re.findall("read whole", shown)) == 10
