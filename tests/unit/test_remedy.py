"""The one place that quotes: what Consul says reaches a shell only as data."""

import subprocess

import pytest

from scanner.remedy.shell import UnsafeRemedyError, command, remediation

HOSTILE = ["$(touch owned)", "`id`", "a'b\"c", "; rm -rf x", "*", "-rf", "", "ü\N{SNOWMAN}", "a b"]


def test_a_shell_passes_hostile_arguments_on_as_they_are() -> None:
    line = command({"argv": ["printf", "%s\\n", *HOSTILE]})

    said = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout

    assert said.split("\n")[:-1] == HOSTILE


@pytest.mark.parametrize("stdin", ["$(id) `id` 'x'\n\tEND\nEND_\nmore", "one line", "ends with a newline\n"])
def test_a_shell_passes_stdin_on_as_it_is(stdin: str) -> None:
    line = command({"argv": ["cat"], "stdin": stdin})

    said = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout

    assert said == stdin.removesuffix("\n") + "\n"


def test_an_object_goes_in_as_json_without_invisible_characters() -> None:
    line = command({"argv": ["cat"], "stdin": {"Name": "a\u202eb\x00"}})

    assert line == 'cat <<\'END\'\n{\n  "Name": "a\\u202eb\\u0000"\n}\nEND'


@pytest.mark.parametrize("step", [{"argv": ["x", "a\nb"]}, {"argv": ["x\x1b"]}, {"argv": ["x"], "stdin": "a\x1b[2J"}])
def test_a_control_character_is_refused(step: dict[str, object]) -> None:
    with pytest.raises(UnsafeRemedyError, match="control character"):
        command(step)


def test_half_a_mend_is_never_printed() -> None:
    mend = remediation({"text": "Do this.", "steps": [{"argv": ["fine"]}, {"argv": ["bad\x07"]}]})

    assert mend is not None
    assert mend.commands == ()
    assert mend.text == "Do this. No command is printed: a name in it holds the control character '\\x07'."


def test_no_remedy_is_no_remediation() -> None:
    assert remediation(None) is None
