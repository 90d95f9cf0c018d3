from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from bots.cards.draw import draw
from bots.cards.intake import take_in
from bots.web.channel import Web
from bots.web.desk.desk import desk
from bots.web.desk.newsroom import Newsroom
from bots.web.desk.passwords import Passwords
from bots.web.desk.roles import Role
from bots.web.limits import MOST_BYTES, MOST_CARD_PHOTO_BYTES
from bots.web.site import site
from core.model.public import Card
from core.store.work import Database
from tests.bots.web.desk.stage import CHEAP, SETTINGS, DeskStage, browser_of, token_in
from tests.bots.web.stage import Shelf, Ticking
from tests.core.alert.board import Board
from tests.core.publish.newspaper import BY_HAND, Newspaper, a_recall, which

CREDIT = "Photo: Jo Example, CC BY 4.0"
NAMED = {"licence_kind": "named", "licence": "cc by 4.0", "attribution": "Jo Example"}
NOTHING: Mapping[str, str] = {}


def a_photo(size: tuple[int, int] = (900, 700), kind: str = "JPEG") -> bytes:
    written = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    Image.effect_noise(size, 120).convert("RGB").save(written, kind, exif=exif, quality=95)
    return written.getvalue()


@dataclass(slots=True)
class Session:
    """Somebody signed in, and a draft with a card in front of them."""

    stage: DeskStage
    paper: Newspaper
    path: str = ""
    pages: list[str] = field(default_factory=list)

    async def begin(self, role: Role = Role.EDITOR) -> Session:
        somebody = await self.stage.somebody("ann", role)
        await self.paper.account(BY_HAND)
        await self.paper.publish(a_recall())
        await self.paper.draft()
        alert, account = which(await self.paper.first())
        self.path = f"/desk/drafts/{alert}/{account}"
        assert (await self.stage.sign_in(somebody)).status_code == 303
        return self

    async def shown(self) -> str:
        return (await self.stage.client.get(self.path)).text

    async def put_on(
        self,
        photo: bytes,
        fields: Mapping[str, str] = NAMED,
        version: int = 1,
        **also: str,
    ) -> httpx.Response:
        """Send the form as a browser does."""
        shown = await self.shown()
        token = token_in(shown) or token_in((await self.stage.client.get("/desk/me")).text)
        return await self.stage.client.post(
            f"{self.path}/photo",
            data={"token": token, "version": str(version), **fields, **also},
            files={"photo": ("p.jpg", photo, "image/jpeg")},
        )

    async def card(self) -> Card:
        card = (await self.paper.first()).draft.parts[0].picture
        assert isinstance(card, Card)
        return card

    async def photos(self) -> int:
        [row] = await self.paper.world.run("SELECT COUNT(*) AS n FROM photo")
        return int(row.n)


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    """Give the desk with a board that takes pictures; nobody is signed in."""
    database = await Database.open(f"sqlite:///{tmp_path / 'desk.db'}")
    clock, board = Ticking(), Board(max_caption=10_000)
    paper = Newspaper(database, board=board)
    newsroom = Newsroom(voices=lambda: paper.voices, draw=draw, take_in=take_in)
    app = site(Web(SETTINGS, clock.now), Shelf(), SETTINGS)
    the_desk = desk(database, clock.now, SETTINGS, newsroom, Passwords(CHEAP))
    app.include_router(the_desk.router)
    async with browser_of(app) as client:
        yield Session(DeskStage(database, the_desk, app, clock, client), paper)
    await database.close()


def errors_in(page: str) -> list[str]:
    return re.findall(r'<p class="error" id="error-(\w+)">', page)


async def test_a_photo_with_a_named_licence_stands_on_the_card(session: Session) -> None:
    await session.begin()
    photo = a_photo()
    assert len(photo) > MOST_BYTES

    answer = await session.put_on(photo)

    assert (answer.status_code, answer.headers["location"]) == (303, session.path)
    card = await session.card()
    assert card.credit == CREDIT
    page = await session.shown()
    assert CREDIT in page
    assert "has to be approved again" in page
    assert (await session.stage.log())[-1].did == "photo"
    assert "changed the photo" in page


async def test_the_preview_shows_the_photo(session: Session) -> None:
    await session.begin()
    before = await session.stage.client.get(f"{session.path}/picture.jpg?part=0")

    await session.put_on(a_photo())

    after = await session.stage.client.get(f"{session.path}/picture.jpg?part=0")
    assert (before.status_code, after.status_code) == (200, 200)
    assert before.content != after.content
    assert f"v={2}" in await session.shown()


async def test_what_is_kept_is_the_picture_alone(session: Session) -> None:
    await session.begin()

    await session.put_on(a_photo())

    [row] = await session.paper.world.run("SELECT jpeg, added_by FROM photo")
    assert row.added_by == "ann"
    assert b"CameraMaker" not in row.jpeg


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        (NOTHING, "licence_kind"),
        ({"licence_kind": "named", "licence": "I may use it", "attribution": "Jo"}, "licence"),
        ({"licence_kind": "anything"}, "licence_kind"),
        ({"licence_kind": "named", "licence": "CC BY 4.0"}, "attribution"),
        ({"licence_kind": "own", "attribution": "J" * 200}, "attribution"),
    ],
)
async def test_without_a_licence_that_is_named_nothing_is_shown(
    session: Session, fields: dict[str, str], wrong: str
) -> None:
    await session.begin()

    answer = await session.put_on(a_photo(), fields)

    assert (answer.status_code, errors_in(answer.text)) == (422, [wrong])
    assert (await session.card()).photo is None
    assert await session.photos() == 0


@pytest.mark.parametrize("kind", ["own", "public_domain"])
async def test_own_work_and_public_domain_need_no_name(session: Session, kind: str) -> None:
    await session.begin()

    answer = await session.put_on(a_photo(), {"licence_kind": kind})

    assert answer.status_code == 303
    card = await session.card()
    assert (card.photo is not None, card.credit) == (True, None)


@pytest.mark.parametrize(
    "photo",
    [
        b"",
        b"GIF89a no photo",
        a_photo((100, 100)),
        b"\xff\xd8" + b"x" * MOST_CARD_PHOTO_BYTES,
    ],
)
async def test_what_is_no_photo_is_refused_and_what_was_typed_stays(
    session: Session, photo: bytes
) -> None:
    await session.begin()

    answer = await session.put_on(photo)

    assert (answer.status_code, errors_in(answer.text)) == (422, ["photo"])
    assert 'value="Jo Example"' in answer.text
    assert await session.photos() == 0


async def test_a_form_without_a_photo_asks_for_one(session: Session) -> None:
    await session.begin()
    fields = {"token": token_in(await session.shown()), "version": "1", **NAMED}
    parts = [f'name="{name}"\r\n\r\n{text}' for name, text in fields.items()]
    # What browsers send where no file was chosen.
    parts.append('name="photo"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n')
    body = "".join(f"--x\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)

    answer = await session.stage.client.post(
        f"{session.path}/photo",
        content=f"{body}--x--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )

    assert (answer.status_code, errors_in(answer.text)) == (422, ["photo"])


async def test_a_body_many_times_too_large_is_cut_off(session: Session) -> None:
    await session.begin()

    answer = await session.put_on(b"x" * (5 * MOST_CARD_PHOTO_BYTES))

    assert answer.status_code == 413


async def test_a_photo_is_taken_off_again(session: Session) -> None:
    await session.begin()
    before = await session.card()
    await session.put_on(a_photo())

    answer = await session.stage.send(
        f"{session.path}/photo/remove", {"version": "2"}, session.path
    )

    assert (answer.status_code, answer.headers["location"]) == (303, session.path)
    assert await session.card() == before
    assert await session.photos() == 0


async def test_somebody_who_was_quicker_is_not_overwritten(session: Session) -> None:
    await session.begin()

    put = await session.put_on(a_photo(), version=7)
    off = await session.stage.send(
        f"{session.path}/photo/remove", {"version": "7"}, session.path
    )

    assert (put.status_code, off.status_code) == (409, 409)
    assert await session.photos() == 0


async def test_who_only_reads_is_offered_no_photo_and_refused_one(session: Session) -> None:
    await session.begin(Role.VIEWER)

    answer = await session.put_on(a_photo())

    assert answer.status_code == 403
    assert 'type="file"' not in await session.shown()
    assert await session.photos() == 0


async def test_without_the_token_of_the_page_nothing_is_taken(session: Session) -> None:
    await session.begin()

    answer = await session.put_on(a_photo(), token="guessed")

    assert answer.status_code == 403
    assert await session.photos() == 0


async def test_who_is_not_signed_in_is_led_to_the_sign_in(session: Session) -> None:
    await session.begin()
    async with session.stage.another() as stranger:
        answer = await stranger.client.post(
            f"{session.path}/photo", data=NAMED, files={"photo": ("p.jpg", a_photo())}
        )

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in")


async def test_a_draft_that_is_not_there_takes_no_photo(session: Session) -> None:
    await session.begin()
    session.path = "/desk/drafts/999/999"

    put = await session.put_on(a_photo())
    off = await session.stage.send(
        "/desk/drafts/999/999/photo/remove", {"version": "1"}, "/desk/me"
    )

    assert (put.status_code, off.status_code) == (404, 404)


async def test_where_nothing_draws_no_photo_is_taken(session: Session, tmp_path: Path) -> None:
    await session.begin()
    stage, clock = session.stage, session.stage.clock
    app = site(Web(SETTINGS, clock.now), Shelf(), SETTINGS)
    newsroom = Newsroom(voices=lambda: session.paper.voices)
    app.include_router(
        desk(stage.database, clock.now, SETTINGS, newsroom, Passwords(CHEAP)).router
    )
    async with browser_of(app) as client:
        client.cookies = stage.client.cookies
        other = Session(
            DeskStage(stage.database, stage.desk, app, clock, client),
            session.paper,
            session.path,
        )

        answer = await other.put_on(a_photo())
        page = await other.shown()

    assert answer.status_code == 404
    assert 'type="file"' not in page
