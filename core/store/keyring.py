"""Keys: what seals and opens a text, and what names it so that it can be found unread."""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.store.failure import StoreUnavailable

KEY_BYTES = 32
SHORTEST_SECRET = 16
NAME_BYTES = 4
INDEX_BYTES = 16
_NONCE = 12

# Returns the secrets where they are others than at the last call, else None.
Fresher = Callable[[], Sequence[str] | None]


class SealBroken(StoreUnavailable):
    """A sealed value cannot be opened with any of the keys at hand."""


@dataclass(frozen=True, slots=True)
class Key:
    """One secret, and what is derived from it; `name` tells which one sealed a value."""

    name: bytes
    cipher: AESGCM = field(repr=False)

    @classmethod
    def of(cls, secret: str) -> Key:
        """Derive the key of a secret (HKDF-SHA256, RFC 5869)."""
        derived = HKDF(SHA256(), KEY_BYTES + NAME_BYTES, None, b"recallbot seal").derive(
            secret.encode()
        )
        return cls(derived[KEY_BYTES:], AESGCM(derived[:KEY_BYTES]))


def new_secret() -> str:
    """Return a secret that nobody can guess."""
    return base64.urlsafe_b64encode(token_bytes(KEY_BYTES)).decode().rstrip("=")


class KeyRing:
    """Seals with the first of its secrets, and opens with any of them (AES-256-GCM).

    Where the secrets can change while it is in use, `fresher` tells; it is asked before every
    sealing, so that nothing is sealed with a secret that is about to be dropped.
    """

    def __init__(self, secrets: Sequence[str], fresher: Fresher | None = None) -> None:
        """Derive the keys; raises ValueError where a secret is too short, or there is none."""
        self._fresher = fresher
        self._take(secrets)

    @property
    def name(self) -> bytes:
        """Return the name of the key that seals: how every value sealed with it begins."""
        self._refresh()
        return self._first.name

    @property
    def count(self) -> int:
        """Return how many secrets there are."""
        self._refresh()
        return len(self._keys)

    def seal(self, content: bytes) -> bytes:
        """Return the content sealed: the key's name, a number used once, the ciphertext."""
        self._refresh()
        first = self._first
        nonce = os.urandom(_NONCE)
        return first.name + nonce + first.cipher.encrypt(nonce, content, None)

    def open(self, sealed: bytes) -> bytes:
        """Return the content; raises SealBroken."""
        name = bytes(sealed[:NAME_BYTES])
        if name not in self._keys:
            self._refresh()
        key = self._keys.get(name)
        if key is None:
            raise SealBroken("the database was sealed with a secret key that is not given")
        nonce, ciphertext = (
            sealed[NAME_BYTES : NAME_BYTES + _NONCE],
            sealed[NAME_BYTES + _NONCE :],
        )
        try:
            return key.cipher.decrypt(bytes(nonce), bytes(ciphertext), None)
        except (InvalidTag, ValueError):
            raise SealBroken("a sealed value of the database is damaged") from None

    def stale(self, sealed: bytes) -> bool:
        """Say whether it is sealed with another than the first secret."""
        return bytes(sealed[:NAME_BYTES]) != self._first.name

    def _refresh(self) -> None:
        secrets = self._fresher() if self._fresher else None
        if secrets is not None:
            self._take(secrets)

    def _take(self, secrets: Sequence[str]) -> None:
        if not secrets or any(len(secret) < SHORTEST_SECRET for secret in secrets):
            raise ValueError(f"a secret key has at least {SHORTEST_SECRET} characters")
        keys = [Key.of(secret) for secret in secrets]
        self._keys = {key.name: key for key in reversed(keys)}
        self._first = keys[0]


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals texts, and names what must be found again without being readable.

    The `marking` key belongs to the database and outlives the secrets: what it names is only
    ever compared, never opened.
    """

    ring: KeyRing
    marking: bytes = field(repr=False)

    def text(self, text: str) -> bytes:
        """Return the text sealed."""
        return self.ring.seal(text.encode())

    def read(self, sealed: bytes) -> str:
        """Return the text that was sealed; raises SealBroken."""
        return self.ring.open(sealed).decode()

    def mark(self, kind: str, text: str) -> bytes:
        """Return what a text of that kind is found by (HMAC-SHA256, 16 bytes)."""
        said = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.marking, said, sha256)[:INDEX_BYTES]


def place_of(channel: str, chat: str) -> str:
    """Return what the blind index of an address is made of."""
    return f"{channel}\0{chat}"
