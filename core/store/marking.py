"""The database's own marking key, kept in it sealed: what is found unread is marked with it."""

from __future__ import annotations

import base64
from secrets import token_bytes

from sqlalchemy import Connection, bindparam, text

from core.store.keyring import KEY_BYTES, KeyRing, Seal
from core.store.keys import MARKING, seal_from
from core.store.lookup import META_SQL

_KEPT = text(META_SQL).bindparams(bindparam("name", MARKING))
_KEEP = text(
    "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING"
)
_CHANGE = text("UPDATE meta SET value = :value WHERE name = :name")


def kept_seal(connection: Connection, ring: KeyRing) -> Seal:
    """Return what this database is sealed with; raises StoreUnavailable."""
    return seal_from(ring, connection.scalar(_KEPT))


def first_seal(ring: KeyRing) -> Seal:
    """Return a seal for a database in which nothing is marked yet."""
    return Seal(ring, token_bytes(KEY_BYTES))


def keep_marking(connection: Connection, seal: Seal) -> None:
    """Keep the seal's marking key in the database, unless there is one."""
    connection.execute(_KEEP, {"name": MARKING, "value": _sealed(seal)})


def reseal_marking(connection: Connection, ring: KeyRing) -> None:
    """Keep the marking key sealed with the first secret."""
    seal = kept_seal(connection, ring)
    connection.execute(_CHANGE, {"name": MARKING, "value": _sealed(seal)})


def _sealed(seal: Seal) -> str:
    return base64.b64encode(seal.ring.seal(seal.marking)).decode()
