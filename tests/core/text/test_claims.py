"""The claim companion's words: for every recall that ships, in every language, step by step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bots.discord import render as discord
from bots.telegram import render as telegram
from core.catalogue.load import FOLDER, load
from core.match.decide import judge
from core.model.claim import ClaimProgress, PhotoWants, Step
from core.model.message import Block, Message, Quote, Role
from core.model.recall import Notice
from core.model.unit import Unit
from core.sources.http import Fetcher
from core.sources.registry import build
from core.text.claims import (
    Claim,
    claim_message,
    disposal_walk,
    photo_legend,
    photo_wanted,
    which_claim,
)
from core.text.reassurance import reassuring
from core.text.translations import languages, translator
from tests.builders import NOW, a_notice, a_unit
from tests.contracts.source_cases import CASES

ALL = tuple(languages())
WORDS = translator("en")
# A country for which no notice that ships names a remedy.
NOWHERE = "BR"
NUMBERS = re.compile(r"\d{3,}")
CONTACT = {"regions": ("US",), "email": "help@acme.example", "source": "cpsc"}


@cache
def shipped() -> tuple[Notice, ...]:
    return tuple(notice for file in load(FOLDER, judge).files for notice in file.recalls)


def brands() -> set[str]:
    return {brand for notice in shipped() for brand in notice.brands if len(brand) > 3}


def recalled(
    units: Any = None, contacts: tuple[Any, ...] = (CONTACT,), **remedy: Any
) -> Notice:
    stated = {"regions": ("US",), "options": ({"kind": "refund"},), "text": "Ask for it."}
    remedies = ({**stated, "source": "cpsc", **remedy},)
    return a_notice(units, number="25-100", remedies=remedies, contacts=contacts)


def walked(claim: Claim, lang: str) -> Iterator[Message]:
    """Yield the claim as it stands before each tick, and behind the last one."""
    progress = ClaimProgress(event=claim.event)
    words = translator(lang)
    for step in claim.steps:
        yield claim_message(claim, progress, words)
        progress = progress.ticking(step)
    yield claim_message(claim, progress, words)


def at(claim: Claim, step: Step, lang: str = "en") -> Message:
    """Return the claim with this step open and everything before it ticked."""
    before = claim.steps[: claim.steps.index(step)]
    progress = ClaimProgress(event=claim.event, ticked=frozenset(before))
    return claim_message(claim, progress, translator(lang))


def everything(claim: Claim, lang: str) -> list[Block]:
    return [block for message in walked(claim, lang) for block in message.blocks]


def is_mail(url: str) -> bool:
    return url.startswith("mailto:")


def claims_of(notice: Notice) -> Iterator[Claim]:
    brand = notice.brands[0]
    for region in (None, next(iter(notice.regions)), NOWHERE):
        yield Claim((notice,), Unit(brand), region, decided=False)
        yield Claim((notice,), Unit(brand), region, decided=True)


@pytest.mark.parametrize("lang", ALL)
def test_every_claim_can_be_walked_to_its_end_in_every_language(lang: str) -> None:
    words = translator(lang)

    for notice in shipped():
        for claim in claims_of(notice):
            *before, last = walked(claim, lang)
            assert len(before) == len(claim.steps)
            assert all(len(message.buttons) == len(claim.steps) for message in before)
            assert last.buttons[0].says.startswith("/told ")
            said = (block.text for message in before for block in message.blocks)
            assert reassuring("\n".join(said), words) == []


@pytest.mark.parametrize("lang", ALL)
def test_every_claim_names_nothing_that_its_notice_does_not_say(lang: str) -> None:
    for notice in shipped():
        body = notice.model_dump_json()
        facts = re.sub(r"\W+", " ", f"{body} {notice.model_dump(mode='python')}")
        for claim in claims_of(notice):
            for block in everything(claim, lang):
                _rests_on(block, notice, body, facts, lang)


def _rests_on(block: Block, notice: Notice, body: str, facts: str, lang: str) -> None:
    words = translator(lang)
    if block.url and is_mail(block.url):
        assert urlsplit(block.url).path in body
    elif block.url:
        assert block.url in body
    if block.quote and block.text != words("dispose_call_local"):
        assert block.quote.text in set(_texts(notice.model_dump()))
    others = brands() - set(notice.brands)
    assert [name for name in others if name in block.text and name not in body] == []
    assert [one for one in NUMBERS.findall(block.text) if one not in facts] == []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


@pytest.mark.parametrize("lang", ALL)
def test_every_claim_fits_the_chats_that_carry_it(lang: str) -> None:
    for notice in shipped():
        claim = Claim((notice,), Unit(notice.brands[0]), notice.regions[0], decided=True)
        for message in walked(claim, lang):
            assert all(telegram.fits(post.text) for post in telegram.render(message))
            assert all(discord.fits(post.text) for post in discord.render(message))
            assert len(message.buttons) <= 8


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_notice_of_a_feed_is_walked_however_little_it_says(case: Any) -> None:
    source = build(case.name, Fetcher())
    for record in source.split(case.payload, case.url, NOW):
        notice = source.parse(record)
        for claim in (Claim((notice,)), Claim((notice,), Unit("Acme"), NOWHERE, decided=True)):
            blocks = everything(claim, "en")
            assert blocks[0].role is Role.HEADLINE
            assert notice.main_source.url in [block.url for block in blocks]


@pytest.mark.parametrize(("lang", "body"), [("en", "Hello"), ("ja", "Hello")])
def test_a_mail_stands_beside_the_address_in_the_language_of_the_country(
    lang: str, body: str
) -> None:
    claim = Claim((recalled(),), a_unit(), "US", decided=True)

    (mail,) = (url for b in at(claim, Step.ASK, lang).blocks if is_mail(url := b.url or ""))

    assert parse_qs(urlsplit(mail).query)["body"][0].startswith(body)


def test_a_line_of_several_addresses_is_shown_as_it_is() -> None:
    contact = {**CONTACT, "email": "a@acme.example or b@acme.example"}
    claim = Claim((recalled(contacts=(contact,)),), a_unit(), "US", decided=True)

    message = at(claim, Step.ASK)

    assert not any(is_mail(block.url or "") for block in message.blocks)
    assert "a@acme.example or b@acme.example" in message.plain


def test_only_the_open_step_is_told_in_full() -> None:
    photo = "The back with the serial number."
    claim = Claim((recalled(photo=photo),), a_unit(), "US", decided=True)

    first, at_photo, at_asking, *_ = walked(claim, "en")

    assert [photo in one.plain for one in (first, at_photo, at_asking)] == [False, True, False]
    assert ["To copy" in one.plain for one in (first, at_photo, at_asking)] == [
        False,
        False,
        True,
    ]


def test_the_photo_is_the_owners_to_send() -> None:
    claim = Claim((recalled(photo="The back."),), a_unit(), "US", decided=True)

    assert "I do not send or upload it anywhere" in at(claim, Step.PHOTO).plain


def test_the_drawing_has_a_number_for_each_thing_wanted_while_the_photo_is_open() -> None:
    photo = 'The model number and the word "Recalled" written on it.'
    claim = Claim((recalled(photo=photo),), a_unit(), "US", decided=True)
    progress = ClaimProgress(event=claim.event)

    wants = photo_wanted(claim, progress.ticking(Step.STOP))

    assert photo_wanted(claim, progress) is None
    assert wants == PhotoWants(word="Recalled", model=True)
    assert photo_legend(wants, WORDS).splitlines()[1:] == [
        "1. model number",
        "2. “Recalled” written on the product",
    ]


@pytest.mark.parametrize("lang", ALL)
def test_whatever_is_drawn_has_its_legend(lang: str) -> None:
    wants = PhotoWants("Recalled", name=True, date=True, model=True, sides=True, cut=True)

    for one in (wants, PhotoWants(serial=True), PhotoWants(model=True, serial=True)):
        assert len(photo_legend(one, translator(lang)).splitlines()) == len(one.parts) + 1


def test_a_photo_without_particulars_is_not_drawn() -> None:
    claim = Claim((recalled(photo="A clear picture."),), a_unit(), "US", decided=True)

    assert photo_wanted(claim, ClaimProgress.of(claim.event, ["stop"])) is None


def test_a_box_is_ticked_and_opened_by_its_button() -> None:
    claim = Claim((recalled(),), a_unit(), "US", decided=True)

    message = claim_message(claim, ClaimProgress.of(claim.event, ["stop"]), WORDS)

    assert [(button.label, button.says) for button in message.buttons] == [
        ("☑ 1 Stopped using it", "/claim untick stop acme-x100-us"),
        ("☐ 2 Claim sent", "/claim tick ask acme-x100-us"),
        ("☐ 3 Handed in", "/claim tick away acme-x100-us"),
    ]
    assert "☑ 1. Stop using it (done)" in message.plain
    assert "☐ 2. Write or call" in message.plain


@pytest.mark.parametrize(
    ("kind", "says"),
    [("refund", "/told disposed acme-x100-us"), ("repair", "/told claimed acme-x100-us")],
)
def test_behind_the_last_tick_stands_how_to_tell_that_it_is_over(kind: str, says: str) -> None:
    claim = Claim((recalled(options=({"kind": kind},)),), a_unit(), "US", decided=True)

    *_, last = walked(claim, "en")

    assert last.buttons[0].says == says
    assert "Every step is ticked." in last.plain


def test_no_serial_stands_on_a_button() -> None:
    claim = Claim((recalled(),), a_unit(serial="57V00001"), "US", decided=True)

    said = [f"{b.label} {b.says}" for one in walked(claim, "en") for b in one.buttons]

    assert not any("57V" in text for text in said)


def test_a_country_without_a_remedy_is_told_so_and_whom_to_ask() -> None:
    claim = Claim((recalled(photo="The back."),), a_unit(), "DE", decided=True)

    told = at(claim, Step.ASK).plain

    assert "I know of no remedy for Germany." in told
    assert "help@acme.example" in told
    assert "Read the notice of CPSC" in told
    assert Step.PHOTO not in claim.steps


def test_without_steps_and_contacts_the_authoritys_page_is_the_way() -> None:
    notice = a_notice()

    message = at(Claim((notice,), a_unit(), "US", decided=True), Step.ASK)
    (step,) = [block for block in message.blocks if block.role is Role.NEXT_STEP]

    assert step.text.startswith("☐ 2. Read the notice of CPSC")
    assert step.url == notice.main_source.url


def test_with_a_form_its_link_stands_on_the_step_and_once() -> None:
    form = "https://acme.example/claim"
    claim = Claim((recalled(claim_url=form),), a_unit(), "US", decided=True)

    first = next(walked(claim, "en"))

    assert [block.text for block in first.blocks if block.url == form] == [
        "☐ 2. Fill in the form"
    ]


def test_with_several_countries_and_none_known_the_country_is_asked_for() -> None:
    other = {
        "regions": ("JP",),
        "options": ({"kind": "replace"},),
        "text": "Other.",
        "source": "cpsc",
        "claim_url": "https://acme.example/jp",
    }
    both = recalled().model_copy(
        update={"remedies": (*recalled().remedies, *a_notice(remedies=(other,)).remedies)}
    )

    told = next(walked(Claim((both,), a_unit(), decided=True), "en")).plain
    of_us = next(walked(Claim((both,), a_unit(), "US", decided=True), "en")).plain

    assert "What you get depends on the country." in told
    assert "depends on the country" not in of_us
    assert "Other." not in of_us


def test_the_receipt_is_a_step_where_it_counts_and_else_a_line() -> None:
    required = Claim((recalled(proof_of_purchase="required"),), a_unit(), "US", decided=True)
    free = Claim((recalled(proof_of_purchase="not_needed"),), a_unit(), "US", decided=True)

    assert "A receipt is required." in at(required, Step.PROOF).plain
    assert "No receipt is needed." in at(free, Step.ASK).plain


def test_what_may_not_be_recalled_is_checked_where_the_notice_says() -> None:
    notice = recalled().model_copy(
        update={"find_it": a_notice(find_it={"text": "Look below.", "source": "cpsc"}).find_it}
    )

    message = at(Claim((notice,), a_unit(), "US"), Step.CHECK)

    (step,) = [block for block in message.blocks if block.role is Role.NEXT_STEP]
    assert step.url == notice.checker
    assert Quote("Look below.") in [block.quote for block in message.blocks]
    assert "until you know" in message.plain
    assert "until you know" not in at(Claim((notice,), a_unit(), "US"), Step.ASK).plain


def test_without_a_word_on_where_to_look_checking_is_a_line() -> None:
    message = at(Claim((recalled(),), a_unit(), "US"), Step.CHECK)

    assert "Check that yours is one of the recalled ones" in message.plain


def test_a_source_stands_there_for_each_remedy_told() -> None:
    leading = a_notice(id="acme-x100-eu", regions=("DE",), authority="BAuA")
    other = recalled()

    silent = a_notice(id="acme-x100-jp", regions=("JP",), authority="METI")
    claim = Claim((leading, silent, other), a_unit(), "US", decided=True)

    message = next(walked(claim, "en"))

    told = [block.text for block in message.blocks if block.role is Role.SOURCE]
    assert told == ["BAuA", "CPSC"]


def test_the_words_on_the_telephone_are_said_in_both_languages() -> None:
    at_home = list(disposal_walk([recalled()], "DE", translator("de")))
    abroad = list(disposal_walk([recalled()], "DE", WORDS))

    assert not any(block.quote for block in at_home)
    (local,) = [block.quote for block in abroad if block.quote]
    assert local.lang == "de"
    assert "Lithium-Ionen-Akku" in local.text


def test_what_is_no_battery_gets_no_words_on_batteries() -> None:
    (block,) = disposal_walk([a_notice(category="toy")], "US", WORDS)

    assert "lithium" not in block.text


def test_without_a_notice_the_words_on_batteries_are_said() -> None:
    told = "\n".join(block.plain for block in disposal_walk([], None, WORDS))

    assert "Say on the phone" in told


def test_which_of_the_things_on_a_list_is_asked_without_their_codes() -> None:
    message = which_claim([(7, a_unit(serial="57V00001"))], WORDS)

    assert [(b.label, b.says) for b in message.buttons] == [("Acme X100", "/claim item 7")]
