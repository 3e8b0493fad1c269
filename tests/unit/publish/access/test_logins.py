"""Passwords and tokens: right, wrong, remembered, and what a wrong one costs."""

import asyncio
import time
from collections.abc import Mapping

import bcrypt
import pytest

from scanner.publish.access import logins
from scanner.publish.access.logins import MOST_WAITING, CrowdedError, Passwords, token_name
from tests.web_files import hashed

USERS = {"alice": hashed("right"), "bob": hashed("other")}


def right(passwords: Passwords, user: str, password: bytes, users: Mapping[str, str] = USERS) -> bool:
    return asyncio.run(passwords.right(users, user, password))


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Which hashes were worked through."""
    worked: list[bytes] = []
    real = bcrypt.checkpw

    def checkpw(password: bytes, stored: bytes) -> bool:
        worked.append(stored)
        return real(password, stored)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    return worked


def test_the_password_of_the_user_and_no_other_is_right() -> None:
    passwords = Passwords(pause=0)
    assert right(passwords, "alice", b"right")
    assert right(passwords, "bob", b"other")
    assert not right(passwords, "alice", b"other")
    assert not right(passwords, "alice", b"")
    assert not right(passwords, "Alice", b"right")


def test_a_user_who_does_not_exist_costs_as_much_as_one_who_does(hashings: list[bytes]) -> None:
    passwords = Passwords(pause=0)
    users = {"cheap": hashed("x"), "dear": hashed("y", cost=11)}
    assert not right(passwords, "nobody", b"x", users)
    assert not right(passwords, "nobody", b"y", users)
    assert hashings == [users["dear"].encode()] * 2


def test_a_right_password_is_hashed_once(hashings: list[bytes]) -> None:
    passwords = Passwords(pause=0)
    assert [right(passwords, "alice", b"right") for _ in range(3)] == [True] * 3
    assert len(hashings) == 1


def test_a_remembered_password_counts_no_more_when_its_hash_changed() -> None:
    passwords = Passwords(pause=0)
    assert right(passwords, "alice", b"right")
    assert not right(passwords, "alice", b"right", {"alice": hashed("new")})
    assert not right(passwords, "alice", b"right", {"bob": USERS["bob"]})


def test_remembers_so_many_and_forgets_the_oldest(hashings: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "REMEMBERED", 1)
    passwords = Passwords(pause=0)
    for user, password in (("alice", b"right"), ("bob", b"other"), ("bob", b"other"), ("alice", b"right")):
        assert right(passwords, user, password)
    assert hashings == [USERS[user].encode() for user in ("alice", "bob", "alice")]


def test_what_is_kept_tells_no_password() -> None:
    passwords = Passwords(pause=0)
    right(passwords, "alice", b"right")
    assert "right" not in repr(vars(passwords)).replace("_right", "")


@pytest.mark.parametrize("password", [b"x" * 73, b"ri\0ght"])
def test_a_password_that_bcrypt_would_cut_is_wrong_without_work(hashings: list[bytes], password: bytes) -> None:
    assert not right(Passwords(pause=0), "alice", password, {"alice": hashed("x" * 72)})
    assert hashings == []


def test_where_no_user_is_everybody_is_wrong(hashings: list[bytes]) -> None:
    assert not right(Passwords(pause=0), "alice", b"right", {})
    assert hashings == []


def test_wrong_passwords_wait_for_each_other_and_who_is_known_does_not() -> None:
    async def storm(passwords: Passwords) -> float:
        await passwords.right(USERS, "alice", b"right")
        started = time.monotonic()
        guesses = [asyncio.create_task(passwords.right(USERS, "alice", b"%d" % guess)) for guess in range(4)]
        await asyncio.sleep(0)
        assert await passwords.right(USERS, "alice", b"right")
        assert not any(guess.done() for guess in guesses)
        assert await asyncio.gather(*guesses) == [False] * 4
        return time.monotonic() - started

    assert asyncio.run(storm(Passwords(pause=0.2))) >= 0.8


def test_so_many_wait_and_who_comes_then_is_sent_away_at_once() -> None:
    async def crowd(passwords: Passwords) -> list[object]:
        guesses = (passwords.right(USERS, "alice", b"%d" % guess) for guess in range(MOST_WAITING + 2))
        first: list[object] = await asyncio.gather(*guesses, return_exceptions=True)
        return [*first, await passwords.right(USERS, "alice", b"right")]

    *waited, late, later, after = asyncio.run(crowd(Passwords(pause=0)))
    assert waited == [False] * MOST_WAITING
    assert [type(late), type(later)] == [CrowdedError] * 2
    assert after is True


def test_a_login_that_came_while_the_same_one_was_checked_is_not_checked_again(hashings: list[bytes]) -> None:
    async def together() -> list[bool]:
        passwords = Passwords(pause=0)
        return await asyncio.gather(*(passwords.right(USERS, "alice", b"right") for _ in range(5)))

    assert asyncio.run(together()) == [True] * 5
    assert len(hashings) == 1


def test_a_token_is_found_by_its_hash() -> None:
    # sha256("a") and sha256("b"), as `printf a | sha256sum` prints them.
    tokens = {
        "first": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        "second": "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d",
    }
    assert token_name(tokens, b"a") == "first"
    assert token_name(tokens, b"b") == "second"
    assert token_name(tokens, b"c") is None
    assert token_name(tokens, tokens["first"].encode()) is None
    assert token_name({}, b"a") is None
