"""Who is on X: the accounts an app may post for, and everybody else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

EPOCH = 1_288_834_974.657


@dataclass(slots=True)
class Numbers:
    """Gives ids as X does: later ones are higher, and hold their time."""

    now: Callable[[], float]
    last: int = 0

    def __call__(self) -> str:
        """Return a new id."""
        self.last = max(self.last + 1, int((self.now() - EPOCH) * 1000) << 22)
        return str(self.last)


def _token(number: str, handle: str) -> str:
    return f"{number}-{hashlib.sha256(handle.encode()).hexdigest()[:40]}"


@dataclass(eq=False, slots=True)
class Account:
    """One account; with a `token` the app may act for it.

    `self_replies` says whether it may answer its own posts without being asked to, which is
    not known of self-serve accounts (*unverified*).
    """

    handle: str
    id: str
    name: str = ""
    self_replies: bool = False
    refusal: str = ""
    revoked: bool = False
    read_only: bool = False
    token: str = field(init=False)
    secret: str = field(init=False)

    def __post_init__(self) -> None:
        """Make its keys."""
        self.name = self.name or self.handle
        self.token = _token(self.id, self.handle)
        self.secret = hashlib.sha256(self.token.encode()).hexdigest()[:45]

    @property
    def setting(self) -> str:
        """Return handle, access token and its secret as one setting."""
        return f"{self.handle}:{self.token}:{self.secret}"

    def revoke(self) -> None:
        """Take the app's permission away: 401 from now on."""
        self.revoked = True

    def restore(self) -> None:
        """Let everything be allowed again."""
        self.refusal, self.revoked = "", False

    def json(self) -> dict[str, Any]:
        """Return the user object."""
        return {"id": self.id, "name": self.name, "username": self.handle}
