"""Photos that may be shown on cards, each with what was stated of its licence."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.photo import Photo, Statement
from core.model.public import Card, Chart
from core.store.schema import UtcDateTime
from core.store.work import Database

log = structlog.get_logger(__name__)

_KEEP = text(
    "INSERT INTO photo (digest, jpeg, licence, attribution, added_by, at)"
    " VALUES (:digest, :jpeg, :licence, :attribution, :who, :now)"
    " ON CONFLICT (digest) DO NOTHING"
).bindparams(bindparam("now", type_=UtcDateTime()))
_GET = text("SELECT jpeg, licence, attribution FROM photo WHERE digest = :digest")
_JPEG = text("SELECT jpeg FROM photo WHERE digest = :digest")
_DROP = text(
    "DELETE FROM photo WHERE digest = :digest AND NOT EXISTS (SELECT 1 FROM draft"
    " WHERE parts LIKE '%' || :digest || '%' OR edits LIKE '%' || :digest || '%')"
)


async def keep(connection: AsyncConnection, photo: Photo, who: str, now: datetime) -> None:
    """Keep a photo as `who` gave it; what is kept under that name already stays as it is."""
    said = photo.statement
    values = {"digest": photo.digest, "jpeg": photo.jpeg, "who": who, "now": now}
    words = {"licence": said.licence, "attribution": said.attribution}
    await connection.execute(_KEEP, {**values, **words})


async def get(connection: AsyncConnection, digest: str) -> Photo | None:
    """Return the photo of that name, None where there is none."""
    row = (await connection.execute(_GET, {"digest": digest})).one_or_none()
    if row is None:
        return None
    return Photo(digest, bytes(row.jpeg), Statement(row.licence, row.attribution))


async def jpeg_of(connection: AsyncConnection, digest: str) -> bytes | None:
    """Return the picture alone, None where there is none of that name."""
    found = await connection.scalar(_JPEG, {"digest": digest})
    return None if found is None else bytes(found)


async def photo_on(database: Database, picture: Card | Chart) -> bytes | None:
    """Return the photo that is to be drawn on a picture, None where it is drawn without one.

    One that is not there any more is said in the log: the post goes with the drawn product.
    """
    if not isinstance(picture, Card) or picture.photo is None:
        return None
    async with database.reading() as connection:
        found = await jpeg_of(connection, picture.photo)
    if found is None:
        log.warning("photo_not_there", photo=picture.photo)
    return found


async def drop_unused(connection: AsyncConnection, digest: str) -> bool:
    """Let go of a photo that stands in no draft; False where one shows it, or showed it."""
    return (await connection.execute(_DROP, {"digest": digest})).rowcount > 0
