"""Scans of a playground, as the command line would make them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from scanner.collect.address import parse_address
from scanner.collect.cluster import ONE_SAMPLE
from scanner.collect.credentials import TokenFile
from scanner.collect.sampling import Sampling
from scanner.collect.snapshot import collect_snapshot
from scanner.collect.target import ClusterTarget, GatewayTarget, TokenHint
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
    """Return a cluster of a playground, with the scanner's own least token, its Envoys and the probe."""
    cluster = playground.clusters[name]
    admins = {gateway.id: parse_address(gateway.admin_address) for gateway in cluster.gateways}
    version = ENVOY.removeprefix("envoy-")
    gateways = GatewayTarget(
        cluster.spec.gateway_service,
        envoy_admin=admins,
        proxy="envoy",
        envoy_version=version,
        token=TokenHint("policy", "gateway"),
    )
    return ClusterTarget(
        name,
        parse_address(cluster.address),
        TokenFile(cluster.scanner_token_file),
        gateways=(gateways,),
        probe=True,
    )


def unreachable(playground: Playground, name: str) -> ClusterTarget:
    """Return the same at an address where nothing listens."""
    return replace(target(playground, name), address=parse_address("http://127.0.0.1:1"))


def snapshot(targets: Sequence[ClusterTarget], sampling: Sampling = ONE_SAMPLE) -> Json:
    """Return a snapshot of these clusters."""
    return collect_snapshot(targets, lambda: datetime.now(UTC), _unheard, sampling=sampling)


def pair_snapshot(playground: Playground, sampling: Sampling = ONE_SAMPLE) -> Json:
    """Return a snapshot of every cluster of a playground."""
    return snapshot([target(playground, name) for name in playground.clusters], sampling)


def results(engine: Engine, policies: PolicySet, document: Json, without: Collection[str] = ()) -> Json:
    """Return the results document of a snapshot, by all of our rules but those `without`."""
    rules = tuple(rule for rule in catalogue(policies) if rule.id not in without)
    judgement = Judgement(engine, RuleSet(rules, policies, PARAMETERS), "medium")
    return judgement.results(document, datetime.now(UTC))


def _unheard(cluster: str, section: str) -> None:
    del cluster, section
