"""Scans of a playground, as the command line would make them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenFile
from scanner.collect.snapshot import collect_snapshot
from scanner.collect.target import AttestedGateway, ClusterTarget
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.evaluate.verdicts import RuleSet
from scanner.model.document import Json
from scanner.pipeline import Judgement
from tests.playground import Playground
from tests.playground.gateway import ENVOY

PARAMETERS: dict[str, Json] = {"MGP-104": {"accept_minor_versions": ["1.36"]}, "MGP-207": {"allow_loopback": True}}
"""What a playground is and Consul does not expect: an Envoy newer than its list, and peers on one machine."""


def target(playground: Playground, name: str) -> ClusterTarget:
    """Return a cluster of a playground, with the scanner's own least token."""
    cluster = playground.clusters[name]
    envoys = AttestedGateway(cluster.spec.gateway_service, proxy="envoy", envoy_version=ENVOY.removeprefix("envoy-"))
    token = TokenFile(cluster.scanner_token_file)
    return ClusterTarget(name, parse_address(cluster.address), token, attested=(envoys,))


def unreachable(playground: Playground, name: str) -> ClusterTarget:
    """Return the same at an address where nothing listens."""
    return replace(target(playground, name), address=parse_address("http://127.0.0.1:1"))


def snapshot(targets: Sequence[ClusterTarget]) -> Json:
    """Return a snapshot of these clusters."""
    return collect_snapshot(targets, lambda: datetime.now(UTC), _unheard)


def pair_snapshot(playground: Playground) -> Json:
    """Return a snapshot of every cluster of a playground."""
    return snapshot([target(playground, name) for name in playground.clusters])


def results(engine: Engine, policies: PolicySet, document: Json) -> Json:
    """Return the results document of a snapshot, by all of our rules."""
    judgement = Judgement(engine, RuleSet(catalogue(policies), policies, PARAMETERS), "medium")
    return judgement.results(document, datetime.now(UTC))


def _unheard(cluster: str, section: str) -> None:
    del cluster, section
