"""A photo of the product on the card of a draft: put there with its licence, and taken off."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bots.web.desk.draft import ONE
from bots.web.desk.form import Form
from bots.web.desk.frame import Visit
from bots.web.desk.roles import Deed
from bots.web.desk.room import Room
from bots.web.limits import MOST_CARD_PHOTO_BYTES
from core.model.photo import (
    OWN,
    PUBLIC_DOMAIN,
    NotLicensed,
    Photo,
    Statement,
    UnfitPhoto,
    Unstated,
    stated,
)
from core.publish.desk import NotThere
from core.publish.photographing import NoCard, Photographing
from core.store.drafts import Stale

# What the form offers: own work, public domain, or a licence that has a name.
NAMED = "named"
_OFFERED: Mapping[str, str] = {"own": OWN, "public_domain": PUBLIC_DOMAIN}


class Photos:
    """Takes the forms with photos."""

    def __init__(self, room: Room) -> None:
        """Stand in the frame of `room`."""
        self._room = room
        frame = room.frame
        frame.action(f"{ONE}/photo", self.put_on, Deed.EDIT, MOST_CARD_PHOTO_BYTES)
        frame.action(f"{ONE}/photo/remove", self.take_off, Deed.EDIT)

    async def put_on(self, visit: Visit) -> Response:
        """Show the photo they sent, which their statement says may be shown."""
        take_in = self._room.newsroom.take_in
        if take_in is None:
            raise HTTPException(404)
        version = self._room.version(visit)
        try:
            statement = _statement(visit.form)
        except NotLicensed as refused:
            return await self._again(visit, {_field(visit, refused): _text(visit, refused.why)})
        if visit.form.too_large:
            return await self._again(visit, {"photo": visit.words("card_photo_too_large")})
        if visit.form.photo is None:
            return await self._again(visit, {"photo": visit.words("desk_missing")})
        try:
            jpeg = await take_in(visit.form.photo)
        except UnfitPhoto as refused:
            return await self._again(visit, {"photo": _text(visit, refused.why)})
        return await self._put(visit, version, Photo.of(jpeg, statement))

    async def _put(self, visit: Visit, version: int, photo: Photo) -> Response:
        room = self._room
        try:
            await self._deeds.put_on(room.which(visit), version, photo, room.who(visit))
        except (NotThere, NoCard):
            raise HTTPException(404) from None
        except Stale:
            return await self._stale(visit)
        return room.frame.done(visit, _page(visit, "/photo"), "desk_done_photo")

    async def take_off(self, visit: Visit) -> Response:
        """Show the drawn product again."""
        room = self._room
        version = room.version(visit)
        try:
            await self._deeds.take_off(room.which(visit), version, room.who(visit))
        except NotThere:
            raise HTTPException(404) from None
        except Stale:
            return await self._stale(visit)
        return room.frame.done(visit, _page(visit, "/photo/remove"), "desk_done_photo_off")

    @property
    def _deeds(self) -> Photographing:
        return Photographing(self._room.frame.database, self._room.clock)

    async def _stale(self, visit: Visit) -> Response:
        text = visit.words("desk_stale")
        return await self._room.show(visit, status=409, errors={"": text})

    async def _again(self, visit: Visit, errors: Mapping[str, str]) -> Response:
        """Show the form with what was typed; the photo has to be chosen again."""
        typed = {
            name: visit.form.one(name) for name in ("licence_kind", "licence", "attribution")
        }
        return await self._room.show(visit, status=422, errors=errors, typed=typed)


def _statement(form: Form) -> Statement:
    """Return what they state of the licence; raises NotLicensed."""
    kind = form.one("licence_kind")
    licence = form.one("licence") if kind == NAMED else _OFFERED.get(kind, "")
    return stated(licence, form.one("attribution"))


def _field(visit: Visit, refused: NotLicensed) -> str:
    """Return the field in which the mistake was made."""
    if refused.why is not Unstated.UNNAMED:
        return "attribution"
    return "licence" if visit.form.one("licence_kind") == NAMED else "licence_kind"


def _text(visit: Visit, why: object) -> str:
    return visit.words(f"card_photo_{why}")


def _page(visit: Visit, below: str) -> str:
    return visit.request.url.path.removesuffix(below)
