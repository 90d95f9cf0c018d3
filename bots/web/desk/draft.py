"""One draft: how it will look, and what is decided on it before it is posted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bots.web.desk.frame import Visit
from bots.web.desk.roles import Deed
from bots.web.desk.room import QUEUE, Room
from bots.web.desk.when import moment, read, wrong_with
from core.publish.desk import Decided, NotThere, Paused
from core.store.drafts import Stale
from core.store.photos import photo_on

ONE = f"{QUEUE}/{{alert}}/{{account}}"
Does = Callable[..., Awaitable[Decided]]


class OneDraft:
    """Serves the page of a draft and takes what is decided there."""

    def __init__(self, room: Room) -> None:
        """Stand in the frame of `room`."""
        self._room = room
        frame = room.frame
        frame.page(ONE, self.page)
        frame.page(f"{ONE}/picture.jpg", self.picture)
        frame.action(f"{ONE}/approve", self.approve, Deed.APPROVE)
        frame.action(f"{ONE}/schedule", self.schedule, Deed.APPROVE)
        frame.action(f"{ONE}/hold", self.hold, Deed.HOLD)
        frame.action(f"{ONE}/drop", self.drop, Deed.APPROVE)
        frame.action(f"{ONE}/take-up", self.take_up, Deed.HOLD)

    async def page(self, visit: Visit) -> Response:
        """Show the draft as it will look, and what may be done."""
        return await self._room.show(visit)

    async def picture(self, visit: Visit) -> Response:
        """Draw the picture of a part."""
        draft = (await self._room.found(visit)).listed.draft
        asked = visit.request.query_params.get("part", "0")
        at = int(asked) if asked.isdecimal() and len(asked) == 1 else len(draft.parts)
        value = draft.parts[at].picture if at < len(draft.parts) else None
        if value is None:
            raise HTTPException(404)
        photo = await photo_on(self._room.frame.database, value)
        drawn = await asyncio.to_thread(self._room.newsroom.draw, value, photo)
        if drawn is None:
            raise HTTPException(404)
        return Response(drawn.jpeg, media_type="image/jpeg")

    async def approve(self, visit: Visit) -> Response:
        """Approve the version they saw; it is released once enough people did."""
        found = await self._room.found(visit)
        if not found.wants(visit.operator.name):
            text = visit.words("desk_approved_already")
            return await self._room.show(visit, status=422, errors={"": text})
        if found.parts and not all(one.fits for one in found.parts):
            text = visit.words("desk_too_long")
            return await self._room.show(visit, status=422, errors={"": text})
        return await self._done(visit, self._room.desk.approve, self._approved)

    def _approved(self, visit: Visit, decided: Decided) -> Response:
        if decided.waits_for:
            return self._room.frame.done(visit, _back(visit), "desk_done_one_of_two")
        self._room.newsroom.wake()
        if decided.due_at is None:
            return self._room.frame.done(visit, _back(visit), "desk_done_released")
        at = moment(decided.due_at.astimezone(UTC), None, visit.words)
        return self._room.frame.done(visit, _back(visit), "desk_done_released_for", at=at)

    async def schedule(self, visit: Visit) -> Response:
        """Choose when it is posted, in the account's own time."""
        found = await self._room.found(visit)
        zone = found.account.rules.zone
        given = visit.form.one("at")
        at = read(given, zone)
        wrong = wrong_with(at, visit.now)
        if at is None or wrong:
            errors = {"at": visit.words(wrong)}
            return await self._room.show(visit, status=422, errors=errors, typed={"at": given})

        async def does(*which: object) -> Decided:
            number, version, who = which
            return await self._room.desk.schedule(number, version, at, who)  # type: ignore[arg-type]

        def said(visit: Visit, _: Decided) -> Response:
            local, utc = (moment(at, one, visit.words) for one in (zone, None))
            # An account without a zone of its own has UTC: said once.
            key = "desk_done_scheduled" if local != utc else "desk_done_scheduled_utc"
            return self._room.frame.done(visit, found.path, key, at=local, utc=utc)

        return await self._done(visit, does, said)

    async def hold(self, visit: Visit) -> Response:
        """Stop it."""
        return await self._done(visit, self._room.desk.hold, self._says("desk_done_held"))

    async def drop(self, visit: Visit) -> Response:
        """Decide that it is not posted."""
        return await self._done(visit, self._room.desk.drop, self._says("desk_done_dropped"))

    async def take_up(self, visit: Visit) -> Response:
        """Let it wait for approval again."""
        return await self._done(visit, self._room.desk.take_up, self._says("desk_done_taken"))

    def _says(self, key: str) -> Callable[[Visit, Decided], Response]:
        def said(visit: Visit, _: Decided) -> Response:
            return self._room.frame.done(visit, _back(visit), key)

        return said

    async def _done(
        self, visit: Visit, does: Does, said: Callable[[Visit, Decided], Response]
    ) -> Response:
        """Do it to the version they saw; show the draft anew where that is not possible."""
        room = self._room
        try:
            decided = await does(room.which(visit), room.version(visit), room.who(visit))
        except NotThere:
            raise HTTPException(404) from None
        except Stale:
            text = visit.words("desk_stale")
            return await room.show(visit, status=409, errors={"": text})
        except Paused:
            text = visit.words("desk_account_is_paused")
            return await room.show(visit, status=422, errors={"": text})
        if decided.problems:
            text = visit.words("desk_blocked")
            return await room.show(visit, status=422, errors={"": text})
        return said(visit, decided)


def _back(visit: Visit) -> str:
    """Return where they came from: the queue, or the page of the draft."""
    if visit.form.one("back") == "queue":
        return QUEUE
    return visit.request.url.path.rpartition("/")[0]
