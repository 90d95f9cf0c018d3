"""After posting: what a person saw on the platform, posted again, taken down, withdrawn."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bots.web.desk.draft import ONE
from bots.web.desk.frame import Visit
from bots.web.desk.roles import Deed
from bots.web.desk.room import Room
from core.publish.retracting import Retracting
from core.store.releasing import Seen

LONGEST_NAME = 300


class Afterwards:
    """Takes what is decided on drafts that were posted, or may have been."""

    def __init__(self, room: Room) -> None:
        """Stand in the frame of `room`."""
        self._room = room
        frame = room.frame
        frame.action(f"{ONE}/again", self.again, Deed.RELEASE)
        frame.action(f"{ONE}/seen", self.seen, Deed.RELEASE)
        frame.action(f"{ONE}/taken-down", self.taken_down, Deed.RELEASE)
        frame.action(f"{ONE}/withdraw", self.withdraw, Deed.RETRACT)

    async def again(self, visit: Visit) -> Response:
        """Post it again: no part of it stands there of which we do not know."""
        room = self._room
        done = await room.desk.again(room.which(visit), room.who(visit))
        if done:
            room.newsroom.wake()
        return await self._answer(visit, "desk_done_again", done=done)

    async def seen(self, visit: Visit) -> Response:
        """Note that a part stands there, under the name or the link they give."""
        room = self._room
        sheet = await room.found(visit)
        part = visit.form.number("part") or 0
        typed = visit.form.one("message")[:LONGEST_NAME]
        name = room.newsroom.name_in(sheet.account.channel, typed)
        alert, account = room.which(visit)
        done = bool(part) and part <= len(sheet.listed.draft.parts)
        if done:
            seen = Seen(alert, account, part - 1, name)
            done = await room.desk.seen_there(seen, room.who(visit))
        return await self._answer(visit, "desk_done_seen", done=done)

    async def taken_down(self, visit: Visit) -> Response:
        """Note that a person deleted it there."""
        room = self._room
        done = await room.desk.taken_down(room.which(visit), room.who(visit))
        return await self._answer(visit, "desk_done_taken_down", done=done)

    async def withdraw(self, visit: Visit) -> Response:
        """Take the event's posts back on every account that posted it."""
        room = self._room
        sheet = await room.found(visit)
        event = sheet.listed.draft.event
        if not event:
            raise HTTPException(404)
        retracting = Retracting(room.frame.database, room.clock, room.newsroom.voices)
        came = await retracting.withdraw(
            event, room.who(visit), release=visit.may(Deed.RELEASE)
        )
        if not came.decided:
            return await self._answer(visit, "", done=False)
        room.newsroom.wake()
        waits = sum(1 for one in came.decided if one.waits_for or one.draft.stage.open)
        key = "desk_done_withdrawn_waits" if waits else "desk_done_withdrawn"
        return room.frame.done(visit, sheet.path, key, count=len(came.decided), waits=waits)

    async def _answer(self, visit: Visit, key: str, *, done: bool) -> Response:
        """Lead back to the draft, or say that it is not where this can be done to it."""
        if not done:
            errors = {"": visit.words("desk_not_now")}
            return await self._room.show(visit, status=409, errors=errors)
        path = visit.request.url.path.rpartition("/")[0]
        return self._room.frame.done(visit, path, key)
