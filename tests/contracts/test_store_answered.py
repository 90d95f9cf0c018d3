"""What the store promises of remembered answers and of ticked claims."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from core.model.unit import Unit, code_to_mark
from core.model.verdict import Verdict
from core.store import answered, subscribers
from core.store.answered import Told
from core.store.claims import Claims, claims_of
from core.store.schema import ANSWERED
from core.store.subscribers import Subscriber
from core.store.work import Database
from tests.builders import NOW, a_unit
from tests.contracts.people_stage import ADA, BOB, known
from tests.scenarios.stage import FixedClock

SERIAL = "AFVDC20G17301234"
NONE_FOUND, CHECK = Verdict.NO_RECALL_FOUND, Verdict.CHECK_NEEDED


async def told(database: Database, who: Subscriber, *answers: Told) -> None:
    async with database.writing() as connection:
        for answer in answers:
            await answered.remember(connection, who, answer, NOW)


async def remembered(database: Database, who: Subscriber) -> list[answered.Answered]:
    async with database.reading() as connection:
        return list(await answered.answers_of(connection, who.pk))


async def test_an_answer_is_remembered_without_the_code(database: Database) -> None:
    who = await known(database, ADA)
    unit = a_unit(serial=SERIAL, region="US")

    await told(database, who, Told(unit, CHECK, "serial"))

    [answer] = await remembered(database, who)
    assert (answer.product.brand, answer.product.model) == ("Acme", "X100")
    assert (answer.region, answer.verdict, answer.field) == ("US", CHECK, "serial")
    assert answer.at == NOW
    async with database.reading() as connection:
        listed = ANSWERED.c.code.in_(["SOMETHING", code_to_mark(unit, "serial")])
        assert await connection.scalar(select(ANSWERED.c.pk).where(listed)) == answer.pk
        row = (await connection.execute(text("SELECT * FROM answered"))).one()
    assert SERIAL not in str(row)


async def test_the_last_answer_to_the_same_question_stands(database: Database) -> None:
    who = await known(database, ADA)
    first = a_unit(serial=SERIAL)

    await told(database, who, Told(first, NONE_FOUND, "serial"), Told(first, NONE_FOUND))
    await told(
        database, who, Told(a_unit("x 100", serial="afvdc-20g17301234"), CHECK, "serial")
    )

    answers = {answer.field: answer.verdict for answer in await remembered(database, who)}
    assert answers == {"serial": CHECK, None: NONE_FOUND}


@pytest.mark.parametrize(
    "other",
    [
        Told(a_unit(serial="OTHER12345", region="US"), CHECK, "serial"),
        Told(a_unit(serial=SERIAL, region="JP"), CHECK, "serial"),
        Told(a_unit("X200", serial=SERIAL, region="US"), CHECK, "serial"),
        Told(a_unit(region="US"), CHECK, "serial"),
    ],
)
async def test_another_question_has_an_answer_of_its_own(
    database: Database, other: Told
) -> None:
    who = await known(database, ADA)

    await told(database, who, Told(a_unit(serial=SERIAL, region="US"), CHECK, "serial"), other)

    assert len(await remembered(database, who)) == 2


async def test_the_country_of_the_person_is_that_of_the_question(database: Database) -> None:
    who = replace(await known(database, ADA), region="DE")

    await told(database, who, Told(a_unit(), CHECK))

    [answer] = await remembered(database, who)
    assert answer.region == "DE"


async def test_who_wants_nothing_kept_has_nothing_kept(database: Database) -> None:
    who = await known(database, ADA)
    await told(database, who, Told(Unit("Acme", None, {"name": "Ada's own"}), CHECK))

    async with database.writing() as connection:
        await answered.set_remembers(connection, who, remembers=False)
    again = await known(database, ADA)
    await told(database, again, Told(a_unit(), CHECK))

    assert not again.remembers
    assert await remembered(database, who) == []
    async with database.writing() as connection:
        assert await connection.scalar(text("SELECT COUNT(*) FROM product")) == 0
        await answered.set_remembers(connection, who, remembers=True)
        assert (await subscribers.subscriber(connection, *_names(), NOW)).remembers


def _names() -> tuple[str, str]:
    return ADA.channel, ADA.chat


async def test_answers_are_forgotten_for_one_person_alone(database: Database) -> None:
    ada, bob = await known(database, ADA, a_unit("X300")), await known(database, BOB)
    for who in (ada, bob):
        await told(database, who, Told(a_unit(), CHECK))
    await told(database, ada, Told(a_unit("X200"), CHECK))

    async with database.writing() as connection:
        await answered.forget_answers(connection, ada.pk)

    assert await remembered(database, ada) == []
    assert len(await remembered(database, bob)) == 1
    async with database.reading() as connection:
        models = await connection.scalars(text("SELECT model FROM product ORDER BY model"))
        assert list(models) == ["X100", "X300"]


async def test_the_ticks_of_a_claim_are_kept_by_person_and_event(database: Database) -> None:
    ada, bob = await known(database, ADA), await known(database, BOB)
    claims = Claims(FixedClock(NOW))

    async with database.writing() as connection:
        never = await claims.load(connection, ada, 1)
        await claims.save(connection, ada, 1, frozenset({"stop", "photo"}))
        await claims.save(connection, ada, 1, frozenset({"stop"}))
        await claims.save(connection, ada, 2, frozenset())
        ticked = await claims_of(connection, ada.pk)
        others = await claims.load(connection, bob, 1)

    assert (never, others) == (frozenset(), frozenset())
    assert ticked == {1: {"stop"}, 2: frozenset()}
