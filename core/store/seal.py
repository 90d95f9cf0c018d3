"""Sealed columns: addresses, codes and conversations are unreadable at rest."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from core.store.keyring import KeyRing, Seal, SealBroken, new_secret, place_of

__all__ = [
    "KeyRing",
    "Marked",
    "Seal",
    "SealBroken",
    "Sealed",
    "new_secret",
    "place_of",
    "seal_of",
    "seal_with",
]

_SEALS: WeakKeyDictionary[Dialect, Seal] = WeakKeyDictionary()


def seal_with(dialect: Dialect, seal: Seal) -> None:
    """Let the columns of this dialect's engine be sealed with `seal`."""
    _SEALS[dialect] = seal


def seal_of(dialect: Dialect) -> Seal:
    """Return what the columns of this dialect's engine are sealed with."""
    return _SEALS[dialect]


class Sealed(TypeDecorator[str]):
    """A text that only we can read; it cannot be searched or compared."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Return the text sealed, without what UTF-8 cannot write."""
        if value is None:
            return None
        clean = value.replace("\0", "").encode("utf-8", "ignore").decode()
        return seal_of(dialect).text(clean)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Return the text; raises SealBroken."""
        return None if value is None else seal_of(dialect).read(value)


class Marked(TypeDecorator[str]):
    """A text that can be compared and never read again: a keyed digest of 16 bytes.

    What comes back is the digest in hexadecimal.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, kind: str) -> None:
        """Name what it is, so that no other kind's digest is equal."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Return the digest."""
        return None if value is None else seal_of(dialect).mark(self.kind, value)

    def process_result_value(
        self,
        value: bytes | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> str | None:
        """Return the digest in hexadecimal."""
        return None if value is None else bytes(value).hex()
