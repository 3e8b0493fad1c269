"""A real Consul with ACLs and a registered mesh gateway that nothing runs: all that rules about grants read."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scanner.collect.address import parse_address
from scanner.collect.credentials import TokenFile
from scanner.collect.target import ClusterTarget, GatewayTarget, TokenHint
from scanner.evaluate.catalogue import catalogue
from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from tests.playground import ClusterSpec
from tests.playground.cluster import Cluster
from tests.playground.endpoint import Json
from tests.playground.startup import start_cluster
from tests.scanning import results, snapshot

LINES = {
    "MGP-601": 'service "mesh-gateway" { policy = "write" }',
    "MGP-602": 'service_prefix "" { policy = "read" }',
    "MGP-603": 'peering = "read"',
    "MGP-605": 'node_prefix "" { policy = "read" }',
}
"""What each rule asks of a gateway's token; MGP-604 asks only where services are exported."""

HEALTHY = {rule: {"pass"} for rule in (*LINES, "MGP-606", "MGP-607")} | {"MGP-604": {"not_applicable"}}
_COUNTED = ("CreateIndex", "ModifyIndex", "Hash", "SecretID")
_ID = {"token": "AccessorID", "role": "ID", "policy": "ID"}
_LISTS = {"token": "tokens", "role": "roles", "policy": "policies"}


def lines_without(*rules: str) -> str:
    """Return the text of a gateway's policy without the lines that some rules ask for."""
    return "".join(f"{line}\n" for rule, line in LINES.items() if rule not in rules)


def gateway(service: str = "mesh-gateway", **told: str) -> GatewayTarget:
    """Return what operators tell of a gateway: `accessor`, `policy`, `role` or `description` of its token, or none."""
    hints = [TokenHint(by, value) for by, value in told.items()]  # type: ignore[arg-type]
    return GatewayTarget(service, token=hints[0] if hints else None)


@dataclass(frozen=True)
class Scene:
    """A cluster, an engine and the rules: makes ACLs as an operator would, and has them judged."""

    cluster: Cluster
    engine: Engine
    policies: PolicySet

    def policy(self, name: str, rules: str, **fields: Json) -> str:
        """Make a policy and return its name."""
        self.cluster.api("PUT", "/v1/acl/policy", {"Name": name, "Rules": rules} | fields)
        return name

    def role(self, name: str, *policies: str) -> Json:
        """Make a role with these policies and return a link to it."""
        self.cluster.api("PUT", "/v1/acl/role", {"Name": name, "Policies": _named(policies)})
        return {"Name": name}

    def token(self, *policies: str, **fields: Json) -> str:
        """Make a token with these policies and return its accessor."""
        made = self.cluster.api("PUT", "/v1/acl/token", {"Policies": _named(policies)} | fields)
        return str(made["AccessorID"])

    def judge(self, *told: GatewayTarget) -> list[Json]:
        """Return every result of the rules about grants."""
        token = TokenFile(self.cluster.scanner_token_file)
        document = snapshot([ClusterTarget("dc1", parse_address(self.cluster.address), token, gateways=told)])
        others = {rule.id for rule in catalogue(self.policies)} - HEALTHY.keys()
        return list(results(self.engine, self.policies, document, others)["results"])

    def acls(self) -> dict[str, Json]:
        """Return every policy, role and token by kind and name, without secrets and what Consul counts itself."""
        found = {kind: self.listed(kind) for kind in _ID}
        found["policy"] = [self.cluster.api("GET", f"/v1/acl/policy/{one['ID']}") for one in found["policy"]]
        return {
            f"{kind} {one.get('Name') or one['AccessorID']}": {key: one[key] for key in one if key not in _COUNTED}
            for kind, several in found.items()
            for one in several
        }

    def run(self, result: Json) -> None:
        """Run the commands of a result as they are printed, with the real `consul`."""
        assert result["remediation"]["commands"], result["remediation"]["text"]
        for command in result["remediation"]["commands"]:
            argv, env = ["sh", "-c", command], self.cluster.environment()
            done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr

    def listed(self, kind: str) -> list[Json]:
        """Return all of a kind, as Consul lists them."""
        return list(self.cluster.api("GET", f"/v1/acl/{_LISTS[kind]}"))


@contextmanager
def tidied(scene: Scene) -> Iterator[Scene]:
    """Delete afterwards every token, role and policy that was not there before."""
    before = {kind: {one[key] for one in scene.listed(kind)} for kind, key in _ID.items()}
    try:
        yield scene
    finally:
        for kind, key in _ID.items():
            for one in scene.listed(kind):
                if one[key] not in before[kind]:
                    scene.cluster.api("DELETE", f"/v1/acl/{kind}/{one[key]}")


@contextmanager
def gateway_cluster(default_policy: str, directory: Path) -> Iterator[Cluster]:
    """Run dc1 with a gateway service, and with no token that could be its own but management."""
    cluster = Cluster(ClusterSpec("dc1", gateways=0), directory)
    try:
        tokens = {"initial_management": cluster.management_token, "agent": cluster.management_token}
        cluster.agents[0].override({"acl": {"default_policy": default_policy, "tokens": tokens}})
        start_cluster(cluster)
        about = {"Name": "mesh-gateway", "Kind": "mesh-gateway", "Address": "127.0.0.1", "Port": 8443}
        cluster.api("PUT", "/v1/agent/service/register", about)
        cluster.api("DELETE", f"/v1/acl/token/{cluster.tokens['gateway'].accessor}")
        yield cluster
    finally:
        cluster.stop()


@contextmanager
def registered(cluster: Cluster, service: str) -> Iterator[None]:
    """Hold a mesh gateway in the catalog, on a node of its own: agents take no odd names."""
    about = {"Service": service, "Kind": "mesh-gateway", "Address": "127.0.0.1", "Port": 8443}
    cluster.api("PUT", "/v1/catalog/register", {"Node": "rack-7", "Address": "127.0.0.7", "Service": about})
    try:
        yield
    finally:
        cluster.api("PUT", "/v1/catalog/deregister", {"Node": "rack-7"})


def statuses(found: list[Json]) -> dict[str, set[str]]:
    """Return which statuses each rule gave."""
    return {rule: {one["status"] for one in found if one["rule"] == rule} for rule in HEALTHY}


def the(found: list[Json], rule: str, status: str = "fail") -> Json:
    """Return the one result of a rule with a status."""
    (one,) = [one for one in found if (one["rule"], one["status"]) == (rule, status)]
    return one


def _named(policies: tuple[str, ...]) -> list[Json]:
    return [{"Name": name} for name in policies]
