from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from core.alert.dispatch import Dispatcher
from core.model.message import Picture
from core.model.photo import Photo, Statement
from core.model.public import Card, Chart, Part, Stage
from core.publish.desk import NotThere, Who
from core.publish.lint import Wrong, problems
from core.publish.photographing import NoCard, Photographing
from core.publish.picturing import has_card, photo_of, with_photo, without_photo
from core.store import approvals, audit, photos
from core.store.drafts import Stale
from core.store.listed import Listed
from core.store.work import Database
from tests.core.alert.board import Board
from tests.core.publish.newspaper import BY_HAND, Newspaper, a_recall, changed, which

JPEG = b"\xff\xd8 a photo \xff\xd9"
NAMED = Statement("CC BY 4.0", "Jo Example")
CREDIT = "Photo: Jo Example, CC BY 4.0"
CHART = Chart("en", "t", (("a", 1),), "s", "a")


@pytest.fixture
def paper(database: Database) -> Newspaper:
    """Give a newspaper whose board takes pictures."""
    return Newspaper(database, board=Board(max_caption=10_000))


def deeds(paper: Newspaper) -> Photographing:
    return Photographing(paper.database, paper.clock)


async def drafted(paper: Newspaper) -> Listed:
    await paper.account(BY_HAND)
    await paper.publish(a_recall())
    await paper.draft()
    return await paper.first()


def card_of(listed: Listed) -> Card:
    card = listed.draft.parts[0].picture
    assert isinstance(card, Card)
    return card


async def put_on(paper: Newspaper, said: Statement = NAMED, jpeg: bytes = JPEG) -> Listed:
    listed = await paper.first()
    ann = await paper.operator(f"ann {listed.draft.version}")
    await deeds(paper).put_on(which(listed), listed.draft.version, Photo.of(jpeg, said), ann)
    return await paper.first()


async def kept(paper: Newspaper, digest: str | None) -> bool:
    async with paper.database.reading() as connection:
        return await photos.jpeg_of(connection, digest or "") is not None


async def test_a_photo_stands_on_the_card_and_whom_to_name_in_its_description(
    paper: Newspaper,
) -> None:
    before = card_of(await drafted(paper))

    after = card_of(await put_on(paper))

    assert (before.photo, before.credit) == (None, None)
    assert after.credit == CREDIT
    assert after.alt == f"{before.alt}\n{CREDIT}"
    assert await kept(paper, after.photo)


async def test_what_asks_for_nobody_names_nobody(paper: Newspaper) -> None:
    before = card_of(await drafted(paper))

    after = card_of(await put_on(paper, Statement("public domain")))

    assert after.photo
    assert (after.credit, after.alt) == (None, before.alt)


async def test_a_photo_is_a_new_version_that_nobody_approved(paper: Newspaper) -> None:
    listed = await drafted(paper)
    bea = await paper.operator("bea")
    assert bea.operator is not None
    async with paper.database.writing() as connection:
        now = paper.clock.now()
        await approvals.approve(connection, which(listed), 1, bea.operator, now)
    approved = await paper.first()

    changed_ = await put_on(paper)

    assert approved.draft.approvals == ("bea",)
    assert changed_.draft.approvals == ()
    assert (changed_.draft.version, changed_.draft.edited) == (2, True)
    assert changed_.draft.stage is Stage.DRAFTED


async def test_who_stated_which_licence_is_in_the_log(paper: Newspaper) -> None:
    await drafted(paper)

    digest = card_of(await put_on(paper)).photo

    async with paper.database.reading() as connection:
        [entry] = await audit.page(connection, 10)
    assert (entry.who, entry.did) == ("ann 1", "photo")
    assert entry.detail == f"v2: CC BY 4.0; Jo Example; {(digest or '')[:12]}"


async def test_a_photo_taken_off_leaves_the_card_as_it_was_and_is_forgotten(
    paper: Newspaper,
) -> None:
    before = await drafted(paper)
    shown = await put_on(paper)

    await deeds(paper).take_off(which(shown), 2, Who("bea"))

    after = await paper.first()
    assert after.draft.parts == before.draft.parts
    assert after.draft.version == 3
    assert not await kept(paper, card_of(shown).photo)


async def test_another_photo_takes_the_place_of_the_first(paper: Newspaper) -> None:
    await drafted(paper)
    first = card_of(await put_on(paper))

    second = card_of(await put_on(paper, Statement("OGL 3.0", "Somebody"), b"another"))

    assert second.alt == first.alt.replace(CREDIT, "Photo: Somebody, OGL 3.0")
    assert (await kept(paper, first.photo), await kept(paper, second.photo)) == (False, True)


async def test_the_same_photo_again_changes_nothing(paper: Newspaper) -> None:
    await drafted(paper)
    first = await put_on(paper)

    again = await put_on(paper)

    assert again.draft == first.draft
    assert await kept(paper, card_of(again).photo)


async def test_taking_off_what_is_not_there_changes_nothing(paper: Newspaper) -> None:
    listed = await drafted(paper)

    decided = await deeds(paper).take_off(which(listed), 1, Who("ann"))

    assert decided.draft == (await paper.first()).draft == listed.draft


async def test_a_photo_is_put_on_the_version_that_was_seen(paper: Newspaper) -> None:
    listed = await drafted(paper)

    with pytest.raises(Stale):
        await deeds(paper).put_on(which(listed), 7, Photo.of(JPEG, NAMED), Who("ann"))
    with pytest.raises(NotThere):
        await deeds(paper).put_on((999, 1), 1, Photo.of(JPEG, NAMED), Who("ann"))

    assert (await paper.first()).draft == listed.draft


async def test_a_released_draft_shows_what_was_approved(paper: Newspaper) -> None:
    listed = await drafted(paper)
    await paper.desk.approve(which(listed), 1, await paper.operator("bea"))

    with pytest.raises(Stale):
        await put_on(paper)

    assert card_of(await paper.first()).photo is None
    [row] = await paper.world.run("SELECT COUNT(*) AS n FROM photo")
    assert row.n == 0


async def test_a_draft_without_a_card_takes_no_photo(paper: Newspaper) -> None:
    listed = await drafted(paper)
    plain = tuple(replace(part, picture=None) for part in listed.draft.parts)
    await paper.desk.edit(which(listed), 1, plain, Who("ann"))

    with pytest.raises(NoCard):
        await put_on(paper)


async def test_a_photo_outlives_a_revision_of_its_recall(paper: Newspaper) -> None:
    await drafted(paper)
    shown = card_of(await put_on(paper))

    await paper.publish(changed(a_recall(), product="Acme M1 mini power bank"))
    await paper.draft()

    assert card_of(await paper.first()).photo == shown.photo


def test_only_cards_show_photos() -> None:
    parts = (Part((), CHART), Part(()))

    assert without_photo(parts) == parts
    assert (has_card(parts), photo_of(parts)) == (False, None)
    assert with_photo(parts, Photo("d", JPEG, NAMED)) == parts


async def test_a_description_that_lost_whom_to_name_is_not_released(paper: Newspaper) -> None:
    await drafted(paper)
    draft = (await put_on(paper)).draft
    card = card_of(await paper.first())
    without = replace(draft.parts[0], picture=replace(card, alt=card.alt_without_credit))

    found = problems((without, *draft.parts[1:]), draft.lang, draft.sort)

    assert [(one.wrong, one.found) for one in found] == [(Wrong.ALT, "credit")]
    assert problems(draft.parts, draft.lang, draft.sort) == ()


def drawing(paper: Newspaper) -> tuple[Dispatcher, list[bytes | None]]:
    """Return a dispatcher that draws what photo it is given, and what it was given."""
    given: list[bytes | None] = []

    def draw(picture: Card | Chart, photo: bytes | None) -> Picture:
        given.append(photo)
        return Picture(b"drawn with " + (photo or b"nothing"), picture.alt)

    dispatcher = paper.dispatcher()
    return Dispatcher(
        paper.database,
        paper.board,
        paper.clock,
        dispatcher.knowledge,
        dispatcher.pipe,
        draw,
    ), given


async def released(paper: Newspaper) -> Listed:
    await drafted(paper)
    shown = await put_on(paper)
    bea = await paper.operator("bea")
    decided = await paper.desk.approve(which(shown), 2, bea)
    assert decided.problems == ()
    return shown


async def test_the_photo_that_was_approved_is_drawn_when_it_is_posted(paper: Newspaper) -> None:
    await released(paper)
    dispatcher, given = drawing(paper)

    await dispatcher.drain()

    assert given == [JPEG]
    assert [post.picture for post in paper.board.posts] == [b"drawn with " + JPEG]


async def test_where_the_photo_is_gone_the_post_goes_with_the_drawn_product(
    paper: Newspaper,
) -> None:
    await released(paper)
    await paper.world.run("DELETE FROM photo")
    dispatcher, given = drawing(paper)

    with capture_logs() as logs:
        await dispatcher.drain()

    assert given == [None]
    assert [post.picture for post in paper.board.posts] == [b"drawn with nothing"]
    assert "photo_not_there" in [line["event"] for line in logs]
