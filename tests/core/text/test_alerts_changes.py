"""What became of a recall is told as it is: more, other, less, and never as an all-clear."""

from __future__ import annotations

from datetime import date

import pytest

from core.model.message import Message, Role
from core.model.recall import Notice
from core.model.unit import Unit
from core.text.alerts.changes import Change, Revised, correction
from core.text.alerts.parts import Mine, News
from core.text.reassurance import reassuring
from core.text.translations import languages, translator
from tests.builders import a_citation, a_model, a_notice, a_rule, a_unit
from tests.core.text.alerts_stage import ALERT, TOLD_AT, reader, thing

ALL = tuple(languages())


def told(
    kind: Revised, before: Notice, after: Notice, *others: Notice, unit: Unit | None = None
) -> Message:
    """Return what an American owner of an X100 is told of a change."""
    notices = (after, *others)
    mine = thing(unit or a_unit(region="US"), *notices)
    change = Change(kind, before, after, TOLD_AT)
    return correction(News(ALERT, notices), change, mine, reader())


def lines(message: Message, role: Role = Role.VERDICT) -> list[str]:
    return [block.text for block in message.blocks if block.role is role]


def a_remedy(kind: str, since: date, **more: object) -> dict[str, object]:
    option = {"kind": kind, **more}
    known = {"text": "Register.", "source": "cpsc", "since": since}
    return {"regions": ("US",), "options": (option,), **known}


GIFT = a_remedy("gift_card", date(2025, 6, 12), amount="30", currency="USD")
REFUND = a_remedy("refund", date(2025, 9, 12))


def test_an_expansion_names_the_models_and_countries_that_are_new() -> None:
    before = a_notice(regions=("US",))
    after = a_notice(a_model("X100", "X200"), regions=("US", "CA"))

    said = told(Revised.EXPANDED, before, after)

    assert said.blocks[0].text == "Product safety recall (expanded): Acme X100"
    assert lines(said)[:2] == [
        "I told you of this on June 1, 2026. CPSC has since widened it: more is covered now.",
        "New: X200 and Canada.",
    ]
    assert said.buttons[0].says == "/told stopped 17"


def test_an_expansion_that_names_nothing_new_lists_nothing() -> None:
    said = told(Revised.EXPANDED, a_notice(), a_notice())

    assert "New:" not in said.plain


def test_a_changed_remedy_names_the_old_and_the_new_one() -> None:
    before, after = a_notice(remedies=(GIFT,)), a_notice(remedies=(GIFT, REFUND))

    said = told(Revised.REMEDY_CHANGED, before, after)

    assert said.blocks[0].text == ("Product safety recall (new remedy): Acme X100 power bank")
    assert lines(said)[:4] == [
        "I told you of this on June 1, 2026. What owners get has changed since.",
        "Before: a gift card of $30.00.",
        "Now: a refund.",
        "If you have already claimed, ask whether the new terms hold for you.",
    ]
    assert lines(said, Role.REMEDY) == [
        "What you get (United States, since September 12, 2025): a refund."
    ]
    assert [b.says for b in said.buttons] == [
        "/told claimed 17",
        "/told remind 17",
        "/told notmine 17",
    ]


def test_a_remedy_that_came_or_went_is_told_without_the_one_there_is_not() -> None:
    bare, refund = a_notice(), a_notice(remedies=(REFUND,))

    came = told(Revised.REMEDY_CHANGED, bare, refund)
    went = told(Revised.REMEDY_CHANGED, refund, bare)
    same = told(Revised.REMEDY_CHANGED, refund, refund)

    assert [("Before:" in one.plain, "Now:" in one.plain) for one in (came, went, same)] == [
        (False, True),
        (True, False),
        (False, False),
    ]


def test_a_watcher_elsewhere_reads_the_remedies_there_are() -> None:
    before, after = a_notice(remedies=(GIFT,)), a_notice(remedies=(REFUND,))
    change = Change(Revised.REMEDY_CHANGED, before, after, TOLD_AT)

    said = correction(News(ALERT, (after,)), change, None, reader(region="DE"))

    assert "Before: a gift card of $30.00." in said.plain
    assert said.buttons == ()


@pytest.mark.parametrize("lang", ALL)
def test_a_closed_file_changes_no_advice_in_any_language(lang: str) -> None:
    words, after = translator(lang), a_notice(state="closed")
    change = Change(Revised.CLOSED, a_notice(), after, TOLD_AT)

    said = correction(News(ALERT, (after,)), change, thing(a_unit(), after), reader(lang))

    assert said.blocks[1].text == words("action_battery")
    assert words("alert_closed", authority="CPSC") in said.plain
    assert reassuring(said.plain, words) == []


def test_a_reopened_one_is_told_as_it_stands() -> None:
    said = told(Revised.REOPENED, a_notice(state="closed"), a_notice())

    assert said.blocks[0].text == "Product safety recall (open again): Acme X100 power bank"
    assert lines(said)[0] == "CPSC has opened this again. This is how it stands now:"


@pytest.mark.parametrize("lang", ALL)
def test_what_was_withdrawn_is_no_proof_of_anything(lang: str) -> None:
    words, after = translator(lang), a_notice(state="retracted")
    change = Change(Revised.RETRACTED, a_notice(), after, TOLD_AT)
    news = News(ALERT, (after,))

    said = [correction(news, change, mine, reader(lang)) for mine in (thing(a_unit()), None)]

    for one in said:
        assert words("alert_no_proof") in one.plain
        assert words("alert_ask_maker") in one.plain
        assert words.day(TOLD_AT.date()) in one.plain
        assert reassuring(one.plain, words) == []
        assert one.blocks[-1].role is Role.SOURCE
    assert [b.says for b in said[0].buttons] == ["/told stopped 17", "/told notmine 17"]
    assert said[1].buttons == ()


def test_what_one_authority_withdrew_still_stands_by_the_other() -> None:
    other = a_notice(id="other", authority="Health Canada", sources=(a_citation(),))

    said = told(Revised.RETRACTED, a_notice(), a_notice(state="retracted"), other)

    assert said.blocks[0].text == "Product safety recall (corrected): Acme X100 power bank"
    assert said.blocks[1].text.startswith("Stop using and charging it now.")
    assert lines(said)[:2] == [
        "I told you of this on June 1, 2026. CPSC has withdrawn its notice.",
        "Another notice of it still stands: Health Canada.",
    ]
    assert [text.partition(",")[0] for text in lines(said, Role.SOURCE)] == [
        "Source: Health Canada"
    ]


def test_a_model_that_was_named_by_mistake_is_told_so_and_to_be_compared() -> None:
    before, after = a_notice(a_model("X100")), a_notice(a_model("Y900"))

    said = told(Revised.CORRECTED, before, after)

    assert said.blocks[0].text == (
        "Product safety recall (corrected, please check): Acme X100 power bank"
    )
    assert lines(said) == [
        (
            "On June 1, 2026 I sent you a notice about Acme X100 power bank. It has been "
            "corrected: yours is not named in it any more."
        ),
        "The notice now names: Y900.",
        "That does not prove that it cannot hurt anybody.",
    ]
    assert lines(said, Role.NEXT_STEP) == [
        "Next: compare that with the number on yours, character by character."
    ]
    assert [b.says for b in said.buttons] == ["/told which 17", "/told notmine 17"]


def test_a_model_that_merely_looks_like_the_one_meant_is_named_no_more() -> None:
    before, after = a_notice(a_model("A1236")), a_notice(a_model("A1263"))
    unit = Unit("Acme", "A1236", {"region": "US"})

    said = told(Revised.CORRECTED, before, after, unit=unit)

    assert thing(unit, after).concerned
    assert "yours is not named in it any more" in said.plain
    assert "The notice now names: A1263." in said.plain


def test_a_look_alike_that_was_never_named_is_still_told_to_look() -> None:
    notice = a_notice(a_model("A1263"))
    unit = Unit("Acme", "A1236", {"region": "US"})

    said = told(Revised.CORRECTED, notice, notice, unit=unit)

    assert "yours is not named" not in said.plain
    assert "easily mixed up" in said.plain


def test_a_notice_that_names_no_model_any_more_lists_none() -> None:
    every = a_notice(a_model("X100"))
    none = a_notice(a_rule({"op": "all_units"}), brands=("Zed",))

    said = told(Revised.CORRECTED, every, none)

    assert "any more" in said.plain
    assert "now names" not in said.plain


def test_a_correction_of_what_still_is_theirs_tells_how_it_stands() -> None:
    said = told(Revised.CORRECTED, a_notice(), a_notice(regions=("US", "CA")))

    assert said.blocks[0].text == "Product safety recall (corrected): Acme X100 power bank"
    assert lines(said)[0].endswith("This is how it stands now:")


def test_the_name_its_owner_gave_it_stands_in_a_correction_too() -> None:
    after = a_notice(state="retracted")
    change = Change(Revised.RETRACTED, a_notice(), after, TOLD_AT)
    mine = thing(a_unit(), after, nickname="Kitchen")

    said = correction(News(ALERT, (after,)), change, mine, reader())

    assert isinstance(mine, Mine)
    assert "“Kitchen”" in said.blocks[0].text
