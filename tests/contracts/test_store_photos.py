"""What the store promises of photos on cards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from core.model.photo import Photo, Statement
from core.model.public import Card, Chart, Part
from core.store import drafts, photos
from core.store.work import Database
from tests.contracts.publishing_stage import Newsroom, a_part
from tests.contracts.test_store_publish import CARD

JPEG = b"\xff\xd8\0picture\xff\xd9"
NAMED = Statement("CC BY 4.0", "Jo Example")


@pytest.fixture
def room(database: Database) -> Newsroom:
    """Give an empty newsroom."""
    return Newsroom(database)


async def _kept(room: Newsroom, jpeg: bytes = JPEG, statement: Statement = NAMED) -> Photo:
    photo = Photo.of(jpeg, statement)
    async with room.database.writing() as connection:
        await photos.keep(connection, photo, "ann", room.clock.now())
    return photo


async def _got(room: Newsroom, digest: str) -> Photo | None:
    async with room.database.reading() as connection:
        return await photos.get(connection, digest)


def _with(digest: str) -> Part:
    return replace(a_part(), picture=replace(CARD, photo=digest))


async def test_a_photo_comes_back_as_it_was_kept_with_what_was_stated(room: Newsroom) -> None:
    kept = await _kept(room)

    found = await _got(room, kept.digest)

    assert found == kept == Photo(kept.digest, JPEG, NAMED)


async def test_what_is_not_kept_is_none(room: Newsroom) -> None:
    async with room.database.reading() as connection:
        assert await photos.get(connection, "f" * 64) is None
        assert await photos.jpeg_of(connection, "f" * 64) is None


async def test_the_same_stated_again_is_the_same_photo(room: Newsroom) -> None:
    first = await _kept(room)
    room.clock.move(days=1)

    again = await _kept(room)

    assert again == first
    [row] = await room.world.run("SELECT added_by, COUNT(*) AS n FROM photo GROUP BY added_by")
    assert (row.added_by, row.n) == ("ann", 1)


async def test_another_statement_of_the_same_picture_is_another_photo(room: Newsroom) -> None:
    first = await _kept(room)

    others = [
        await _kept(room, statement=Statement("own work")),
        await _kept(room, statement=Statement("CC BY 4.0", "Someone Else")),
        await _kept(room, JPEG + b"x"),
    ]

    assert len({first.digest, *(one.digest for one in others)}) == 4
    assert await _got(room, first.digest) == first


async def test_the_photo_of_a_card_is_looked_up_and_a_missing_one_is_said(
    room: Newsroom,
) -> None:
    kept = await _kept(room)
    chart = Chart("de", "t", (("a", 1),), "s", "a")
    pictures: list[Card | Chart] = [CARD, chart, replace(CARD, photo=kept.digest)]

    with capture_logs() as logs:
        found = [await photos.photo_on(room.database, one) for one in pictures]
        gone = await photos.photo_on(room.database, replace(CARD, photo="e" * 64))

    assert found == [None, None, JPEG]
    assert gone is None
    assert [line["event"] for line in logs] == ["photo_not_there"]


@pytest.mark.parametrize("where", ["parts", "edits"])
async def test_a_photo_is_let_go_of_once_no_draft_shows_it(room: Newsroom, where: str) -> None:
    kept, other = await _kept(room), await _kept(room, b"other")
    account = await room.account()
    facts: dict[str, Any] = {where: (_with(kept.digest),)}
    which = await room.draft(account, **facts)

    async with room.database.writing() as connection:
        shown = await photos.drop_unused(connection, kept.digest)
        await connection.execute(text("UPDATE draft SET edits = '[]'"))
        await drafts.change(connection, which, 1, (a_part("another text"),))
        unused = await photos.drop_unused(connection, kept.digest)
        again = await photos.drop_unused(connection, kept.digest)

    assert (shown, unused, again) == (False, True, False)
    assert (await _got(room, kept.digest), await _got(room, other.digest)) == (None, other)


async def test_a_card_with_its_photo_comes_back_from_a_draft_as_it_was(room: Newsroom) -> None:
    card = replace(CARD, photo="d" * 64, credit="Foto: Jo", alt="alt\nFoto: Jo")
    part = replace(a_part(), picture=card)

    which = await room.draft(await room.account(), parts=(part,))

    assert (await room.get(which)).draft.parts == (part,)


async def test_a_card_from_before_there_were_photos_has_none(room: Newsroom) -> None:
    which = await room.draft(await room.account(), parts=(replace(a_part(), picture=CARD),))
    await room.world.run(
        """UPDATE draft SET parts = REPLACE(parts, '"photo": null, "credit": null, ', '')"""
    )

    found = (await room.get(which)).draft.parts[0].picture

    assert found == CARD
