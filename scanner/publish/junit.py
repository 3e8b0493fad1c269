"""JUnit XML, as Jenkins and GitLab read it: a suite for each cluster, a case for each rule and subject."""

from collections import Counter
from xml.etree import ElementTree as ET

from scanner.model.document import Json
from scanner.publish.chapters import NOWHERE, Chapter, chapters
from scanner.publish.junit_outcome import Outcome, outcome, reading_outcome
from scanner.publish.terminal import printable
from scanner.publish.wording import rule_label, subject_label

COUNTERS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def render(results: Json) -> str:
    """Return a results document (schema `results`) as JUnit XML in ASCII, by the schema of Jenkins' xUnit plugin."""
    root = ET.Element("testsuites", name="consul-scan")
    for chapter in chapters(results):
        root.append(_suite(chapter, results))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    tree: bytes = ET.tostring(root, encoding="us-ascii")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tree.decode("ascii")}\n'


def _suite(chapter: Chapter, results: Json) -> ET.Element:
    name = printable(chapter.cluster) or NOWHERE
    suite = ET.Element("testsuite", name=name, timestamp=printable(results["scan"]["finished_at"]))
    seen: Counter[str] = Counter()
    if chapter.status:
        suite.append(_case(f"{name}.consul-scan", "the cluster is read", reading_outcome(chapter)))
    for result in results["results"]:
        if result["subject"]["cluster"] == chapter.cluster:
            case_name = _unique(subject_label(result["subject"]), result, seen)
            suite.append(_case(f"{name}.{rule_label(result)}", case_name, outcome(result)))
    kinds = Counter(told.tag for case in suite for told in case)
    suite.set("tests", str(len(suite)))
    for counter, kind in COUNTERS.items():
        suite.set(counter, str(kinds[kind]))
    return suite


def _unique(label: str, result: Json, seen: Counter[str]) -> str:
    # Of two cases with one name GitLab would show the first alone.
    key = f"{result['rule']} {label}"
    seen[key] += 1
    return label if seen[key] == 1 else f"{label} ({seen[key]})"


def _case(class_name: str, name: str, told: Outcome | None) -> ET.Element:
    case = ET.Element("testcase", classname=class_name, name=name)
    if told:
        ET.SubElement(case, told.kind, message=told.message, type=told.type).text = told.text
    return case
