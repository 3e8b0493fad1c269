"""Which role a request takes."""

import pytest

from scanner.publish.access.roles import Role, is_forged, needed_role


@pytest.mark.parametrize("path", ["/", "/metrics", "/nothing", "/-/reload", "/-/healthy/", "/-/ready/x", "//-/ready"])
def test_reading_takes_the_role_read(path: str) -> None:
    assert (needed_role("GET", path), needed_role("HEAD", path)) == (Role.READ, Role.READ)


@pytest.mark.parametrize("path", ["/-/healthy", "/-/ready"])
def test_a_probe_needs_no_role(path: str) -> None:
    assert (needed_role("GET", path), needed_role("HEAD", path)) == (None, None)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get"])
@pytest.mark.parametrize("path", ["/-/reload", "/-/healthy", "/metrics", "/what/comes/later"])
def test_whatever_could_change_something_takes_the_role_admin(method: str, path: str) -> None:
    assert needed_role(method, path) is Role.ADMIN


@pytest.mark.parametrize("path", ["/api/v1/snapshot", "/api/v1/snapshots/3"])
def test_a_snapshot_takes_the_role_admin(path: str) -> None:
    assert needed_role("GET", path) is Role.ADMIN


def test_an_administrator_may_read() -> None:
    assert Role.ADMIN > Role.READ


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://scanner:1@evil", "http://[", "https://scanner"]
)
def test_a_page_of_another_site_changes_nothing(origin: str) -> None:
    assert is_forged("POST", origin, "scanner:9118")
    assert not is_forged("GET", origin, "scanner:9118")


@pytest.mark.parametrize("origin", ["", "https://scanner:9118", "http://scanner:9118"])
def test_programs_and_our_own_pages_may(origin: str) -> None:
    assert not is_forged("POST", origin, "scanner:9118")
