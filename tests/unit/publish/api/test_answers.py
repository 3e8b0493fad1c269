"""Answers: who has these bytes already gets none; and what may keep them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.publish.api.answers import has
from scanner.publish.api.endpoints import ENDPOINTS, OPENAPI_PATH
from tests.unit.publish.api.asking import ADMIN, ask, lived

PATHS = [*(endpoint.path for endpoint in ENDPOINTS), OPENAPI_PATH]


@pytest.mark.parametrize("path", PATHS)
def test_who_has_it_gets_nothing(path: str) -> None:
    first = ask(lived(), path)
    again = ask(lived(), path, headers=ADMIN | {"if-none-match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == first.headers["cache-control"]


@pytest.mark.parametrize("path", PATHS)
def test_a_head_is_the_answer_without_its_body(path: str) -> None:
    whole, head = ask(lived(), path), ask(lived(), path, "HEAD")
    assert (head.status_code, head.content, head.headers) == (200, b"", whole.headers)


def test_other_bytes_have_another_etag() -> None:
    one, other = (ask(lived(), f"/api/v1/rules?limit={limit}").headers["etag"] for limit in (1, 2))
    assert one != other


def test_what_clusters_said_is_kept_by_nobody() -> None:
    kept = {path: ask(lived(), path).headers["cache-control"] for path in PATHS}
    assert {path for path, said in kept.items() if said == "no-cache"} == {"/api/v1/rules", OPENAPI_PATH}
    assert set(kept.values()) == {"no-cache", "no-store"}


@pytest.mark.parametrize("named", ["*", '"a"', 'W/"a"', '"b", "a"', ' "b" ,W/"a"'])
def test_an_etag_is_found(named: str) -> None:
    assert has(named, '"a"')


@pytest.mark.parametrize("named", ["", "a", '"b"', '"A"', 'W/"b",,"ab"'])
def test_another_etag_is_not(named: str) -> None:
    assert not has(named, '"a"')


@given(st.text())
def test_no_header_is_too_odd(named: str) -> None:
    assert has(named, '"a"') in {True, False}
