"""What the scanner's own token may do, asked of Consul before anything else (facts 13.1, 13.2, acl-language 3)."""

import secrets
from dataclasses import dataclass

from scanner.collect.client import ConsulClient, ListAnswer, Mark
from scanner.collect.fault import CallError
from scanner.model.document import Json

PATH = "/v1/internal/acl/authorize"
_WANTED = ("peering:read", "node:read", "service:read", "acl:read")


@dataclass(frozen=True)
class Access:
    """Consul's answer. `missing` are the grants that the scanner wants and lacks."""

    acl_enabled: bool
    anonymous: bool
    acl_write: bool
    missing: tuple[str, ...]

    def document(self) -> Json:
        """Return the section as `schemas/snapshot.json` has it."""
        return {
            "acl_enabled": self.acl_enabled,
            "anonymous": self.anonymous,
            "acl_write": self.acl_write,
            "missing": list(self.missing),
        }


def read_access(client: ConsulClient) -> tuple[Access, Mark]:
    """Ask about the own token; any token may, and none is anonymous.

    Raises:
        CallError: no usable answer, an unknown token among them.
    """
    # No question means "all names"; a long name that nobody has falls under the rule for all of them.
    questions = _questions(secrets.token_hex(24))
    try:
        answer = client.ask(PATH, questions)
    except CallError as error:
        if error.kind != "acl_disabled":
            raise
        return Access(acl_enabled=False, anonymous=client.anonymous, acl_write=False, missing=()), Mark(
            at_ns=error.at_ns
        )
    return _access(_allowed(answer, questions), anonymous=client.anonymous), answer.mark


def _questions(name: str) -> list[dict[str, str]]:
    return [
        {"Resource": "peering", "Access": "read", "Segment": ""},
        {"Resource": "node", "Access": "read", "Segment": name},
        {"Resource": "service", "Access": "read", "Segment": name},
        {"Resource": "acl", "Access": "read", "Segment": ""},
        {"Resource": "acl", "Access": "write", "Segment": ""},
    ]


def _allowed(answer: ListAnswer, questions: list[dict[str, str]]) -> set[str]:
    """Return what is allowed as `resource:access`; the answers come in the order of the questions."""
    asked = [f"{question['Resource']}:{question['Access']}" for question in questions]
    told = [f"{row.text('Resource')}:{row.text('Access')}" for row in answer.rows]
    if told != asked:
        advice = "Is this address Consul's own?"
        raise CallError("shape", f"POST {PATH}: the answers do not fit the questions", advice)
    return {grant for grant, row in zip(told, answer.rows, strict=True) if row.boolean("Allow")}


def _access(allowed: set[str], *, anonymous: bool) -> Access:
    missing = tuple(grant for grant in _WANTED if grant not in allowed)
    return Access(acl_enabled=True, anonymous=anonymous, acl_write="acl:write" in allowed, missing=missing)
