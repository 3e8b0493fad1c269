"""Identities and templates, with the oddities of joining several uses of one."""

import pytest

from scanner.acl.effective import effective
from scanner.acl.expanded import expanded_directory
from scanner.acl.policy import parse_policy
from scanner.acl.templates import synthetic
from scanner.acl.tokens import read_token
from scanner.model.document import Json
from tests.unit.acl.clusters import ELSEWHERE, LOCAL, directory, links, role, token


def made(own: Json, of_role: Json | None = None) -> list[str]:
    """Give the names of the policies that a token has by itself and by one role."""
    known = directory(role("r", **(of_role or {})))
    return [one.name for one in effective(token(Roles=links("r"), **own), known, 0).policies]


def service(name: str, *datacenters: str) -> Json:
    return {"ServiceName": name, "Datacenters": list(datacenters)}


def template(name: str, variable: str = "", *datacenters: str) -> Json:
    variables = {"TemplateVariables": {"Name": variable}} if variable else {}
    return {"TemplateName": f"builtin/{name}", "Datacenters": list(datacenters)} | variables


def test_a_service_identity_has_neither_peering_nor_mesh_and_writes_its_sidecar() -> None:
    may = effective(token(ServiceIdentities=[service("gw")]), directory(), 0).authorizer("deny")
    assert may.allow("service", "gw-sidecar-proxy", "write")
    assert may.allow("service", "gw", "write")
    assert may.reads_all("service")
    assert may.reads_all("node")
    assert not may.allow("peering", "", "read")
    assert not may.allow("mesh", "", "write")


def test_a_node_identity_counts_in_its_own_datacenter() -> None:
    nodes = [{"NodeName": "n", "Datacenter": ELSEWHERE}, {"NodeName": "m", "Datacenter": LOCAL}]
    assert made({"NodeIdentities": nodes}) == ["builtin/node m"]


def test_service_identities_of_one_name_add_up_their_datacenters() -> None:
    of_role = {"ServiceIdentities": [service("web", LOCAL)]}
    assert made({"ServiceIdentities": [service("web", ELSEWHERE)]}, of_role) == ["builtin/service web"]


def test_an_unlimited_service_identity_is_limited_by_another_of_its_name() -> None:
    of_role = {"ServiceIdentities": [service("web", ELSEWHERE)]}
    assert made({"ServiceIdentities": [service("web")]}, of_role) == []
    assert made({"ServiceIdentities": [service("api")]}, of_role) == ["builtin/service api"]


def test_of_two_uses_of_a_template_with_one_name_the_first_counts() -> None:
    of_role = {"TemplatedPolicies": [template("service", "web", LOCAL)]}
    assert made({"TemplatedPolicies": [template("service", "web", ELSEWHERE)]}, of_role) == []
    assert made({"TemplatedPolicies": [template("service", "api", ELSEWHERE)]}, of_role) == ["builtin/service web"]


def test_a_template_without_a_name_is_the_same_whatever_it_is_called_with() -> None:
    of_role = {"TemplatedPolicies": [template("dns", "b", LOCAL)]}
    assert made({"TemplatedPolicies": [template("dns", "a", ELSEWHERE)]}, of_role) == []


@pytest.mark.parametrize("key", ["Name", "name"])
def test_the_variable_of_a_template_is_read_in_either_spelling(key: str) -> None:
    use = {"TemplateName": "builtin/api-gateway", "TemplateVariables": {key: "gw"}}
    assert made({"TemplatedPolicies": [use]}) == ["builtin/api-gateway gw"]


def test_the_nomad_server_template_writes_acls() -> None:
    may = effective(token(TemplatedPolicies=[template("nomad-server")]), directory(), 0).authorizer("deny")
    assert may.allow("acl", "", "write")


def test_an_unknown_template_makes_nothing() -> None:
    assert synthetic("builtin/new", "x") is None


def test_an_expanded_document_speaks_for_itself_but_its_synthetic_policies_count_by_the_identities() -> None:
    document: Json = {
        "AccessorID": "t",
        "Policies": links("p"),
        "Roles": links("r"),
        "ServiceIdentities": [service("web")],
        "ExpandedPolicies": [
            {"ID": "p", "Name": "peers", "Rules": 'peering = "read"', "Datacenters": None},
            {"ID": "7365", "Name": "synthetic-policy-7365", "Rules": 'service "web" { policy = "write" }'},
        ],
        "ExpandedRoles": [{"ID": "r", "Name": "r", "ServiceIdentities": [service("web", ELSEWHERE)]}],
        "AgentACLDefaultPolicy": "deny",
    }
    known = expanded_directory(document, LOCAL, parse_policy)
    counting = effective(read_token(document), known, 0)
    assert [one.name for one in counting.policies] == ["peers"]
    assert known.default == "deny"
    assert expanded_directory(document | {"AgentACLDefaultPolicy": "allow"}, LOCAL, parse_policy).default == "allow"
