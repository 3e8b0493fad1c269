"""Whether a password or a token is right. A wrong one costs the same whether its user exists or not."""

import asyncio
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import blake2b, sha256

import bcrypt

REMEMBERED = 100
LONGEST_PASSWORD = 72
"""Bytes. bcrypt looks at no more; a longer one would be right by its beginning alone."""

PAUSE_SECONDS = 0.5

MOST_WAITING = 10
"""So many callers at once have their passwords checked. All who wait hold a connection, of which there are not many."""


class CrowdedError(Exception):
    """So many logins are being checked that one more is not looked at."""


class Passwords:
    """Checks passwords, one at a time, and remembers which were right by a keyed hash.

    bcrypt is slow on purpose, and a scraper logs in for each scrape. Wrong ones are followed by a pause, so that nobody
    can keep a core busy, or guess more than two a second; who is remembered does not wait for them. Few may wait.
    """

    def __init__(self, pause: float = PAUSE_SECONDS) -> None:
        """Remember nothing; `pause` is in seconds."""
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._pause = pause

    async def right(self, users: Mapping[str, str], user: str, password: bytes) -> bool:
        """Tell whether `password` is that of `user`; `users` are bcrypt hashes by name.

        Raises CrowdedError where too many others wait to be told.
        """
        if not users or len(password) > LONGEST_PASSWORD or b"\0" in password:
            return False
        seen = self._seen(user, users.get(user, ""), password)
        if seen in self._right:
            return True
        if self._waiting >= MOST_WAITING:
            raise CrowdedError
        self._waiting += 1
        try:
            async with self._turn:
                return seen in self._right or await self._checked(users, user, password, seen)
        finally:
            self._waiting -= 1

    async def _checked(self, users: Mapping[str, str], user: str, password: bytes, seen: bytes) -> bool:
        # For a user who does not exist any hash will do: what counts is that the answer takes as long.
        stored = users.get(user) or max(users.values(), key=_cost)
        matches = await asyncio.to_thread(bcrypt.checkpw, password, stored.encode())
        if not (matches and user in users):
            await asyncio.sleep(self._pause)
            return False
        self._right[seen] = None
        if len(self._right) > REMEMBERED:
            self._right.popitem(last=False)
        return True

    def _seen(self, user: str, stored: str, password: bytes) -> bytes:
        """Name a login by what no memory dump gives back; another hash in the file makes it another login."""
        parts = (user.encode(), stored.encode(), password)
        return blake2b(b"\0".join(parts), key=self._key).digest()


def token_name(tokens: Mapping[str, str], token: bytes) -> str | None:
    """Return the name of a bearer token; `tokens` are SHA-256 hashes in hex by name. All are compared, always."""
    presented = sha256(token).hexdigest()
    found = [name for name, stored in tokens.items() if hmac.compare_digest(presented, stored)]
    return found[0] if found else None


def _cost(stored: str) -> int:
    return int(stored[4:6])
