"""Editing a draft: a field for each paragraph, which keeps what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bots.web.desk.draft import ONE
from bots.web.desk.form import Form
from bots.web.desk.frame import Visit
from bots.web.desk.previews import previews
from bots.web.desk.roles import Deed
from bots.web.desk.room import Room
from bots.web.desk.sheets import Sheet
from core.model.message import Block, Role
from core.model.public import Card, Chart, Part
from core.publish.desk import NotThere
from core.store import background
from core.store.drafts import Stale

LONGEST_BLOCK = 4_000
# What a person is offered where nothing could be composed.
EMPTY = (Role.HEADLINE, Role.HAZARD, Role.VERDICT, Role.ACTION, Role.REMEDY)


class Editor:
    """Serves the editor and takes its form."""

    def __init__(self, room: Room) -> None:
        """Stand in the frame of `room`."""
        self._room = room
        room.frame.page(f"{ONE}/edit", self.page, Deed.EDIT)
        room.frame.action(f"{ONE}/edit", self.save, Deed.EDIT)

    async def page(self, visit: Visit) -> Response:
        """Show the texts as they are."""
        sheet = await self._room.found(visit)
        if not sheet.listed.draft.stage.open:
            raise HTTPException(404)
        return self._shown(visit, sheet, await self._base(sheet))

    async def save(self, visit: Visit) -> Response:
        """Keep what they wrote as a new version, or only show how it would look."""
        sheet = await self._room.found(visit)
        version = self._room.version(visit)
        if version != sheet.listed.draft.version or not sheet.listed.draft.stage.open:
            return await self._stale(visit)
        base = await self._base(sheet)
        parts = tuple(_typed(base, visit.form))
        seen = _with(sheet, parts, self._room, visit)
        if visit.form.one("do") == "preview":
            return self._shown(visit, seen, _kept(base, visit.form))
        if errors := _too_long(seen, visit) or _nothing(parts, visit):
            return self._shown(visit, seen, _kept(base, visit.form), errors)
        try:
            await self._room.desk.edit(
                self._room.which(visit), version, parts, self._room.who(visit)
            )
        except NotThere:
            raise HTTPException(404) from None
        except Stale:
            return await self._stale(visit)
        return self._room.frame.done(visit, sheet.path, "desk_done_edited")

    async def _stale(self, visit: Visit) -> Response:
        """Show what it says now, and what they wrote, so that nothing is lost."""
        texts = [
            text
            for name in visit.form.fields
            if name.startswith("block-") and (text := visit.form.one(name).strip())
        ]
        text = visit.words("desk_stale")
        return await self._room.show(
            visit, status=409, errors={"": text}, typed={"mine": "\n\n".join(texts)}
        )

    async def _base(self, sheet: Sheet) -> tuple[Part, ...]:
        """Return what there is to edit: its parts, or empty paragraphs and the source."""
        draft = sheet.listed.draft
        if draft.parts:
            return draft.parts
        blocks = [Block(role, "") for role in EMPTY]
        if draft.event:
            async with self._room.frame.database.reading() as connection:
                told = await background.background(connection, draft.event, draft.notice, None)
            blocks += [
                Block(Role.SOURCE, one.authority, one.main_source.url)
                for one in told.notices[:1]
            ]
        return (Part(tuple(blocks)),)

    def _shown(
        self,
        visit: Visit,
        sheet: Sheet,
        parts: tuple[Part, ...],
        errors: dict[str, str] | None = None,
    ) -> Response:
        return self._room.frame.show(
            visit,
            "desk/edit.html",
            status=422 if errors else 200,
            errors=errors or {},
            sheet=sheet,
            parts=parts,
            longest=LONGEST_BLOCK,
        )


def _with(sheet: Sheet, parts: tuple[Part, ...], room: Room, visit: Visit) -> Sheet:
    """Return the sheet as it would be with these parts."""
    draft = replace(sheet.listed.draft, parts=parts)
    seen = previews(draft, sheet.account, room.newsroom, visit.words)
    return replace(sheet, parts=seen, wrong=())


def _typed(base: tuple[Part, ...], form: Form) -> Iterator[Part]:
    """Yield the parts as they were typed; a paragraph that was emptied is none any more."""
    for place, part in enumerate(_kept(base, form)):
        blocks = tuple(block for block in part.blocks if block.text or block.quote)
        more = form.one(f"more-{place}").strip()[:LONGEST_BLOCK]
        if more:
            blocks = (*blocks, Block(Role.DETAIL, more))
        if blocks:
            yield replace(part, blocks=blocks)


def _kept(base: tuple[Part, ...], form: Form) -> tuple[Part, ...]:
    """Return the parts with every paragraph as it was typed, the empty ones too."""
    return tuple(
        replace(
            part,
            blocks=tuple(
                _block(block, f"{place}-{number}", form)
                for number, block in enumerate(part.blocks)
            ),
            picture=_picture(part, place, form),
        )
        for place, part in enumerate(base)
    )


def _block(block: Block, name: str, form: Form) -> Block:
    text = form.one(f"block-{name}").strip()[:LONGEST_BLOCK]
    quote = block.quote if form.one(f"quote-{name}") else None
    return replace(block, text=text, quote=quote)


def _picture(part: Part, place: int, form: Form) -> Card | Chart | None:
    if part.picture is None or not form.one(f"picture-{place}"):
        return None
    return replace(part.picture, alt=form.one(f"alt-{place}").strip()[:LONGEST_BLOCK])


def _too_long(sheet: Sheet, visit: Visit) -> dict[str, str]:
    """Return an error for every part that is not one post."""
    return {
        f"block-{place}-0": visit.words("desk_part_too_long", part=place + 1)
        for place, one in enumerate(sheet.parts)
        if not one.fits
    }


def _nothing(parts: tuple[Part, ...], visit: Visit) -> dict[str, str]:
    return {} if parts else {"block-0-0": visit.words("desk_missing")}
