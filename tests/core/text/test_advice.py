"""What owners are told to do now fits the kind of thing it is, in every language."""

from __future__ import annotations

import pytest

from core.model.message import Role
from core.model.recall import Notice
from core.text.advice import (
    Advice,
    action_for_all,
    action_of,
    advice_of,
    bare_action,
    brief_action,
)
from core.text.alerts.digests import Line, digest
from core.text.alerts.first import first_alert
from core.text.alerts.parts import STOPPED, News, of_product
from core.text.alerts.reminders import reminder
from core.text.compose import action_block
from core.text.notice import notice_blocks
from core.text.reassurance import reassuring
from core.text.translations import languages, translator
from tests.builders import a_notice, a_unit
from tests.core.text.alerts_stage import ALERT, TOLD_AT, reader, thing

WORDS = translator("en")


def driven(says: str = "A crash may follow.", category: str = "vehicle") -> Notice:
    hazard = {"kinds": ["crash"], "text": says, "source": "cpsc"}
    return a_notice(category=category, hazard=hazard)


@pytest.mark.parametrize(
    ("category", "advice"),
    [
        ("power-bank", Advice.BATTERY),
        ("infant-formula", Advice.FOOD),
        ("drug", Advice.MEDICAL),
        ("medical-device", Advice.MEDICAL),
        ("vehicle", Advice.VEHICLE),
        ("motorcycle", Advice.VEHICLE),
        ("off-road-vehicle", Advice.OTHER),
        ("toy", Advice.OTHER),
    ],
)
def test_the_kind_of_thing_decides_which_advice_there_is(category: str, advice: Advice) -> None:
    assert advice_of(a_notice(category=category)) is advice


@pytest.mark.parametrize("category", ["drug", "medical-device"])
def test_nobody_is_told_to_stop_a_medicine_in_a_reply_an_alert_a_post_or_a_page(
    category: str,
) -> None:
    notice = a_notice(category=category)
    mine, news = thing(a_unit(), notice), News(ALERT, (notice,))

    said = [
        action_block(notice, WORDS, known=True).text,
        action_block(notice, WORDS, known=False).text,
        of_product(news, reader()).action.text,
        first_alert(news, mine, reader()).plain,
        *(reminder(number, news, mine, TOLD_AT, reader()).plain for number in (1, 2)),
        "\n".join(block.text for block in notice_blocks(notice, WORDS)),
        brief_action(notice, WORDS, known=True),
        bare_action(notice, WORDS),
    ]

    assert all("sk your doctor" in text for text in said)
    assert not any("top using" in text or "topped using" in text for text in said)


def test_who_is_not_to_stop_is_given_no_button_that_says_they_did() -> None:
    worn, burning = a_notice(category="medical-device"), a_notice()

    pressed = [
        [button.says for button in first_alert(News(ALERT, (one,)), mine, reader()).buttons]
        for one in (worn, burning)
        for mine in [thing(a_unit(), one)]
    ]

    assert [any(STOPPED in one for one in says) for says in pressed] == [False, True]


def test_a_list_with_a_medicine_in_it_sends_to_the_doctor_about_that() -> None:
    both = (a_notice(), a_notice(id="b", category="drug"))

    said = digest([Line(one) for one in both], TOLD_AT, reader())

    (action,) = (block.text for block in said.blocks if block.role is Role.ACTION)
    assert "ask your doctor" in action
    assert action_for_all(both[:1], WORDS) == WORDS("digest_action")


@pytest.mark.parametrize(
    ("says", "advice"),
    [
        ("A crash may follow.", Advice.VEHICLE),
        ("Consumer advisory: Do Not Drive. A crash may follow.", Advice.NO_DRIVING),
        ("Owners should not drive it.", Advice.NO_DRIVING),
        ("Ne plus utiliser le véhicule.", Advice.NO_DRIVING),
        ("The drive shaft may break.", Advice.VEHICLE),
    ],
)
def test_a_vehicle_is_left_standing_only_where_its_notice_says_so(
    says: str, advice: Advice
) -> None:
    notice = driven(says)

    said = action_of(notice, WORDS, known=False)

    assert advice_of(notice) is advice
    assert ("Do not drive it" in said) == (advice is Advice.NO_DRIVING)
    assert "top using" not in said


def test_a_vehicle_that_is_to_stand_outside_is_said_to() -> None:
    notice = driven("Consumer advisory: Park Outside. A short can start a fire.")

    said = action_of(notice, WORDS, known=False)

    assert said == (
        "Ask a dealer now whether yours is covered. Park it outside, away from buildings."
    )
    assert bare_action(notice, WORDS) == "Park it outside. Ask a dealer."
    assert action_of(notice, translator("ja"), known=False).count(" ") == 0


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(
    "notice",
    [
        *(a_notice(category=one) for one in ("power-bank", "meat", "drug", "toy", "vehicle")),
        driven("Do not drive it. Park it outside."),
        driven("Park outside."),
    ],
    ids=lambda notice: f"{notice.category} {notice.hazard.text}",
)
def test_every_length_of_every_advice_counts_as_advice_in_every_language(
    notice: Notice, lang: str
) -> None:
    words = translator(lang)
    phrases = [one.casefold() for one in words("post_says_action").splitlines()]

    said = [bare_action(notice, words)]
    for known in (True, False):
        said += [write(notice, words, known=known) for write in (action_of, brief_action)]

    for text in said:
        assert any(one in text.casefold() for one in phrases), text
        assert reassuring(text, words) == []
