"""Which results a SUBJECT of the command line means."""

from collections.abc import Sequence

from scanner.errors import UsageError
from scanner.evaluate.parameters import nearest
from scanner.model.document import Json
from scanner.publish.wording import subject_label


def results_of(rule: str, results: Sequence[Json], subject: str | None) -> list[Json]:
    """Return the results of a rule, or the one whose subject is called so.

    Args:
        rule: an id.
        results: of a results document.
        subject: a name or an id, or both kind and name as reports print them (`gateway mesh-gateway`).

    Raises:
        UsageError: there is none, and what to write instead is told; or several are called so.
    """
    judged = [result for result in results if result["rule"] == rule]
    if not judged:
        raise UsageError(f"There is no result of {rule}", "Was the audit narrowed to other rules or clusters?")
    meant = [result for result in judged if subject is None or subject in _calls(result["subject"])]
    if not meant:
        raise UsageError(f"{rule} judged no {subject}", _instead(str(subject), [one["subject"] for one in judged]))
    if subject is not None and len(meant) > 1:
        told = "; ".join(f"{subject_label(one['subject'])} of {one['subject']['cluster']}" for one in meant)
        raise UsageError(
            f"{subject} means {len(meant)} subjects of {rule}: {told}", "Name the whole, or add --only-cluster NAME."
        )
    return meant


def _instead(wrong: str, judged: Sequence[Json]) -> str:
    if wrong in {subject["cluster"] for subject in judged}:
        return f"{wrong} is a cluster: write --only-cluster {wrong}."
    return nearest(wrong, sorted(set().union(*map(_calls, judged))))


def _calls(subject: Json) -> set[str]:
    return {subject["name"], subject["id"], subject_label(subject)}
