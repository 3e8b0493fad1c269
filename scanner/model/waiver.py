"""A waiver: somebody accepts failures for a time. It marks them and hides nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scanner.model.document import Json

WaiverState = Literal["active", "expired", "not yet"]


@dataclass(frozen=True)
class Waiver:
    """Who accepts which failures, why and until when (docs/waivers.md).

    `rule` is a rule id; `cluster` and `subject` are patterns, in which `*` is any text and `?` any one character.
    `starts` is the moment from which it counts, None for always; `ends` the last moment at which it does; `expires` is
    that as the file has it, a date or a timestamp.
    """

    id: str
    rule: str
    cluster: str
    subject: str
    owner: str
    reason: str
    ticket: str | None
    starts: datetime | None
    ends: datetime
    expires: str

    def state(self, at: datetime) -> WaiverState:
        """Return whether it counts at a moment, no longer, or not yet."""
        if at > self.ends:
            return "expired"
        return "not yet" if self.starts and at < self.starts else "active"

    def entry(self) -> Json:
        """Return it as the waivers file has it, but for the time from which it counts."""
        ticket = {"ticket": self.ticket} if self.ticket else {}
        place = {"id": self.id, "rule": self.rule, "cluster": self.cluster, "subject": self.subject}
        return place | {"owner": self.owner, "reason": self.reason} | ticket | {"expires": self.expires}

    def document(self) -> Json:
        """Return what a result says of the waiver that covers it (`schemas/results.json`)."""
        return {
            "id": self.id,
            "owner": self.owner,
            "reason": self.reason,
            "ticket": self.ticket,
            "expires": self.expires,
        }


@dataclass(frozen=True)
class WaiverCheck:
    """What can be told of a waiver at one moment.

    `matches` is how many failures of a scan it speaks of, None without a scan; `doubt` says why more may be hidden.
    """

    waiver: Waiver
    state: WaiverState
    matches: int | None = None
    doubt: str | None = None
