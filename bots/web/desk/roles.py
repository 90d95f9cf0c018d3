"""Who may do what at the desk, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is at the desk, the least first; each may do what those before it may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    APPROVER = "approver"
    ADMIN = "admin"


class Deed(StrEnum):
    """What can be done at the desk."""

    READ = "read"
    EDIT = "edit"
    HOLD = "hold"
    ADVISE = "advise"
    APPROVE = "approve"
    RELEASE = "release"
    RETRACT = "retract"
    ACCOUNTS = "accounts"
    OPERATORS = "operators"


LEAST: Mapping[Deed, Role] = MappingProxyType(
    {
        Deed.READ: Role.VIEWER,
        Deed.EDIT: Role.EDITOR,
        Deed.HOLD: Role.EDITOR,
        Deed.ADVISE: Role.EDITOR,
        Deed.APPROVE: Role.APPROVER,
        Deed.RELEASE: Role.APPROVER,
        Deed.RETRACT: Role.APPROVER,
        Deed.ACCOUNTS: Role.ADMIN,
        Deed.OPERATORS: Role.ADMIN,
    }
)
_ORDER = tuple(Role)


@dataclass(frozen=True, slots=True)
class Operator:
    """Who asks: their number, which is never used twice, their name and their role."""

    pk: int
    name: str
    role: Role


def allowed(role: Role, deed: Deed) -> bool:
    """Say whether somebody of that role may do it."""
    return _ORDER.index(role) >= _ORDER.index(LEAST[deed])
