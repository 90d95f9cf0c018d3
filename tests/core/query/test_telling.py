"""What people press below an alert: noted, answered with the next step, never done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.model.delivery import Progress
from core.model.message import Message
from core.query.telling import further
from core.text.translations import languages, translator
from tests.core.query.told_stage import LISTED, Standing, a_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Standing]:
    async with a_stage(tmp_path) as stage:
        yield stage


def presses(message: Message) -> list[str]:
    return [button.says for button in message.buttons]


async def test_whoever_stopped_is_led_to_the_claim_and_still_reminded(stage: Standing) -> None:
    alert = await stage.alerted()

    answered = await stage.says(f"/told stopped {alert}")
    await stage.days_later(1)
    [reminder] = await stage.waiting()

    assert answered.plain.startswith("Noted: you have stopped using it.")
    assert presses(answered) == ["/claim item 1"]
    assert answered.anew
    [told] = await stage.told(alert)
    assert told.progress is Progress.STOPPED
    assert presses(reminder)[0].startswith("/told done ")


@pytest.mark.parametrize(
    ("word", "progress"),
    [
        ("claimed", Progress.CLAIMED),
        ("done", Progress.CLAIMED),
        ("disposed", Progress.DISPOSED),
        ("notmine", Progress.NOT_MINE),
    ],
)
async def test_what_is_over_is_reminded_of_no_more(
    stage: Standing, word: str, progress: Progress
) -> None:
    alert = await stage.alerted()

    await stage.says(f"/told {word} {alert}")
    await stage.days_later(50)

    assert await stage.waiting() == ()
    [told] = await stage.told(alert)
    assert told.progress is progress


async def test_done_below_a_reminder_ends_the_reminders(stage: Standing) -> None:
    await stage.alerted()
    await stage.days_later(1)
    [reminder] = await stage.waiting()

    answered = await stage.says(presses(reminder)[0])
    await stage.days_later(50)

    assert answered.plain.startswith("Noted: done.")
    assert await stage.waiting() == ()


async def test_what_is_disposed_of_or_not_theirs_may_leave_the_list(stage: Standing) -> None:
    alert = await stage.alerted()

    disposed = await stage.says(f"/told disposed {alert}")
    foreign = await stage.says(f"/told notmine {alert}")
    gone = await stage.says(presses(foreign)[0])
    later = await stage.says(f"/told disposed {alert}")

    assert "I told you on June 14, 2026; now it is done." in disposed.plain
    assert "Shall I take Acme X100 off your list?" in disposed.plain
    assert presses(disposed) == presses(foreign) == ["/mine remove 1"]
    assert gone.plain == "Removed from your list: Acme X100."
    assert later.buttons == ()


async def test_which_unit_speaks_of_that_thing_from_then_on(stage: Standing) -> None:
    await stage.says("/add Acme L200")
    await stage.publish(LISTED)
    [alert] = await stage.waiting()
    await stage.says("Nokia 3310")

    asked = await stage.says(presses(alert)[2])
    answered = await stage.says("57V00001")
    listed = await stage.says("/mine")

    assert asked.plain.startswith("This is about your Acme L200.")
    assert "Next: send me the serial number." in asked.plain
    assert "Product safety recall" in answered.plain
    assert listed.plain.endswith("Acme L200 (57V00001)")
    [told] = await stage.told(int(presses(alert)[0].split()[-1]))
    assert told.progress is Progress.CHECKED


async def test_a_reminder_is_moved_to_tomorrow_and_none_is_added(stage: Standing) -> None:
    alert = await stage.alerted()
    await stage.days_later(1)
    await stage.waiting()

    answered = await stage.says(f"/told remind {alert}")
    await stage.days_later(1)
    tomorrow = await stage.waiting()
    shown = []
    for _ in range(60):
        await stage.days_later(1)
        shown += await stage.waiting()

    assert answered.plain.startswith("I will remind you tomorrow.")
    assert len(tomorrow) == 1
    assert len(shown) == 3
    last = await stage.says(f"/told remind {alert}")
    assert last.plain.startswith("My last reminder has gone.")


async def test_whoever_has_done_it_is_told_so_instead_of_reminded(stage: Standing) -> None:
    alert = await stage.alerted()
    await stage.says(f"/told claimed {alert}")

    answered = await stage.says(f"/told remind {alert}")

    assert answered.plain.startswith("You told me that it is done")


async def test_enough_ends_the_reminders_and_keeps_the_advice(stage: Standing) -> None:
    alert = await stage.alerted()
    await stage.says(f"/told stopped {alert}")

    answered = await stage.says(f"/told enough {alert}")
    await stage.days_later(50)

    assert "The advice stays: do not use it." in answered.plain
    assert await stage.waiting() == ()
    [told] = await stage.told(alert)
    assert told.progress is Progress.STOPPED


@pytest.mark.parametrize(
    "says", ["stopped 999", "stopped", "stopped x", "stopped 9999999999999999999", "", "boo 1"]
)
async def test_a_button_of_no_alert_of_theirs_is_old(stage: Standing, says: str) -> None:
    await stage.alerted()

    answered = await stage.says(f"/told {says}")

    assert answered.plain.startswith("This button belongs to an earlier question")


async def test_nobody_answers_an_alert_of_somebody_else(stage: Standing) -> None:
    alert = await stage.alerted("ann")
    await stage.says("Acme L200", "bob")

    answered = await stage.says(f"/told disposed {alert}", "bob")

    assert answered.plain.startswith("This button belongs to an earlier question")
    [told] = await stage.told(alert)
    assert told.progress is None


async def test_in_a_group_no_alert_is_answered(stage: Standing) -> None:
    alert = await stage.alerted()

    answered = await stage.in_group(f"/told disposed {alert}")

    assert "between you and me" in answered.plain
    [told] = await stage.told(alert)
    assert told.progress is None


async def test_the_last_step_of_a_claim_is_told_by_the_name_of_its_notice(
    stage: Standing,
) -> None:
    alert = await stage.alerted()

    told = await stage.says("/told claimed acme-x100-us")
    untold = await stage.says("/told disposed acme-x100-us", "bob")
    unknown = await stage.says("/told disposed nothing-of-ours", "bob")

    assert told.plain.startswith("Noted: you have claimed.")
    assert untold.plain.startswith("Thank you.")
    assert unknown.plain.startswith("This button belongs")
    [one] = await stage.told(alert)
    assert one.progress is Progress.CLAIMED


async def test_a_person_with_two_chats_is_reminded_in_one(stage: Standing) -> None:
    alert = await stage.alerted("ann")
    code = (await stage.says("/link", "ann")).plain.split("/link ")[1].split()[0]
    await stage.says(f"/link {code}", "phone")

    answered = await stage.says(f"/told stopped {alert}", "phone")
    await stage.days_later(1)

    assert answered.plain.startswith("Noted")
    assert [len(await stage.waiting(chat)) for chat in ("ann", "phone")] == [1, 0]


@pytest.mark.parametrize("lang", languages())
async def test_every_answer_is_there_in_every_language(stage: Standing, lang: str) -> None:
    alert = await stage.alerted()
    await stage.says(f"/language {lang}")
    words = translator(lang)

    for word in ("stopped", "which", "remind", "claimed", "done", "disposed", "notmine"):
        answered = await stage.says(f"/told {word} {alert}", lang=lang)

        assert answered.lang == words.lang
        assert words("button_of_another") not in answered.plain


def test_nobody_falls_back_but_who_took_not_mine_back() -> None:
    assert further(None, Progress.STOPPED) is Progress.STOPPED
    assert further(Progress.DISPOSED, Progress.STOPPED) is Progress.DISPOSED
    assert further(Progress.STOPPED, Progress.NOT_MINE) is Progress.NOT_MINE
    assert further(Progress.NOT_MINE, Progress.STOPPED) is Progress.STOPPED


async def test_a_press_long_after_reminds_no_sooner_than_tomorrow(stage: Standing) -> None:
    alert = await stage.alerted()
    stage.clock.move(days=100)

    await stage.says(f"/told stopped {alert}")
    await stage.days_later(0.5)

    assert await stage.waiting() == ()


async def test_of_a_thing_that_left_the_list_nothing_is_asked(stage: Standing) -> None:
    alert = await stage.alerted()
    await stage.says("/mine remove 1")

    which = await stage.says(f"/told which {alert}")
    remind = await stage.says(f"/told remind {alert}")
    stopped = await stage.says(f"/told stopped {alert}")
    await stage.days_later(50)

    assert which.plain.startswith("This button belongs")
    assert remind.plain.startswith("My last reminder has gone.")
    assert presses(stopped) == ["/claim"]
    assert await stage.waiting() == ()


async def test_what_was_asked_about_is_spoken_of_by_its_product(stage: Standing) -> None:
    await stage.says("I live in the United States")
    await stage.says("Acme X100")
    await stage.publish()
    [alert] = await stage.waiting()
    number = int(presses(alert)[0].split()[-1])

    stopped = await stage.says(f"/told stopped {number}")
    disposed = await stage.says(f"/told disposed {number}")
    await stage.says("/alerts answers off")
    which = await stage.says(f"/told which {number}")

    assert presses(stopped) == ["/claim Acme X100"]
    assert disposed.buttons == ()
    assert which.plain.startswith("This button belongs")


async def test_what_is_still_on_its_way_can_be_answered(stage: Standing) -> None:
    await stage.says("/add Acme X100")
    await stage.publish()

    disposed = await stage.says("/told disposed 1")

    assert "I told you on" not in disposed.plain
    assert disposed.plain.startswith("Thank you.")
