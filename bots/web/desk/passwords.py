"""Passwords: what is taken as one, and their hashes, made beside the conversations."""

from __future__ import annotations

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200
# Each takes its memory; two at once keep two cores busy.
AT_ONCE = 2
# Argon2id as OWASP's Password Storage Cheat Sheet recommends it: 19 MiB, two passes.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def problem(password: str, name: str) -> str | None:
    """Return the key of what is wrong with a new password, None where nothing is."""
    text = unicodedata.normalize("NFKC", password)
    if len(text) < SHORTEST:
        return "desk_password_short"
    if len(text) > LONGEST:
        return "desk_password_long"
    few = len(set(text.casefold())) < SHORTEST // 2
    named = bool(name) and name.casefold() in text.casefold()
    return "desk_password_easy" if few or named else None


class Passwords:
    """Hashes and compares; an unknown name takes as long as a known one."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        """Hash by `hasher`."""
        self._hasher = hasher
        self._places = asyncio.Semaphore(AT_ONCE)
        # Nobody's: compared with where there is nothing to compare with.
        self._nobodys = hasher.hash("nobody's password")

    async def hashed(self, password: str) -> str:
        """Return the hash of a password, with a salt of its own."""
        async with self._places:
            return await asyncio.to_thread(self._hasher.hash, spelled(password))

    async def fits(self, kept: str | None, password: str) -> bool:
        """Say whether that is the password; without a hash the work is the same."""
        async with self._places:
            return await asyncio.to_thread(self._compared, kept, password)

    def outdated(self, kept: str) -> bool:
        """Say whether a hash that fitted is weaker than new ones are."""
        return self._hasher.check_needs_rehash(kept)

    def _compared(self, kept: str | None, password: str) -> bool:
        is_hash = kept is not None and kept.startswith("$argon2")
        try:
            same = self._hasher.verify(
                kept if kept and is_hash else self._nobodys, spelled(password)
            )
        except (VerificationError, InvalidHashError):
            return False
        return same and is_hash


def spelled(password: str) -> bytes:
    """Return one spelling of what looks alike, short enough to be hashed."""
    text = unicodedata.normalize("NFKC", password[: 4 * LONGEST])
    return text.encode("utf-8", "surrogatepass")
