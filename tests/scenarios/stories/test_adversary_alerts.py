"""Stories of an adversary: an owner who could miss an alert, and must not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from core.channel import Address
from core.model.delivery import State
from core.model.recall import State as Standing
from core.model.revision import RevisionKind
from core.model.rule import Rule
from core.model.subscriber import Takes
from core.store import chats, joining, links
from tests.builders import a_rule, a_unit, unconfirmed
from tests.core.alert.dispatch_stage import PostOffice, recalled
from tests.fakes import a_record
from tests.scenarios.stories.town import Town

OTHER = a_record("0", brands=["Other"], units={"op": "model", "any_of": ["Z1"]})
CUTS = {"kinds": ["laceration"], "text": "It is sharp.", "source": "fake"}
BY_SERIAL = a_rule(
    {
        "op": "and",
        "of": [
            {"op": "model", "any_of": ["X100"], "match": "exact"},
            {
                "op": "code",
                "field": "serial",
                "between": [["100000", "200000"]],
                "order": "number",
            },
        ],
    }
)


@pytest.fixture
def office(town: Town) -> PostOffice:
    """Give a dispatcher for the database of the town."""
    return PostOffice.of(town.database)


async def test_what_was_taken_back_before_it_was_sent_is_told_when_it_is_recalled_again(
    office: PostOffice,
) -> None:
    await office.world.owner("ann")
    await office.world.publish(recalled(1))
    await office.world.plan()
    await office.world.publish(recalled(1, state=Standing.RETRACTED), RevisionKind.RETRACTED)
    await office.world.plan()
    before = await office.send()

    await office.world.publish(recalled(1), RevisionKind.REOPENED)
    await office.world.plan()
    after = await office.send()

    assert before == []
    assert [one.chat for one in after] == ["ann"]


async def test_who_had_switched_alerts_off_for_a_while_is_told_when_the_recall_grows(
    town: Town,
) -> None:
    await town.reads(OTHER)
    await town.says("I own an Acme X100")
    await town.reads(OTHER, a_record("1"))
    await town.plans()
    await town.says("/alerts off")
    await town.passes(minutes=5)
    await town.says("/alerts on")

    await town.reads(OTHER, a_record("1", units={"op": "model", "any_of": ["X100", "X200"]}))
    await town.passes(minutes=5)

    [alert] = town.headlines()
    assert "X100" in alert


async def test_one_of_two_units_is_taken_off_the_list_and_the_other_is_told(
    office: PostOffice,
) -> None:
    first, second = a_unit(serial="150000"), a_unit(serial="160000")
    who = await office.world.person("ann", first, second)
    await office.world.publish(recalled(1, units=BY_SERIAL))
    await office.world.plan()

    await office.world.run("DELETE FROM owned_item WHERE pk = (SELECT MIN(pk) FROM owned_item)")
    told = await office.send()

    assert who.pk
    assert [one.chat for one in told] == ["ann"]


async def test_an_alert_on_several_units_speaks_of_the_one_that_is_affected(
    office: PostOffice,
) -> None:
    doubtful = [unconfirmed(a_unit(serial=code)) for code in ("999991", "999992")]
    other = a_unit(model="Z9", serial="777777")
    await office.world.person("ann", *doubtful, a_unit(serial="160000"), other)
    await office.world.publish(recalled(1, units=BY_SERIAL))
    await office.world.plan()

    [told] = await office.send()

    assert told.text.startswith("Product safety recall: your Acme X100")
    assert told.text.index("160000") < told.text.index("999991") < told.text.index("999992")
    assert "777777" not in told.text


async def test_a_chat_that_is_no_longer_linked_is_told_of_what_its_new_owner_owns(
    office: PostOffice,
) -> None:
    who = await office.world.owner("ann")
    phone = await office.world.also_at(who, "phone", "telegram")
    await office.world.takes("phone", Takes.NOTHING)
    async with office.world.database.writing() as connection:
        await links.unlink(connection, who.pk, phone)

    await office.world.owner("phone")
    await office.world.publish(recalled(1))
    await office.world.plan()

    assert sorted(await office.world.told()) == ["ann", "phone"]


async def test_the_last_chat_that_is_left_after_unlinking_is_not_a_silent_one(
    office: PostOffice,
) -> None:
    who = await office.world.owner("ann")
    phone = await office.world.also_at(who, "phone", "telegram")
    await office.world.takes("ann", Takes.NOTHING)
    async with office.world.database.writing() as connection:
        await links.unlink(connection, who.pk, phone)

    await office.world.publish(recalled(1))
    await office.world.plan()

    assert await office.world.told() == ["ann"]


async def test_two_digests_of_one_morning_both_come_when_their_readers_turn_out_to_be_one(
    town: Town,
) -> None:
    for chat, model in (("ann", "KN119"), ("phone", "KN229")):
        await town.says("/alerts daily", chat)
        await town.says("/quiet zone UTC", chat)
        await town.says(f"I own an Acme {model}", chat)
    await town.reads(OTHER)
    await town.reads(OTHER, sharp(1), sharp(2))
    await town.works()
    due = await town._due()
    assert due is not None
    town.clock.at = due
    await town.plans()

    code = (await town.says("/link")).plain
    [word] = [one for one in code.split() if len(one) == links.LENGTH and one.isupper()]
    await town.says(f"/link {word}", "phone")
    await town.passes(days=2)

    told = "\n".join(town.got("ann") + town.got("phone"))
    assert "knife 1" in told
    assert "knife 2" in told


def sharp(number: int) -> dict[str, object]:
    """Return a recall of something that cuts."""
    units = {"op": "model", "any_of": [f"KN{number}{number}9"], "match": "exact"}
    return a_record(f"k{number}", units=units, product=f"Acme knife {number}", hazard=CUTS)


async def test_what_waits_for_a_digest_and_turns_out_to_burn_is_told_at_once(
    town: Town,
) -> None:
    await town.says("/alerts weekly")
    await town.says("/quiet zone UTC")
    await town.says("I own an Acme X100")
    await town.reads(OTHER)
    await town.reads(OTHER, a_record("1", hazard=CUTS))
    await town.works()
    before = town.got()

    await town.reads(OTHER, a_record("1"))
    await town.works()

    assert before == []
    [alert] = town.headlines()
    assert alert.startswith("Product safety recall: your")


async def test_a_chat_for_serious_alerts_alone_is_told_once_the_recall_becomes_serious(
    office: PostOffice,
) -> None:
    await office.world.owner("bob")
    await office.world.owner("ann")
    await office.world.takes("ann", Takes.SERIOUS)
    await office.world.publish(recalled(1, "laceration"))
    await office.world.plan()
    await office.send()

    await office.world.publish(recalled(1), RevisionKind.CORRECTED)
    await office.world.plan()
    told = await office.send()

    assert sorted(one.chat for one in told) == ["ann", "bob"]


async def test_three_recalls_that_turn_out_to_be_one_go_on_being_planned(
    office: PostOffice,
) -> None:
    await office.world.person("ann", a_unit(model="X200"))
    await office.world.person("bob", a_unit(model="X300"))
    first = await office.world.publish(recalled(1, units=only("X100")))
    second = await office.world.publish(recalled(2, units=only("X200")))
    third = await office.world.publish(recalled(3, units=only("X300")))
    await office.world.plan()
    await office.send()
    await office.world.run(
        "UPDATE notice SET event = :first WHERE pk IN (:second, :third)",
        first=first,
        second=second,
        third=third,
    )

    await office.world.publish(recalled(2, units=only("X200", "X400")), RevisionKind.EXPANDED)
    await office.world.plan()
    told = await office.send()

    assert [one.chat for one in told][:1] == ["ann"]


def only(*models: str) -> Rule:
    """Return the rule of these models."""
    return a_rule({"op": "model", "any_of": list(models), "match": "exact"})


async def test_what_was_gathered_for_a_week_is_told_to_who_was_away_on_the_day_of_the_digest(
    town: Town,
) -> None:
    town.clock.at += timedelta(days=(1 - town.clock.at.weekday()) % 7)
    await town.says("/alerts weekly")
    await town.says("/quiet zone UTC")
    await town.says("I own an Acme KN119")
    await town.reads(OTHER)
    await town.reads(OTHER, sharp(1))
    await town.works()
    due = await town._due()
    assert due is not None
    town.clock.at = due
    async with town.database.writing() as connection:
        await chats.leave(connection, Address("memory", "ann"), due)
    await town.passes(minutes=5)

    await town.says("hello")
    await town.passes(days=8)

    assert "knife 1" in "\n".join(town.got())


async def test_who_is_told_by_a_reply_after_an_alert_came_to_nothing_hears_what_follows(
    town: Town,
) -> None:
    await town.reads(OTHER)
    await town.says("I own an Acme X100")
    await town.reads(OTHER, a_record("1"))
    await town.plans()
    await town.says("I sold my Acme X100")
    await town.passes(minutes=5)
    before = town.got()

    told = await town.says("I own an Acme X100")
    await town.reads(OTHER, a_record("1", state="closed"))
    await town.passes(minutes=5)

    assert before == []
    assert "Product safety recall" in told.plain
    assert len(town.got()) == 1


async def test_a_digest_does_not_tell_of_what_was_taken_back_or_given_away(
    town: Town,
) -> None:
    await town.says("/alerts daily")
    await town.says("/quiet zone UTC")
    for model in ("KN119", "KN229", "KN339"):
        await town.says(f"I own an Acme {model}")
    await town.reads(OTHER)
    await town.reads(OTHER, sharp(1), sharp(2), sharp(3))
    await town.works()

    await town.reads(OTHER, sharp(1), sharp(2), sharp(3) | {"state": "retracted"})
    listed = (await town.says("/mine")).plain
    [line] = [one for one in listed.splitlines() if "KN229" in one]
    await town.says(f"/mine remove {line[1 : line.index(')')]}")
    await town.passes(days=2)

    [digest] = town.got()
    assert "knife 1" in digest
    assert "knife 2" not in digest
    assert "knife 3" not in digest


async def test_a_correction_reaches_a_person_whose_chat_with_the_alert_is_gone(
    office: PostOffice,
) -> None:
    who = await office.world.owner("ann")
    await office.world.publish(recalled(1))
    await office.world.plan()
    await office.send()
    await office.world.also_at(who, "phone", "telegram")
    async with office.world.database.writing() as connection:
        await chats.leave(connection, Address("telegram", "ann"), office.clock.now())

    await office.world.publish(recalled(1, state=Standing.RETRACTED), RevisionKind.RETRACTED)
    await office.world.plan()
    told = await office.send()

    assert [one.chat for one in told] == ["phone"]


async def test_what_two_chats_wait_for_is_told_though_one_of_them_is_gone_when_they_are_linked(
    office: PostOffice,
) -> None:
    ann, phone = await office.world.owner("ann"), await office.world.owner("phone")
    await office.world.publish(recalled(1))
    await office.world.plan()
    async with office.world.database.writing() as connection:
        await chats.leave(connection, Address("telegram", "ann"), office.clock.now())
        await joining.join(connection, phone.pk, ann.pk)

    told = await office.send()

    assert [one.chat for one in told] == ["phone"]


async def test_a_thing_that_cannot_be_read_keeps_nobody_else_from_being_told(
    office: PostOffice,
) -> None:
    await office.world.person("ann", a_unit(serial="150000"))
    await office.world.person("bob", a_unit(serial="160000"))
    await office.world.run(
        "UPDATE owned_item SET facts = :broken WHERE pk = (SELECT MIN(pk) FROM owned_item)",
        broken=b"no seal is like this, nor any key",
    )
    await office.world.publish(recalled(1, units=BY_SERIAL))

    await office.world.plan()
    told = await office.send()

    assert sorted(await office.world.told()) == ["ann", "bob"]
    assert [one.chat for one in told] == ["bob"]


async def test_alerts_that_are_switched_on_again_tell_what_was_recalled_meanwhile(
    town: Town,
) -> None:
    await town.reads(OTHER)
    await town.says("I own an Acme X100")
    await town.says("/alerts off")
    await town.reads(OTHER, a_record("1"))
    await town.passes(days=30)
    before = town.got()

    await town.says("/alerts on")
    await town.passes(minutes=5)
    await town.says("/alerts on")
    await town.passes(minutes=5)

    assert before == []
    assert len(town.got()) == 1
    assert "X100" in town.headlines()[0]


async def test_who_moves_is_told_of_a_recall_of_the_new_country(town: Town) -> None:
    await town.reads(OTHER)
    await town.says("I own an Acme X100")
    await town.says("/alerts country Germany")
    await town.reads(OTHER, a_record("1"))
    await town.passes(minutes=5)
    await town.reads(OTHER, a_record("1"), a_record("2", regions=["JP"]))
    await town.passes(minutes=5)
    before = len(town.got())

    await town.says("/alerts country Japan")
    await town.passes(minutes=5)

    assert before == 1
    assert len(town.got()) == 2


@pytest.mark.parametrize("word", ["instant", "off"])
async def test_what_was_gathered_is_told_or_given_up_once_its_reader_wants_no_digest(
    town: Town, word: str
) -> None:
    await town.says("/alerts weekly")
    await town.says("/quiet zone UTC")
    await town.says("I own an Acme KN119")
    await town.reads(OTHER)
    await town.reads(OTHER, sharp(1))
    await town.works()

    await town.says(f"/alerts {word}")
    await town.passes(days=8)

    assert len(town.got()) == (word == "instant")
    async with town.database.reading() as connection:
        states = list(await connection.scalars(text("SELECT DISTINCT state FROM delivery")))
    assert states == [State.SENT if word == "instant" else State.ABANDONED]


async def test_what_came_due_while_alerts_were_off_is_told_when_they_are_on_again(
    town: Town,
) -> None:
    await town.reads(OTHER)
    await town.says("I own an Acme X100")
    await town.reads(OTHER, a_record("1"))
    await town.plans()
    await town.says("/alerts off")
    await town.passes(days=1)
    before = town.got()

    await town.says("/alerts on")
    await town.passes(days=1)

    assert before == []
    assert "X100" in town.headlines()[0]


async def test_a_recall_that_cannot_be_planned_keeps_no_other_from_being_told(
    office: PostOffice,
) -> None:
    await office.world.owner("ann")
    other = recalled(1, units=only("Z900"), brands=("Other",), product="Other lamp")
    broken = await office.world.publish(other)
    await office.world.publish(recalled(2))
    await office.world.run(
        "UPDATE notice SET body = :body WHERE pk = :pk", body='{"id": 1}', pk=broken
    )

    await office.world.plan()
    told = await office.send()

    assert [one.chat for one in told] == ["ann"]


async def test_what_waits_for_a_page_that_nobody_can_write_keeps_nothing_else_from_it(
    town: Town,
) -> None:
    await town.reads(OTHER)
    await town.says("I own an Acme X100", channel="web")
    await town.reads(OTHER, a_record("1"))
    await town.reads(OTHER, a_record("1"), a_record("2", product="Acme X100 fan"))
    await town.plans()
    async with town.database.writing() as connection:
        await connection.execute(
            text("UPDATE alert SET reason = 'unheard' WHERE pk = (SELECT MIN(pk) FROM alert)")
        )

    shown = await town.talk.waiting_for(Address("web", "ann"))

    assert len(shown) == 1


async def test_a_mistake_of_ours_writes_nothing_of_a_person_into_the_log(
    office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    def mistaken(chat: str, key: str) -> None:
        raise ZeroDivisionError(chat + key)

    await office.world.person("ann-the-owner", a_unit(serial="150000"))
    await office.world.publish(recalled(1, units=BY_SERIAL))
    await office.world.plan()
    office.platform.refuse = mistaken

    await office.send()

    written = "".join(capsys.readouterr())
    assert "ZeroDivisionError" in written
    assert "ann-the-owner" not in written
    assert "150000" not in written
