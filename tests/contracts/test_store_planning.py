"""What planning promises on every database: everybody it concerns has a delivery, and once."""

from __future__ import annotations

import asyncio

import pytest

from core.alert.planner import LEASE, plan_all
from core.channel import Address
from core.model.delivery import Reason, State
from core.model.recall import HazardKind
from core.model.revision import RevisionKind
from core.model.subscriber import GroupFeed, Interest, Takes
from core.model.unit import Unit
from core.model.verdict import Verdict
from core.store import answered, group_feeds, planning
from core.store.answered import Told
from core.store.work import Database
from tests.builders import (
    NOW,
    a_citation,
    a_code_rule,
    a_model,
    a_notice,
    a_unit,
    all_of,
    unconfirmed,
)
from tests.contracts.planning_stage import LEXICON, World

SERIALS = a_code_rule(between=[("100000", "199999")], order="number", length=[6])
BY_SERIAL = all_of(a_model(), SERIALS)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def test_every_owner_gets_one_delivery_of_a_new_recall(world: World) -> None:
    await world.owner("1")
    await world.person("2", a_unit("Y200"))
    await world.owner("3")
    await world.publish(a_notice())

    planned = await world.plan()

    assert [dict(one.deliveries) for one in planned] == [{Reason.ALERT: 2}]
    assert await world.deliveries() == [("alert", "1", "1"), ("alert", "1", "3")]


async def test_planning_again_repeats_nothing(world: World) -> None:
    await world.owner("1")
    await world.publish(a_notice())
    await world.plan()
    await world.run("UPDATE revision SET planned_at = NULL")

    again = await world.plan()

    assert again == []
    assert await world.told() == ["1"]


async def test_a_recall_that_concerns_nobody_leaves_no_alert(world: World) -> None:
    await world.person("1", a_unit("Y200"))
    await world.publish(a_notice())

    planned = await world.plan()

    assert planned == []
    assert await world.run("SELECT pk FROM alert") == []
    assert await world.run("SELECT notice FROM revision WHERE planned_at IS NULL") == []


async def test_of_a_recall_by_serial_those_whose_code_is_outside_are_not_told(
    world: World,
) -> None:
    await world.owner("inside", serial="150000")
    await world.owner("outside", serial="250000")
    await world.owner("unknown")
    await world.publish(a_notice(BY_SERIAL))

    await world.plan()

    assert sorted(await world.told()) == ["inside", "unknown"]


async def test_all_chats_of_a_person_that_take_it_get_it(world: World) -> None:
    who = await world.owner("1")
    await world.also_at(who, "2")
    await world.also_at(who, "3", "web")
    await world.takes("2", Takes.NOTHING, "discord")
    await world.takes("3", Takes.SERIOUS, "web")
    await world.publish(a_notice())

    await world.plan()

    assert sorted(await world.told()) == ["1", "3"]


async def test_a_chat_for_serious_risks_alone_gets_nothing_less(world: World) -> None:
    await world.owner("1")
    await world.takes("1", Takes.SERIOUS)
    hazard = {"kinds": ["laceration"], "text": "It can cut.", "source": "cpsc"}
    await world.publish(a_notice(hazard=hazard))

    await world.plan()

    assert await world.told() == []


async def test_nobody_is_told_in_a_chat_that_is_gone_or_with_alerts_off(world: World) -> None:
    gone, off = await world.owner("gone"), await world.owner("off")
    await world.owner("here")
    await world.run(
        "UPDATE address SET gone_at = created FROM (SELECT created_at AS created"
        " FROM subscriber LIMIT 1) AS s WHERE pk = :pk",
        pk=gone.address,
    )
    await world.run(
        "INSERT INTO wish (subscriber, alerts, pace, hour) VALUES (:who, :off, 'instant', 9)",
        who=off.pk,
        off=False,
    )
    await world.publish(a_notice())

    await world.plan()

    assert await world.told() == ["here"]


async def test_each_channel_and_rank_with_deliveries_has_a_queue(world: World) -> None:
    await world.owner("1")
    await world.owner("2", "discord")
    await world.watches("3", Interest(brand="Acme"))
    await world.publish(a_notice())

    await world.plan()

    queues = await world.run("SELECT channel, rank FROM queue ORDER BY rank, channel")
    assert [tuple(row) for row in queues] == [("discord", 0), ("telegram", 0), ("telegram", 2)]


async def test_an_owner_who_watches_the_brand_is_told_as_an_owner(world: World) -> None:
    await world.owner("1")
    await world.watches("1", Interest(brand="Acme"))
    await world.watches("2", Interest(brand="acme"))
    await world.publish(a_notice())

    await world.plan()

    assert await world.deliveries() == [("alert", "1", "1"), ("alert", "1", "2")]
    rows = await world.run("SELECT item FROM delivery ORDER BY rank")
    assert [row.item is None for row in rows] == [False, True]


async def test_what_is_no_news_reaches_owners_and_nobody_who_watches(world: World) -> None:
    await world.owner("1")
    await world.watches("2", Interest(brand="Acme"))
    await world.publish(a_notice(), quiet=True)

    await world.plan()

    assert await world.told() == ["1"]


async def test_an_exercise_reaches_nobody(world: World) -> None:
    await world.owner("1")
    await world.publish(a_notice(), exercise=True)

    await world.plan()

    assert await world.told() == []


async def test_an_expansion_alerts_those_it_adds_and_corrects_those_who_were_told(
    world: World,
) -> None:
    await world.owner("first")
    await world.person("added", a_unit("Y200"))
    pk = await world.publish(a_notice())
    await world.plan()
    await world.settle(State.SENT)
    await world.publish(a_notice(a_model("X100", "Y200")), RevisionKind.EXPANDED)

    await world.plan()

    assert await world.deliveries() == [
        ("alert", "1", "first"),
        ("alert", "1", "added"),
        ("correction", f"{pk}/2", "first"),
    ]


async def test_a_correction_reaches_exactly_those_who_were_told(world: World) -> None:
    states = {
        "sent": State.SENT,
        "unknown": State.UNKNOWN,
        "waiting": State.WAITING,
        "later": State.LATER,
        "rejected": State.REJECTED,
        "gone": State.GONE,
    }
    for chat in states:
        await world.owner(chat)
    await world.person("other", a_unit("Y200"))
    pk = await world.publish(a_notice())
    await world.plan()
    for chat, state in states.items():
        await world.settle(state, chat)
    await world.publish(a_notice(a_model("Y200")), RevisionKind.CORRECTED)

    await world.plan()

    corrected = [one for one in await world.deliveries() if one[0] == "correction"]
    assert sorted(corrected) == [
        ("correction", f"{pk}/2", "sent"),
        ("correction", f"{pk}/2", "unknown"),
    ]
    assert ("alert", "1", "other") in await world.deliveries()


async def test_whoever_is_first_told_of_the_new_text_gets_no_correction_of_it(
    world: World,
) -> None:
    await world.owner("first")
    await world.person("added", a_unit("Y200"))
    await world.publish(a_notice())
    await world.plan()
    await world.settle(State.SENT)
    await world.publish(a_notice(a_model("X100", "Y200")), RevisionKind.EXPANDED)
    await world.plan()
    await world.settle(State.SENT)
    await world.run("UPDATE revision SET planned_at = NULL")

    again = await world.plan()

    assert again == []


async def test_a_changed_remedy_is_told_as_such(world: World) -> None:
    await world.owner("1")
    pk = await world.publish(a_notice())
    await world.plan()
    await world.settle(State.SENT)
    await world.publish(a_notice(note="other"), RevisionKind.REMEDY_CHANGED)

    await world.plan()

    assert ("remedy", f"{pk}/2", "1") in await world.deliveries()


async def test_a_withdrawn_notice_alerts_nobody_and_is_told_to_those_who_knew(
    world: World,
) -> None:
    await world.owner("1")
    pk = await world.publish(a_notice())
    await world.plan()
    await world.settle(State.SENT)
    await world.owner("2")
    await world.publish(a_notice(state="retracted"), RevisionKind.RETRACTED)

    await world.plan()

    assert await world.deliveries() == [("alert", "1", "1"), ("correction", f"{pk}/2", "1")]


SOLD_IN_THE_US = {"region": "US"}


async def asked(world: World, chat: str, unit: Unit, verdict: Verdict, **how: str) -> None:
    who = await world.person(chat)
    async with world.database.writing() as connection:
        await answered.remember(connection, who, Told(unit, verdict, **how), NOW)


async def test_those_whose_answer_changes_are_told_and_those_who_knew_are_not(
    world: World,
) -> None:
    here = a_unit(**SOLD_IN_THE_US)
    await asked(world, "none", here, Verdict.NO_RECALL_FOUND)
    await asked(world, "check", here, Verdict.CHECK_NEEDED)
    await asked(world, "knew", here, Verdict.AFFECTED)
    await asked(world, "other", a_unit("Y200"), Verdict.NO_RECALL_FOUND)
    pk = await world.publish(a_notice())

    await world.plan()

    assert sorted(await world.deliveries()) == [
        ("answer", f"{pk}/1", "check"),
        ("answer", f"{pk}/1", "none"),
    ]


async def test_an_owner_who_asked_before_is_told_once(world: World) -> None:
    await asked(world, "1", a_unit(), Verdict.NO_RECALL_FOUND)
    await world.owner("1")
    await world.publish(a_notice())

    await world.plan()

    assert await world.deliveries() == [("alert", "1", "1")]


async def test_a_remembered_code_decides_by_the_list_alone(world: World) -> None:
    listed = a_code_rule(eq=["123457", "123479"], length=[6])
    for chat, serial in [("on", "123457"), ("off", "999977")]:
        unit = a_unit(serial=serial, **SOLD_IN_THE_US)
        await asked(world, chat, unit, Verdict.CHECK_NEEDED, field="serial")
    unsure = unconfirmed(a_unit(serial="999977", **SOLD_IN_THE_US))
    await asked(world, "unsure", unsure, Verdict.NO_RECALL_FOUND, field="serial")
    await world.publish(a_notice(all_of(a_model(), listed)))

    await world.plan()

    assert sorted(await world.told()) == ["on", "unsure"]


async def test_where_no_list_decides_they_are_to_check(world: World) -> None:
    unit = a_unit(serial="250000", **SOLD_IN_THE_US)
    await asked(world, "1", unit, Verdict.NO_RECALL_FOUND, field="serial")
    await asked(world, "2", unit, Verdict.CHECK_NEEDED, field="serial")
    await world.publish(a_notice(BY_SERIAL))

    await world.plan()

    assert await world.told() == ["1"]


async def test_groups_are_told_the_news_that_fit_their_feed(world: World) -> None:
    for chat, feed in [
        *(("all", GroupFeed(active=True)), ("off", GroupFeed())),
        *(("fire", GroupFeed(active=True, hazards=(HazardKind.FIRE,), brands=("ACME",))),),
        *(("falls", GroupFeed(active=True, hazards=(HazardKind.FALL,))),),
    ]:
        async with world.database.writing() as connection:
            place = Address("discord", chat)
            await group_feeds.save_feed(connection, place, feed, NOW)
    await world.publish(a_notice())
    await world.publish(a_notice(id="old", regions=("CA",)), quiet=True)

    await world.plan()

    assert sorted(await world.deliveries()) == [("feed", "1", "all"), ("feed", "1", "fire")]


async def test_a_second_authority_s_notice_of_one_event_repeats_nothing(world: World) -> None:
    await world.owner("1")
    await world.publish(a_notice(), source="cpsc")
    await world.plan()
    await world.owner("2")
    source = a_citation(source="hc") | {"url": "https://cpsc.example/recall/1"}
    hazard = {"kinds": ["fire"], "text": "Hot.", "source": "hc"}
    twin = a_notice(id="twin", sources=(source,), hazard=hazard, regions=("CA",))
    await world.publish(twin, source="health-canada")

    await world.plan()

    assert await world.deliveries() == [("alert", "1", "1"), ("alert", "1", "2")]


async def test_two_events_that_turn_out_to_be_one_keep_their_alerts(world: World) -> None:
    await world.owner("1")
    first = await world.publish(a_notice())
    hazard = {"kinds": ["fire"], "text": "Hot.", "source": "hc"}
    apart = {"id": "twin", "hazard": hazard, "regions": ("CA",)}
    alone = a_notice(sources=(a_citation(source="hc"),), **apart)
    second = await world.publish(alone, source="health-canada")
    await world.run("DELETE FROM revision WHERE notice = :pk", pk=first)
    await world.plan()
    await world.settle(State.SENT)
    both = (a_citation(source="hc"), a_citation(source="cpsc"))
    joined = a_notice(sources=both, **apart)
    await world.publish(joined, RevisionKind.CORRECTED, source="health-canada")

    await world.plan()

    assert await world.deliveries() == [("alert", "1", "1"), ("correction", f"{second}/2", "1")]
    events = await world.run("SELECT DISTINCT event FROM alert")
    assert [row.event for row in events] == [first]


async def test_while_another_process_plans_nobody_else_does(world: World) -> None:
    await world.owner("1")
    await world.publish(a_notice())
    async with world.database.writing() as connection:
        assert await planning.hold(connection, "other", world.clock.now(), LEASE)

    meanwhile = await world.plan()
    world.clock.move(seconds=2 * LEASE.total_seconds())
    later = await world.plan()

    assert (meanwhile, len(later)) == ([], 1)


async def test_a_database_with_nobody_in_it_is_done_at_once(world: World) -> None:
    for number in range(3):
        await world.publish(a_notice(id=f"old-{number}"), quiet=True)

    planned = await world.plan()

    assert planned == []
    assert await world.run("SELECT notice FROM revision WHERE planned_at IS NULL") == []


async def test_two_that_plan_at_once_tell_everybody_once(url: str, world: World) -> None:
    for number in range(5):
        await world.owner(f"{number}")
        source = a_citation() | {"url": f"https://cpsc.example/recall/{number + 1}"}
        await world.publish(a_notice(id=f"n-{number}", sources=(source,)))
    other = await Database.open(url)

    await asyncio.gather(world.plan(), plan_all(other, LEXICON, world.clock))
    await world.plan()
    await other.close()

    told = await world.told()
    assert len(told) == 25
    assert {chat: told.count(chat) for chat in set(told)} == {f"{n}": 5 for n in range(5)}
