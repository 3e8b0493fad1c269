"""What operators may say of an endpoint of webhooks."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from scanner.model.rule import Severity
from scanner.publish.webhooks.source import Source

Format = Literal["standard", "alertmanager", "slack", "template"]

Network = IPv4Network | IPv6Network

EVENTS = (
    "finding.opened",
    "finding.reopened",
    "finding.resolved",
    "finding.muted",
    "finding.unmuted",
    "scan.failing",
    "scan.recovered",
)
"""Types of events, as in the schema `event`."""


@dataclass(frozen=True)
class Filters:
    """Which events an endpoint wants: each condition that is given has to hold.

    A finding of at least a severity, of one of some clusters (either one of a pair), of one of some rules by id; an
    event of one of some types. A scan has neither severity nor rule. Without `muted` nothing is told of what is waived
    or the consequence of another failure, but that it became so.
    """

    severity: Severity = "info"
    clusters: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    events: tuple[str, ...] = EVENTS
    muted: bool = False


@dataclass(frozen=True)
class Template:
    """The text of a Jinja2 template and the media type of what it gives."""

    text: str
    content_type: Literal["application/json", "text/plain"] = "application/json"


@dataclass(frozen=True)
class Road:
    """How an endpoint is reached.

    `networks` are those in which its address has to be; without them it may be any but those of metadata services and
    links. `proxy` is the URL of one. `tls` makes the context of a connection.
    """

    networks: tuple[Network, ...] = ()
    proxy: str | None = None
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context


@dataclass(frozen=True)
class Endpoint:
    """Where events are sent, which, and how.

    `name` is that in metrics, logs and the store; `secrets` holds one or two of them, to sign with. Events that come
    within `window` of the first go together.
    """

    name: str
    url: Source
    format: Format = "standard"
    secrets: Source | None = None
    filters: Filters = field(default_factory=Filters)
    window: timedelta = timedelta(seconds=2)
    template: Template | None = None
    road: Road = field(default_factory=Road)
