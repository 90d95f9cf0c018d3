"""Stories of what becomes of a recall: corrected, told anew, taken up by another authority."""

from __future__ import annotations

import pytest

from tests.fakes import a_record
from tests.scenarios.stories.town import Town

OTHER = a_record("0", brands=["Zorb"], units={"op": "model", "any_of": ["ZB9"]})
YOURS = "Product safety recall: your Acme X100 power bank"
US = {"regions": ["US"], "source": "fake"}


def recall_of(*models: str, **facts: object) -> dict[str, object]:
    """Return a recall of these models."""
    units = {"op": "model", "any_of": list(models), "match": "exact"}
    return a_record("1", units=units, product="Acme power bank", **facts)


async def test_s13_a_wrong_model_is_corrected_for_exactly_those_who_were_told(
    town: Town,
) -> None:
    await town.reads(OTHER)
    await town.says("I own an Acme X100", "ann")
    await town.says("I own an Acme X200", "bob")
    await town.says("I own an Acme X300", "cem")
    await town.reads(OTHER, recall_of("X100"))
    await town.passes(minutes=5)
    told = town.headlines("ann")

    await town.reads(OTHER, recall_of("X200"))
    await town.passes(minutes=5)

    first, correction = town.letters.shown("ann")
    assert told == ["Product safety recall: your Acme power bank (X100)"]
    assert correction.reply_to == first.id
    assert "X200" in correction.text
    assert "is safe" not in correction.text
    assert town.headlines("bob") == ["Product safety recall: your Acme power bank (X200)"]
    assert town.got("cem") == []


async def test_s18_another_remedy_is_told_once_to_owners_and_to_who_has_claimed(
    town: Town,
) -> None:
    gift = {"options": [{"kind": "gift_card", "amount": "30", "currency": "USD"}]}
    refund = {"options": [{"kind": "refund"}]}
    words = {"text": "Ask the maker.", "since": "2026-06-01"}
    before = recall_of("X100", remedies=[US | words | gift])
    after = recall_of("X100", remedies=[US | words | refund])
    await town.reads(OTHER)
    await town.says("I own an Acme X100", "ann")
    await town.says("I own an Acme X100", "bob")
    await town.says("/watch Acme", "eve")
    await town.reads(OTHER, before)
    await town.passes(days=1, minutes=5)
    [_, reminder] = town.letters.shown("bob")
    await town.presses(reminder, "Claimed", "bob")

    await town.reads(OTHER, after)
    await town.passes(minutes=5)
    await town.reads(OTHER, after)
    await town.passes(minutes=5)

    for who in ("ann", "bob"):
        first, *_, changed = town.letters.shown(who)
        assert changed.reply_to == first.id
        assert "refund" in changed.text
        assert "gift card" in changed.text
        assert len([told for told in town.got(who) if "refund" in told]) == 1
    assert len(town.got("eve")) == 2


async def test_s21_who_was_told_there_is_none_hears_that_this_has_changed(town: Town) -> None:
    expanded = recall_of("X500", "Q70", regions=["JP", "US"])
    await town.reads(OTHER, recall_of("X500", regions=["JP"]))
    none = await town.says("Acme Q70", "ann")
    check = await town.says("Acme X500 bought in the US", "bob")
    await town.says("Acme K900", "cem")
    await town.says("/alerts answers off", "dan")
    await town.says("Acme Q70", "dan")

    await town.reads(OTHER, expanded)
    await town.passes(minutes=5)
    await town.reads(OTHER, expanded)
    await town.passes(minutes=5)

    assert none.plain.startswith("No recall found")
    assert check.plain.startswith("Product safety recall in another country")
    [changed], [checked] = town.got("ann"), town.got("bob")
    assert "On June 14, 2026" in changed
    assert "That has changed." in changed
    assert "On June 14, 2026 I asked you to check it. There is news:" in checked
    assert town.got("cem") == town.got("dan") == []


@pytest.mark.parametrize("between", [0, 5], ids=["together", "later"])
async def test_s25_two_authorities_notices_of_one_event_are_one_alert_with_both_on_it(
    town: Town, between: int
) -> None:
    page = "https://canada.example/en/power-bank"
    american = recall_of("X100", linked=[page])
    canadian = a_record("77", page=page, regions=["CA"], authority="Health Canada")
    await town.reads(OTHER)
    await town.reads(OTHER | {"key": "c"}, source="canada")
    await town.says("I own an Acme X100", "ann")
    await town.says("/watch Acme", "eve")
    await town.says_in_group("/feed on", "flat", admin=True)

    await town.reads(OTHER, american)
    if between:
        await town.passes(minutes=between)
    await town.reads(OTHER | {"key": "c"}, canadian, source="canada")
    await town.passes(hours=12)

    assert [len(town.got(who)) for who in ("ann", "eve")] == [1, 1]
    [alert] = town.got("ann")
    assert "Source: Fake Authority" in alert
    asked = await town.says("Acme X100")
    assert "Health Canada" in (asked.plain if between else alert)
    preview, post = town.got("flat")
    assert preview.endswith(post)
