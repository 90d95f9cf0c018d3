"""A claim walked in a chat, on a real SQLite file: what is ticked stays ticked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from core.channel import Address
from core.model.claim import PhotoWants
from core.model.message import Message
from core.model.recall import Notice
from core.model.unit import Unit
from core.query.answer import Answer, answer, at_home, probes
from core.query.claiming import Desk, Tick, is_walked, item_asked, item_of, opened, ticked
from core.query.commands import Command, command_of
from core.query.memory import Memory
from core.query.owning import Owner
from core.query.query import Intent, Query
from core.store import notices, subscribers
from core.store.claims import Claims
from core.store.work import Database
from core.text.translations import translator
from tests.builders import (
    NOW,
    a_citation,
    a_code_rule,
    a_model,
    a_notice,
    a_unit,
    all_of,
    knowledge,
)

PHOTO = 'The model number in view and the word "Recalled" written on it in marker.'
REMEDY = {
    "regions": ("US",),
    "options": ({"kind": "refund"},),
    "text": "Send the photo.",
    "photo": PHOTO,
    "claim_url": "https://acme.example/claim",
    "source": "cpsc",
}
RECALLED = a_notice(remedies=(REMEDY,))
LISTED = a_notice(
    all_of(a_model("L200"), a_code_rule(starts=("57V",), length=(8,))),
    id="acme-l200-us",
    product="Acme L200 power bank",
    remedies=(REMEDY,),
    sources=({**a_citation(), "url": "https://cpsc.example/recall/2"},),
)
WITHDRAWN = a_notice(
    a_model("R300"),
    id="acme-r300-us",
    state="retracted",
    sources=({**a_citation(), "url": "https://cpsc.example/recall/3"},),
)
HELD = (RECALLED, LISTED, WITHDRAWN)
WORDS = translator("en")


@dataclass(frozen=True)
class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    database = await Database.open(f"sqlite:///{tmp_path / 'claims.db'}")
    async with database.writing() as connection:
        await notices.put_notices(connection, "catalogue", list(HELD), NOW)
    yield Desk(database, Claims(Standing()))
    await database.close()


def owner(chat: str = "ann", home: str | None = "US") -> Owner:
    return Owner(Address("web", chat), NOW, WORDS, Memory(home=home))


def asked(*units: Unit, home: str | None = "US") -> Answer:
    """Return the answer to "/claim" about these units, from what the store holds."""
    query = Query("", Intent.CLAIM, None, urgent=False, units=units, lang=None)
    query = at_home(query, home)
    held: list[list[Notice]] = [list(HELD) for _ in probes(query)]
    return answer(query, held, knowledge(), WORDS)


def tick(text: str) -> Tick:
    found = Tick.of(command_of(text))
    assert found is not None
    return found


def ticks(message: Message) -> list[str]:
    return [button.says for button in message.buttons if "untick" in button.says]


async def test_what_is_ticked_stays_ticked_after_a_restart(desk: Desk, tmp_path: Path) -> None:
    await ticked(tick("/claim tick stop acme-x100-us"), asked(a_unit()), owner(), desk)
    again = await Database.open(f"sqlite:///{tmp_path / 'claims.db'}")

    message = await opened(asked(a_unit()), owner(), Desk(again, Claims(Standing())))
    await again.close()

    assert ticks(message) == ["/claim untick stop acme-x100-us"]


async def test_a_tick_is_taken_back(desk: Desk) -> None:
    await ticked(tick("/claim tick stop acme-x100-us"), asked(a_unit()), owner(), desk)

    message = await ticked(
        tick("/claim untick stop acme-x100-us"), asked(a_unit()), owner(), desk
    )

    assert ticks(message) == []
    assert ticks(await opened(asked(a_unit()), owner(), desk)) == []


async def test_every_button_of_a_claim_is_understood_and_walks_it_to_its_end(
    desk: Desk,
) -> None:
    found = asked(a_unit())
    message = await opened(found, owner(), desk)
    steps = len(message.buttons)

    for place in range(steps):
        message = await ticked(tick(message.buttons[place].says), found, owner(), desk)

    assert len(ticks(message)) == steps
    assert message.buttons[0].says == "/told disposed acme-x100-us"


async def test_ticking_twice_is_ticking_once(desk: Desk) -> None:
    once = await ticked(tick("/claim tick 1"), asked(a_unit()), owner(), desk)
    twice = await ticked(tick("/claim tick 1"), asked(a_unit()), owner(), desk)

    assert once == twice
    assert ticks(twice) == ["/claim untick stop acme-x100-us"]


async def test_of_a_recall_that_is_gone_from_the_store_nothing_is_kept(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'empty.db'}")
    desk = Desk(database, Claims(Standing()))

    message = await ticked(tick("/claim tick 1"), asked(a_unit()), owner(), desk)
    after = await opened(asked(a_unit()), owner(), desk)
    await database.close()

    assert ticks(message) == ticks(after) == []


async def test_people_do_not_see_each_others_ticks(desk: Desk) -> None:
    await ticked(tick("/claim tick 1"), asked(a_unit()), owner("ann"), desk)

    message = await opened(asked(a_unit()), owner("bob"), desk)

    assert ticks(message) == []


async def test_an_old_button_works_when_another_product_is_spoken_of(desk: Desk) -> None:
    elsewhere = asked(a_unit("L200", serial="57V00001"))

    message = await ticked(tick("/claim tick stop acme-x100-us"), elsewhere, owner(), desk)

    assert message.blocks[0].text == "Your claim: Acme X100 power bank"
    assert "57V00001" not in message.plain
    assert ticks(message) == ["/claim untick stop acme-x100-us"]


@pytest.mark.parametrize(
    "text",
    [
        "/claim tick stop nobodys-notice",
        "/claim tick stop acme-r300-us",
        "/claim tick dance acme-x100-us",
        "/claim tick 99 acme-x100-us",
        "/claim tick 0 acme-x100-us",
        "/claim tick stop",
    ],
)
async def test_what_is_no_step_of_a_claim_ticks_nothing(text: str, desk: Desk) -> None:
    message = await ticked(tick(text), asked(), owner(), desk)

    assert message.anew
    assert message.buttons == ()
    assert ticks(await opened(asked(a_unit()), owner(), desk)) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/claim tick photo acme", Tick("photo", done=True, notice="acme")),
        ("/claim@bot UNTICK Photo acme", Tick("photo", done=False, notice="acme")),
        ("/claim tick 2", Tick("2", done=True)),
        ("/claim", None),
        ("/claim tick", None),
        ("/claim A1263", None),
        ("/check tick 2", None),
        ("tick 2", None),
    ],
)
def test_a_tick_is_told_from_a_product(text: str, wanted: Tick | None) -> None:
    assert Tick.of(command_of(text)) == wanted
    assert is_walked(command_of(text)) == (wanted is not None)


@pytest.mark.parametrize(
    ("command", "number"),
    [
        (Command("claim", "item 7"), 7),
        (Command("claim", "Item 7"), 7),
        (Command("claim", "item seven"), None),
        (Command("claim", "item ²"), None),
        (Command("claim", "A1263"), None),
        (Command("mine", "item 7"), None),
        (None, None),
    ],
)
def test_an_item_is_asked_for_by_its_number(
    command: Command | None, number: int | None
) -> None:
    assert item_asked(command) == number
    assert is_walked(command) == (number is not None)


async def test_without_a_product_the_owner_is_asked_which_of_theirs(desk: Desk) -> None:
    unit = a_unit("L200", serial="57V00001")
    async with desk.database.writing() as connection:
        who = await subscribers.subscriber(connection, "web", "ann", NOW)
        await subscribers.add_item(connection, who, unit, NOW)

    message = await opened(asked(), owner(), desk)
    number = item_asked(command_of(message.buttons[0].says))
    assert number is not None
    theirs = await item_of(number, owner(), desk.database)

    assert message.buttons[0].label == "Acme L200"
    assert theirs is not None
    assert theirs.serial == "57V00001"
    assert await item_of(number, owner("bob"), desk.database) is None


async def test_a_unit_that_its_notice_excludes_gets_its_answer_and_no_claim(desk: Desk) -> None:
    message = await opened(asked(a_unit("L200", serial="99X00000")), owner(), desk)

    assert message.blocks[0].text.startswith("Not covered by the recall")
    assert message.buttons == ()


@pytest.mark.parametrize("model", ["Z900", "R300"])
async def test_what_no_standing_recall_names_gets_its_answer_and_no_claim(
    model: str, desk: Desk
) -> None:
    message = await opened(asked(a_unit(model)), owner(), desk)

    assert "Your claim" not in message.plain
    assert message.buttons == ()


async def test_what_may_be_recalled_is_checked_first(desk: Desk) -> None:
    message = await opened(asked(a_unit("L200")), owner(), desk)

    assert "2. Check that yours is one of the recalled ones" in message.plain


async def test_the_country_the_person_told_decides_the_remedy(desk: Desk) -> None:
    at = owner(home="DE")

    told = await opened(asked(a_unit(), home=None), at, desk)

    assert "I know of no remedy for Germany." in told.plain


async def test_the_example_is_drawn_while_the_photo_is_the_open_step(desk: Desk) -> None:
    drawn: list[PhotoWants] = []

    def draw(wants: PhotoWants) -> bytes:
        drawn.append(wants)
        return b"jpeg"

    drawing = Desk(desk.database, desk.claims, draw)

    first = await opened(asked(a_unit()), owner(), drawing)
    second = await ticked(tick("/claim tick stop"), asked(a_unit()), owner(), drawing)

    assert first.picture is None
    assert second.picture is not None
    assert second.picture.jpeg == b"jpeg"
    assert "2. “Recalled” written on the product" in second.picture.alt
    assert second.picture.alt in second.plain
    assert drawn == [PhotoWants(word="Recalled", model=True)]


async def test_without_anybody_who_draws_the_words_alone_are_sent(desk: Desk) -> None:
    blind = Desk(desk.database, desk.claims, lambda _: None)

    for one in (desk, blind):
        message = await ticked(tick("/claim tick stop"), asked(a_unit()), owner(), one)
        assert message.picture is None
        assert PHOTO in message.plain
        assert "The drawing" not in message.plain


async def test_a_serial_told_is_there_to_copy(desk: Desk) -> None:
    unit = Unit("Acme", "L200", MappingProxyType({"serial": "57V00001"}), confirmed=True)
    for step in ("stop", "photo"):
        await ticked(tick(f"/claim tick {step}"), asked(unit), owner(), desk)

    message = await opened(asked(unit), owner(), desk)

    assert "Serial number: 57V00001" in message.plain
