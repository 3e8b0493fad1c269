"""Markdown: the verdict, a table of clusters, findings with their mend, what is unknown and what was waived."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.document import Json
from scanner.publish.markdown_text import block, cell, code
from scanner.publish.terminal import prose
from tests.unit.publish.builders import document, result
from tests.unit.publish.hostility import HOSTILE
from tests.unit.publish.reports import markdown_tokens, rendered
from tests.unit.publish.samples import (
    MEND_301,
    blind_token,
    compared,
    entry_missing,
    healthy,
    rule_erred,
    unreachable,
    waived,
)


def table(results: Json) -> list[list[str]]:
    """Return the cells of the table, row by row."""
    rows = [line for line in lines(results) if line.startswith("|") and "---" not in line]
    return [[text.strip(" `") for text in row.strip("|").split("|")] for row in rows]


def fences(results: Json) -> list[str]:
    return [token.content for token in markdown_tokens(rendered("markdown", results)) if token.type == "fence"]


def lines(results: Json) -> list[str]:
    return rendered("markdown", results).splitlines()


def test_begins_with_the_verdict_and_a_row_for_each_cluster() -> None:
    assert lines(entry_missing())[:5] == [
        "# consul-scan: FAIL",
        "",
        "`1 critical failure, 2 more as a consequence`",
        "",
        "`coverage 100%; exit code 1: something failed at or above --fail-on`",
    ]
    assert table(entry_missing()) == [
        ["cluster", "read", "coverage", "failed", "erred", "unknown", "passed", "not applicable", "waived"],
        ["dc1", "ok", "100%", "1", "0", "0", "7", "0", "0"],
        ["dc2", "ok", "100%", "2", "0", "0", "7", "1", "0"],
    ]


def test_is_short_when_all_is_well() -> None:
    assert [line for line in lines(healthy()) if line.startswith("#")] == ["# consul-scan: PASS"]


def test_a_finding_has_its_mend_and_what_follows_from_it() -> None:
    text = rendered("markdown", entry_missing())
    assert "### critical: `MGP-301 mesh_entry, cluster dc1`" in text
    assert "- so also `MGP-404, pair dc2 -> dc1`: `dc2 dials 127.0.0.1:8503, which is no advertised" in text
    assert "Mend: `Write the entry back whole with the flag set; its other settings are kept.`" in text
    assert "Run, with consul speaking to `dc1`:" in text
    assert fences(entry_missing()) == [f"{MEND_301}\n"]


def test_a_consequence_whose_cause_is_not_shown_says_where_to_mend() -> None:
    results = entry_missing()
    results["results"] = results["results"][:-1]
    assert lines(results).count("Follows from `MGP-301 of dc1`: mend that first.") == 2


def test_findings_are_worst_first_across_clusters() -> None:
    failed = [result("MGP-702", "dc1", "fail"), result("MGP-301", "dc2", "fail"), result("MGP-406", "dc1", "fail")]
    told = [line.split()[1] for line in lines(document(failed, 1)) if line.startswith("###")]
    assert told == ["critical:", "high:", "info:"]


def test_a_mend_of_several_lines_keeps_them() -> None:
    mend = {"text": "Apply:\nspec:\n  peering: {}", "commands": []}
    assert fences(document([result("MGP-301", "dc1", "fail", remediation=mend)], 1)) == [
        "Apply:\nspec:\n  peering: {}\n"
    ]


def test_commands_cannot_leave_their_fence() -> None:
    command = "cat <<'END'\n```\n# out\n`````\n~~~\n<b>\nEND"
    failed = document([result("MGP-301", "dc1", "fail", remediation={"text": "t", "commands": [command, "ls"]})], 1)
    assert fences(failed) == [f"{command}\nls\n"]


def test_commands_that_are_not_copyable_are_withheld() -> None:
    mend = {"text": "Do this.", "commands": ["echo first", "echo \x1b[2J"]}
    failed = document([result("MGP-301", "dc1", "fail", remediation=mend)], 1)
    assert fences(failed) == []
    assert "echo" not in rendered("markdown", failed)
    assert "Commands are not shown" in rendered("markdown", failed)


def test_what_is_not_known_is_told_with_what_would_settle_it() -> None:
    assert "- **not read** `dc2` `peerings (denied): not asked, as the token may not read peerings`" in lines(
        blind_token()
    )
    assert lines(blind_token())[-3].endswith(
        "To settle: `Grant the scanner's token on dc2: node:read, service:read, peering:read, operator:read`"
    )
    assert "eval_conflict_error: rules must not produce multiple outputs" in rendered("markdown", rule_erred())
    assert "connection refused at 127.0.0.1:8510" in rendered("markdown", unreachable())


def test_waived_failures_are_told_with_who_waived_them() -> None:
    assert lines(waived())[-3] == (
        "- **critical** `MGP-204 gateway_available, gateway mesh-gateway`: `No instance passes its checks`, "
        "`waived by OPS-7 gateway rebuild`"
    )
    assert table(waived())[1][3:] == ["1", "0", "0", "6", "0", "1"]


def test_what_belongs_to_no_cluster_has_a_row() -> None:
    stray = result("MGP-301", "dc1", "fail")
    stray["subject"] |= {"cluster": "", "kind": "waiver", "id": "w1", "name": "w1"}
    assert table(document([stray], 1))[1][0] == "outside the clusters"


@given(st.text())
def test_no_text_ends_its_code(text: str) -> None:
    tokens = markdown_tokens(f"before {code(text)} after")
    assert [token.type for token in tokens][1:-1] == ["inline", "text", "code_inline", "text"]
    assert next(token.content for token in tokens if token.type == "code_inline") == prose(text) or not text.strip()


@pytest.mark.parametrize("name", HOSTILE)
def test_code_is_one_span_and_nothing_else(name: str) -> None:
    tokens = markdown_tokens(f"before {code(HOSTILE[name])} after")
    assert [token.type for token in tokens][1:-1] == ["inline", "text", "code_inline", "text"]


@pytest.mark.parametrize("text", ["a", "`", "``", "a`b", " a ", "` a", "a | b", "\\", "a``b```c"])
def test_code_says_what_it_was_given(text: str) -> None:
    (span,) = (token for token in markdown_tokens(code(text)) if token.type == "code_inline")
    assert span.content == text


@pytest.mark.parametrize("text", ["a | b", "|", "a\\|b", "||"])
def test_a_cell_says_what_it_was_given(text: str) -> None:
    tokens = markdown_tokens(f"| h | i |\n|---|---|\n| {cell(text)} | `next` |")
    assert [token.content for token in tokens if token.type == "code_inline"] == [text, "next"]


def test_a_block_is_one_fence() -> None:
    (fence,) = markdown_tokens(block(["a", "````", "b"], "sh"))
    assert (fence.type, fence.info, fence.content) == ("fence", "sh", "a\n````\nb\n")


def test_a_baseline_is_told() -> None:
    text = rendered("markdown", compared())
    assert "### critical (known): `MGP-301 mesh_entry, cluster dc1`" in text
    assert "## What was resolved since the baseline" in text
