"""Stories of answers, told to what somebody reads in their chat."""

from __future__ import annotations

import pytest

from core.model.message import Message, Role
from tests.fakes import a_record
from tests.scenarios.stories.street import a_street
from tests.scenarios.stories.town import Town

NOTHING_FOUND = "No recall found"
NOT_COVERED = "Not covered by the recall"
# No code of it covers a unit, and no other recall names the product.
NEGATIVE = (NOTHING_FOUND, NOT_COVERED)


def headline(told: Message) -> str:
    """Return the first line of a reply."""
    return told.blocks[0].text


@pytest.mark.parametrize("typed", ["A1263", "Al263", "a-1263", "Ａ１２６３", "anker А1263"])
async def test_s01_a_misread_character_is_read_back_and_never_found_without_a_recall(
    shop: Town, typed: str
) -> None:
    model = await shop.says(f"anker {typed}")
    told = await shop.says(f"anker {typed} serial AOBJK23D18200O23", "bob")

    assert not model.plain.startswith(NEGATIVE)
    assert "Stop using" in model.plain
    assert not told.plain.startswith(NEGATIVE)
    assert "I read AOBJK23D18200O23 as A0BJK23D18200023" in told.plain


async def test_s02_with_all_sources_stale_or_dead_nothing_negative_is_said(shop: Town) -> None:
    await shop.reads(a_record("9"))
    fresh = await shop.says("Nokia 3310")
    asked = await shop.says("IKEA CALYPSO date code 1820", "bob")
    await shop.passes(days=100)
    await shop.reads(down="502")

    stale = await shop.says("Nokia 3310")
    confirmed = await shop.presses(asked, "Yes", "bob")
    affected = await shop.says("Casely E33A", "eve")

    assert headline(fresh).startswith(NOTHING_FOUND)
    assert headline(stale).startswith("I cannot answer")
    assert headline(confirmed).startswith("I cannot answer")
    assert headline(affected).startswith("Product safety recall: Casely")


async def test_s17_a_serial_posted_in_a_group_is_answered_in_private_alone(
    shop: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    serial = "000G211234567"
    async with a_street(shop) as street, street.listening():
        ann = street.person("Ann")
        group = street.server.world.gather("group", "Flat 3", ann)

        ann.say(f"/check INIU BI-B41 serial {serial}", to=group)
        public = await group.post(1)

        assert "Product safety recall" in public.text
        assert "INIU" in public.text
        ours = {name: told for name, told in public.now.items() if name != "reply_to_message"}
        assert serial not in str(ours)
        link = next(
            entity["url"]
            for entity in public.now.get("entities", ())
            if "start=" in entity.get("url", "")
        )
        ann.start(link.partition("start=")[2])
        private = await ann.chat.post(1)
        assert "BI-B41" in private.text
        assert serial not in private.text
        assert await shop.naming(serial) == set()
    assert serial not in "".join(capfd.readouterr())


async def test_s19_the_same_model_bought_in_two_countries_gets_each_countrys_answer(
    shop: Town,
) -> None:
    japan = await shop.says("Anker A1263 bought in Japan in 2024", "aki")
    america = await shop.says("Anker A1263 bought in the US in 2024", "bob")

    assert headline(japan).startswith("Product safety recall")
    assert headline(america).startswith("Product safety recall: check your")
    remedies = [block.text for block in japan.blocks if block.role is Role.REMEDY]
    assert remedies[0].startswith("What you get (Japan")
    remedies = [block.text for block in america.blocks if block.role is Role.REMEDY]
    assert remedies[0].startswith("What you get (United States")


async def test_s20_an_excluded_colour_needs_confirmation_and_the_other_is_recalled(
    shop: Town,
) -> None:
    white = await shop.says("Soundcore A3130 white bought in Japan", "aki")
    black = await shop.says("Soundcore A3130 black bought in Japan", "bob")
    typed = await shop.says("IKEA CALYPSO date code 1820", "cem")
    settled = await shop.presses(typed, "Yes", "cem")

    assert headline(white).startswith("Product safety recall: check your")
    assert headline(black).startswith("Product safety recall")
    assert "Does it really say 1820?" in typed.plain
    assert headline(settled).startswith(NOT_COVERED)


async def test_s26_a_remedy_is_never_that_of_another_product(shop: Town) -> None:
    told = await shop.says("INIU BI-B41 serial 000G21")

    remedies = [block.text for block in told.blocks if block.role is Role.REMEDY]
    sources = [block.url or "" for block in told.blocks if block.role is Role.SOURCE]
    assert len(remedies) == 1
    assert remedies[0].endswith("a refund.")
    assert any(url.startswith("https://www.cpsc.gov/Recalls/") for url in sources)


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("IKEA E2037 date code 2322", "IKEA E2038 date code 2322"),
        ("Romoss PAC20-272 batch M14-Q2", "Romoss PAC20-392 batch M14-Q2"),
    ],
)
async def test_s27_one_code_is_in_for_one_model_and_out_for_another(
    shop: Town, inside: str, outside: str
) -> None:
    covered = await shop.says(inside)
    other = await shop.says(outside, "bob")

    assert headline(covered) == f"Product safety recall: {' '.join(inside.split()[:2])}"
    assert "is covered by the recall" in covered.plain
    assert "is covered by the recall" not in other.plain
    assert not other.plain.startswith(NEGATIVE)
