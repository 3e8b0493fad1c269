"""What the API serves: the one list that routes and the OpenAPI document are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from scanner.model.document import Json
from scanner.model.finding import Event, State
from scanner.model.result import STATUSES
from scanner.model.rule import SEVERITIES
from scanner.publish.api.lists import findings, history, results, rules
from scanner.publish.api.paging import PAGING
from scanner.publish.api.parameters import Parameter, Query, one_of, text
from scanner.publish.api.source import Source

ROOT = "/api/v1"


@dataclass(frozen=True)
class Endpoint:
    """Something to read.

    `name` ends its path, `schema` is that of its answers. `of_clusters` tells that it holds what clusters said, which
    no cache may keep; `of_store` that it may have to wait for the store.
    """

    name: str
    summary: str
    schema: str
    answer: Callable[[Source, Query], Json]
    parameters: tuple[Parameter, ...] = ()
    of_clusters: bool = True
    of_store: bool = False

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"{ROOT}/{self.name}"


_CLUSTER = text("cluster", "The scan's name of a cluster; its pairs with others count too.")
_RULE = text("rule", "Id or name of a rule.")
_SEVERITY = one_of("severity", "Severity of the rule.", SEVERITIES)
_FINGERPRINT = text("fingerprint", "Fingerprint of a finding, whole.")

ENDPOINTS = (
    Endpoint(
        "findings",
        "Failures over time, by rule and fingerprint: what stands, what settles, what was resolved.",
        "findings",
        findings,
        (_CLUSTER, _RULE, _SEVERITY, one_of("state", "State of the finding.", get_args(State)), _FINGERPRINT, *PAGING),
        of_store=True,
    ),
    Endpoint(
        "results",
        "The last scan: how each cluster was read, the sums, and what each rule said of each subject.",
        "results_page",
        results,
        (_CLUSTER, _RULE, _SEVERITY, one_of("status", "What the rule said.", STATUSES), *PAGING),
    ),
    Endpoint(
        "history",
        "What was told of findings, the newest first, with the scan that showed it.",
        "history",
        history,
        (_CLUSTER, _RULE, _SEVERITY, one_of("event", "What was told.", get_args(Event)), _FINGERPRINT, *PAGING),
        of_store=True,
    ),
    Endpoint(
        "rules",
        "The rules that scans judge by, with what the configuration changed of them.",
        "rules",
        rules,
        (_RULE, _SEVERITY, *PAGING),
        of_clusters=False,
    ),
    Endpoint(
        "snapshot",
        "What the last scan read of the clusters, for `consul-scan audit --snapshot`. Takes the role admin.",
        "snapshot",
        lambda source, _query: source.snapshot(),
    ),
)

SCAN_PATH = f"{ROOT}/scan"
OPENAPI_PATH = f"{ROOT}/openapi.json"
