"""What a rule said of a subject: the verdict of an engine, and the result that people read."""

from dataclasses import dataclass
from typing import Literal, Self

from scanner.model.document import Json
from scanner.model.rule import Severity
from scanner.model.waiver import Waiver

Status = Literal["pass", "fail", "unknown", "error", "not_applicable"]

STATUSES: tuple[Status, ...] = ("fail", "error", "unknown", "pass", "not_applicable")
"""From what needs a person to what does not."""


@dataclass(frozen=True, order=True)
class Subject:
    """What is judged (design section 10).

    `cluster` is the scan's name; `partition` and `namespace` are empty in Consul's community edition; `id` is stable
    over renames where Consul has such a thing; `peer` is the scan's name of the other cluster of a peering or a pair.
    """

    cluster: str
    kind: str
    id: str
    name: str
    partition: str = ""
    namespace: str = ""
    peer: str | None = None

    @classmethod
    def from_document(cls, document: Json) -> Self:
        """Read a subject as it stands in verdicts and results."""
        return cls(**document)

    def document(self) -> Json:
        """Return the subject as it stands in verdicts and results."""
        return dict(vars(self))

    def concerns(self, cluster: str) -> bool:
        """Tell whether it is about a cluster: one of its own, or a pair that the cluster is an end of."""
        return cluster == self.cluster or (self.kind == "pair" and cluster == self.peer)


@dataclass(frozen=True)
class Outcome:
    """The least of a result: how a rule judged a subject. Waivers and baselines look at nothing else."""

    rule: str
    status: Status
    subject: Subject

    @classmethod
    def from_document(cls, document: Json) -> Self:
        """Read it from a result as it stands in a results document."""
        return cls(document["rule"], document["status"], Subject.from_document(document["subject"]))


@dataclass(frozen=True)
class Verdict:
    """One rule's answer about one subject, as the engine gave it: exactly what `hashes.results` covers."""

    rule: str
    status: Status
    subject: Subject
    message: str
    evidence: Json
    remedy: Json | None
    needed: str | None
    error: str | None

    @classmethod
    def from_document(cls, document: Json) -> Self:
        """Read a verdict that has the shape of `schemas/verdicts.json`."""
        return cls(**(document | {"subject": Subject.from_document(document["subject"])}))

    def document(self) -> Json:
        """Return the verdict as `schemas/verdicts.json` wants it.

        The evidence is shared, not copied: `asdict` would copy it thousands of times in a large scan.
        """
        return vars(self) | {"subject": vars(self.subject)}


@dataclass(frozen=True)
class Remediation:
    """How to mend a failure: words, and shell commands that may be run as printed (often none)."""

    text: str
    commands: tuple[str, ...] = ()

    def document(self) -> Json:
        """Return it as it stands in results."""
        return {"text": self.text, "commands": list(self.commands)}


@dataclass(frozen=True)
class Cause:
    """A failure that explains another one."""

    rule: str
    cluster: str
    kind: str
    id: str


@dataclass(frozen=True)
class Result:
    """A verdict with what people need beside it: name, severity, statements, causes and the mend.

    `waiver` covers a failure; `baseline` tells whether a failure that nothing covers was there already.
    """

    rule: str
    name: str
    status: Status
    severity: Severity
    subject: Subject
    message: str
    evidence: Json
    needed: str | None
    error: str | None
    document_statements: tuple[str, ...]
    caused_by: tuple[Cause, ...]
    remediation: Remediation | None
    waiver: Waiver | None = None
    baseline: Literal["new", "known"] | None = None

    @property
    def outcome(self) -> Outcome:
        """What waivers and baselines look at."""
        return Outcome(self.rule, self.status, self.subject)

    @property
    def waived_by(self) -> str | None:
        """The id of the waiver that covers it."""
        return self.waiver.id if self.waiver else None

    def document(self) -> Json:
        """Return the result as `schemas/results.json` wants it.

        `asdict` would copy all evidence: it took a quarter of the time of a scan.
        """
        told = vars(self) | {
            "subject": self.subject.document(),
            "caused_by": [vars(cause) for cause in self.caused_by],
            "remediation": self.remediation.document() if self.remediation else None,
            "waiver": self.waiver.document() if self.waiver else None,
            "document": list(self.document_statements),
            "waived_by": self.waived_by,
        }
        del told["document_statements"]
        return told
