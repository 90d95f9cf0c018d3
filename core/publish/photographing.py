"""A photo put on a draft, or taken off it, by a person: another version of what it says."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from core.clock import Clock
from core.model.photo import Photo
from core.model.public import Draft, Part
from core.publish.desk import Decided, NotThere, Which, Who
from core.publish.lint import problems
from core.publish.picturing import has_card, photo_of, with_photo, without_photo
from core.store import audit, drafts, photos
from core.store.audit import Done
from core.store.drafts import Stale
from core.store.work import Database


class NoCard(Exception):  # noqa: N818 - what it is
    """Nothing is drawn for the draft on which a photo could stand."""


@dataclass(frozen=True, slots=True)
class Photographing:
    """Changes which photo a draft shows; raises NotThere, and Stale where it has changed.

    What is shown without a photo is the drawn product. A photo comes from a person alone:
    what an authority shows with a notice may be somebody else's.
    """

    database: Database
    clock: Clock

    async def put_on(self, which: Which, version: int, photo: Photo, who: Who) -> Decided:
        """Show a photo, as it was taken in, with what was stated of it; raises NoCard too.

        Nobody approved the draft like that yet.
        """
        async with self.database.writing() as connection:
            draft = await _draft(connection, which, version)
            if not has_card(draft.parts):
                raise NoCard
            await photos.keep(connection, photo, who.name, self.clock.now())
            parts = with_photo(draft.parts, photo)
            return await self._changed(connection, draft, parts, who, remark(photo))

    async def take_off(self, which: Which, version: int, who: Who) -> Decided:
        """Show the drawn product again; a photo that no draft shows any more is forgotten."""
        async with self.database.writing() as connection:
            draft = await _draft(connection, which, version)
            parts = without_photo(draft.parts)
            return await self._changed(connection, draft, parts, who, "-")

    async def _changed(
        self,
        connection: AsyncConnection,
        draft: Draft,
        parts: tuple[Part, ...],
        who: Who,
        detail: str,
    ) -> Decided:
        which = (draft.alert, draft.account)
        version = await drafts.change(connection, which, draft.version, parts)
        if version != draft.version:
            done = Done("photo", *which, f"v{version}: {detail}")
            await audit.add(connection, self.clock.now(), who.name, done)
            draft = replace(draft, approvals=(), edited=True)
        before = photo_of(draft.parts)
        if before is not None and before != photo_of(parts):
            await photos.drop_unused(connection, before)
        changed = replace(draft, parts=parts, version=version)
        return Decided(changed, problems(parts, draft.lang, draft.sort))


def remark(photo: Photo) -> str:
    """Return what the log says of a photo: its licence, whom to name, and its name."""
    said = (photo.statement.licence, photo.statement.attribution, photo.digest[:12])
    return "; ".join(filter(None, said))


async def _draft(connection: AsyncConnection, which: Which, version: int) -> Draft:
    listed = await drafts.get(connection, which)
    if listed is None:
        raise NotThere
    if listed.draft.version != version:
        raise Stale
    return listed.draft
