"""What is copied into a form, and the mail that is finished but for sending."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.catalogue.load import FOLDER, load
from core.match.decide import judge
from core.model.recall import Notice
from core.model.unit import Unit
from core.text.claim_letter import Letter, facts_to_copy, letter_of, local_words
from core.text.translations import languages, translator
from tests.builders import a_code_rule, a_model, a_notice, a_unit, all_of

ALL = tuple(languages())
WORDS = translator("en")
CONTACT = {"regions": ("US",), "email": "help@acme.example", "source": "cpsc"}


@cache
def shipped() -> tuple[Notice, ...]:
    return tuple(notice for file in load(FOLDER, judge).files for notice in file.recalls)


def contacted(*units: Any, **contact: Any) -> Notice:
    return a_notice(*units, number="25-100", contacts=({**CONTACT, **contact},))


def written(notice: Notice, *, photo: bool = False) -> Letter:
    letter = letter_of(a_unit(), [notice], WORDS, region="US", photo=photo)
    assert letter is not None
    return letter


@pytest.mark.parametrize("lang", ALL)
def test_every_mail_is_one_link_to_one_address(lang: str) -> None:
    words = translator(lang)
    letters = [
        letter
        for notice in shipped()
        if (letter := letter_of(Unit(), [notice], words, region=None, photo=True))
    ]

    assert len(letters) > 20
    for letter in letters:
        link = urlsplit(letter.mailto)
        said = parse_qs(link.query, strict_parsing=True)
        assert (link.scheme, link.path) == ("mailto", letter.address)
        assert letter.mailto.isascii()
        assert said["subject"] == [letter.subject]
        assert said["body"][0].replace("\r\n", "\n") == letter.body
        assert set(said) == {"subject", "body"}


def test_what_a_form_asks_can_be_copied_and_what_we_do_not_know_stays_open() -> None:
    notice = contacted(all_of(a_model(), a_code_rule(starts=("57V",), length=(8,))))

    told = facts_to_copy(a_unit(serial="57V00001"), [notice], "US", WORDS)

    assert told == (
        "Brand: Acme\nModel number: X100\nSerial number: 57V00001\n"
        "Date of purchase: …\nCountry where it was bought: United States"
    )


def test_a_product_without_a_model_is_told_by_its_name_and_the_codes_of_its_notice() -> None:
    notice = contacted(a_code_rule(field="lot", eq=("A1",)))
    unit = a_unit(None, product="Desk lamp", bought="2024-05")

    told = facts_to_copy(unit, [notice], None, WORDS)

    assert "Product: Desk lamp\nLot number: …\nDate of purchase: 2024-05" in told
    assert told.endswith("Country where it was bought: …")


def test_a_serial_is_copied_though_the_notice_goes_by_none() -> None:
    told = facts_to_copy(a_unit(serial="57V00001"), [contacted()], "US", WORDS)

    assert "Serial number: 57V00001" in told


def test_a_mail_is_finished_but_for_sending() -> None:
    letter = written(contacted(), photo=True)

    assert letter.address == "help@acme.example"
    assert letter.subject == "Product safety recall (25-100): Acme X100"
    assert "I have a product that has been recalled (CPSC)." in letter.body
    assert "Model number: X100" in letter.body
    assert letter.body.endswith("The photo is attached.")
    assert "attached" not in written(contacted()).body


def test_without_a_number_or_a_unit_the_mail_is_about_the_product_of_the_notice() -> None:
    notice = a_notice(contacts=(CONTACT,))

    letter = letter_of(Unit(), [notice], WORDS, region="US", photo=False)

    assert letter is not None
    assert letter.subject == "Product safety recall: Acme X100 power bank"


@pytest.mark.parametrize(
    "email",
    ["a@acme.example or b@acme.example", "see the page", "a@b", "a@acme.example?cc=b@c.d"],
)
def test_what_is_no_one_address_opens_no_mail(email: str) -> None:
    notice = contacted(email=email)

    assert letter_of(a_unit(), [notice], WORDS, region="US", photo=False) is None


@pytest.mark.parametrize(
    ("region", "reader", "spoken"),
    [
        ("US", "de", "en"),
        ("JP", "en", "ja"),
        ("CH", "en", "de"),
        ("CA", "fr", "fr"),
        ("TW", "en", "zh-Hant"),
        ("CN", "en", "zh-Hans"),
        ("MX", "en", "es"),
        ("MY", "de", "de"),
        ("WORLD", "de", "de"),
        (None, "fr", "fr"),
    ],
)
def test_people_of_a_country_are_addressed_in_a_language_of_theirs(
    region: str | None, reader: str, spoken: str
) -> None:
    assert local_words(region, translator(reader)).lang == spoken
