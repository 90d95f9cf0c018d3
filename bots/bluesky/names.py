"""How a post is named before it exists, so that it cannot be made twice."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b

COLLECTION = "app.bsky.feed.post"
# The alphabet of a TID, in the order of its values: https://atproto.com/specs/tid
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_LETTERS = 13
_CLOCK_BITS = 10
# A TID is a time in microseconds and the number of a clock. Ours are drawn from the key, from
# so many microseconds (two years and a quarter) that are over: in no server's future, and with
# the clock's bits so many names that two keys share one by an accident nobody will see.
_FROM = int(datetime(2023, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
_TIME_BITS = 46


def name_of(key: str) -> str:
    """Return the name (a TID) that the post with this key has in its account."""
    drawn = int.from_bytes(blake2b(key.encode(), digest_size=8).digest())
    clock = drawn & ((1 << _CLOCK_BITS) - 1)
    time = _FROM + (drawn >> _CLOCK_BITS) % (1 << _TIME_BITS)
    return _written((time << _CLOCK_BITS) | clock)


def _written(number: int) -> str:
    return "".join(_ALPHABET[number >> 5 * at & 31] for at in range(_LETTERS - 1, -1, -1))
