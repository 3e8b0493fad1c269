"""What is watched of a cluster follows what was read of it."""

from typing import Any

from scanner.collect.watching.places import MOST_GATEWAYS, Place, places

ENTRIES_AND_ROOTS = ["mesh", "proxy_defaults", "roots"]


def cluster(*gateways: tuple[str, str, str], missing: tuple[str, ...] = ()) -> dict[str, Any]:
    found = {"/".join(one): dict(zip(("partition", "namespace", "service"), one, strict=True)) for one in gateways}
    return {"access": {"missing": list(missing)}, "gateways": found}


def names(found: dict[str, Any]) -> list[str]:
    return [place.name for place in places(found)]


def test_before_anything_is_read_what_needs_no_grant_is_watched() -> None:
    assert names({"access": None, "gateways": None}) == ENTRIES_AND_ROOTS


def test_servers_and_each_gateway_are_watched_where_the_token_sees_them() -> None:
    assert names(cluster(("", "", "gw"))) == [*ENTRIES_AND_ROOTS, "servers", "gateway gw"]
    assert names(cluster(("", "", "gw"), missing=("node:read",))) == ENTRIES_AND_ROOTS
    assert names(cluster(missing=("acl:read",))) == [*ENTRIES_AND_ROOTS, "servers"]


def test_a_gateway_is_watched_in_its_own_place_and_its_name_is_quoted() -> None:
    (place,) = places(cluster(("east", "apps", "a/../b")))[4:]
    query = (("partition", "east"), ("ns", "apps"))
    assert place == Place("gateway east/apps/a/../b", "/v1/health/service/a%2F%2E%2E%2Fb", query)


def test_there_is_a_limit_and_what_no_path_can_name_is_left_out() -> None:
    many = [("", "", f"gw-{number}") for number in range(100)]
    assert len(places(cluster(*many))) == 4 + MOST_GATEWAYS
    assert names(cluster(("", "", "gw\n"))) == [*ENTRIES_AND_ROOTS, "servers"]
