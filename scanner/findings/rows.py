"""Findings and transitions as rows of the store, and back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Select

from scanner.errors import StoreError
from scanner.findings.sqlite import REPLACING
from scanner.model.document import Json
from scanner.model.finding import Finding, Origin, Transition
from scanner.model.result import Cause, Subject

T = TypeVar("T")

_ORIGIN = ("scan_id", "snapshot", "policies", "results", "engine", "engine_version")


def read_rows(connection: Connection, asked: Select[Any], value_of: Callable[[RowMapping], T], place: str) -> list[T]:
    """Return what `value_of` makes of each row that is asked for; `place` names the store.

    Raises:
        StoreError: a row is not as this program writes it.
    """
    try:
        return [value_of(row) for row in connection.execute(asked).mappings()]
    except (ValueError, TypeError, KeyError) as fault:
        raise StoreError(
            f"{place} cannot be used: it holds what no consul-scan wrote ({fault})",
            REPLACING,
        ) from fault


def finding_row(finding: Finding) -> Json:
    """Return the row of a finding; `asdict` would copy it hundreds of times a scan."""
    subject = finding.subject
    told = {"subject": vars(subject), "caused_by": [vars(cause) for cause in finding.caused_by]}
    return vars(finding) | told | {"cluster": subject.cluster}


def finding_of(row: RowMapping) -> Finding:
    """Return the finding of a row."""
    fields: dict[str, Any] = {name: value for name, value in row.items() if name != "cluster"}
    causes = tuple(Cause(**cause) for cause in row["caused_by"])
    return Finding(**(fields | {"subject": Subject.from_document(row["subject"]), "caused_by": causes}))


def transition_row(transition: Transition) -> Json:
    """Return the row of a transition, without its id."""
    fields = {name: value for name, value in vars(transition).items() if name != "origin"}
    return fields | vars(transition.origin)


def transition_of(row: RowMapping) -> Transition:
    """Return the transition of a row."""
    origin = Origin(**{name: row[name] for name in _ORIGIN})
    return Transition(row["fingerprint"], row["event"], row["at"], row["message"], origin)


def outbox_row(event: Json) -> Json:
    """Return the row of an event (schema `event`), without its id."""
    return {"event_id": event["id"], "created": datetime.fromisoformat(event["at"]), "payload": event}
