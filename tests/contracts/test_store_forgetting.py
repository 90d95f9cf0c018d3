"""S29 on every table: after /forget nothing refers to the person, in no row and no byte."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Table, select, text

from core.channel import Address
from core.model.delivery import State
from core.model.recall import HazardKind
from core.model.subscriber import GroupFeed, Interest, Wishes
from core.model.unit import Unit
from core.model.verdict import Verdict
from core.store import (
    answered,
    conversations,
    forgetting,
    group_feeds,
    interests,
    links,
    personal,
    subscribers,
    wishes,
)
from core.store.answered import Told
from core.store.claims import Claims
from core.store.pressed import Pressed
from core.store.schema import METADATA
from core.store.work import Database
from tests.builders import NOW, a_unit
from tests.contracts.conftest import only_on_sqlite
from tests.contracts.people_stage import ADA, BOB, alerted, known, number, owned
from tests.scenarios.stage import FixedClock

LINKED = Address("web", "ada-5813")
# What only Ada ever said: found again anywhere, it would be hers.
SECRETS = ("ada-4711", "ada-5813", "ADASERIAL4711", "adasbatch5813", "Ada's lamp", "Ada's own",
           "ada's garden", "Grace Hopper")  # fmt: skip
# Columns that name a person or an address.
WHO, WHERE = "subscriber", "address"


async def everything_of(database: Database, place: Address, *others: Address) -> None:
    """Let somebody in that chat have a row in every table that can hold one."""
    who = await known(database, place, a_unit("X100", serial="ADASERIAL4711"))
    await known(database, place, Unit("Acme", None, {"name": "Ada's own"}))
    await pressed_by(database, "is it ADASERIAL4711?", "batch adas batch 5813", "/alerts")
    async with database.writing() as connection:
        [item, *_] = await subscribers.owned_by(connection, who.pk)
        await subscribers.rename(connection, who, item.pk, "Ada's lamp")
        await subscribers.lend(connection, who, item.pk, "Grace Hopper")
        await wishes.set_wishes(connection, who, Wishes(hour=7))
        await interests.watch(connection, who, Interest(keyword="Ada's garden"), NOW)
        fires = Interest(hazard=HazardKind.FIRE, country="US")
        await interests.watch(connection, who, fires, NOW)
        told = Told(a_unit("X900", batch="adasbatch5813"), Verdict.CHECK_NEEDED, "batch")
        await answered.remember(connection, who, told, NOW)
        await Claims(FixedClock(NOW)).save(connection, who, 1, frozenset({"stop"}))
        for there in (place, *others):
            body = json.dumps({"facts": {"batch": "adasbatch5813"}})
            await conversations.save(connection, there.channel, there.chat, body, NOW)
            await group_feeds.save_feed(connection, there, GroupFeed(brands=("Acme",)), NOW)
    for there in others:
        async with database.writing() as connection:
            code = await links.new_code(connection, who, NOW)
            await links.redeem(connection, there, code, NOW, links.Tries())
    async with database.writing() as connection:
        await links.new_code(connection, who, NOW + timedelta(minutes=1))
    await alerted(database, dict.fromkeys((place, *others), State.SENT), sent_at=NOW)


async def pressed_by(database: Database, *says: str) -> None:
    pressed = Pressed(database, FixedClock(NOW))
    for words in says:
        await pressed.keep(words)


async def referring(database: Database, people: set[int], chats: set[int]) -> set[str]:
    """Return every table of which a row refers to one of them."""
    found = set()
    async with database.reading() as connection:
        for table in METADATA.sorted_tables:
            for column, numbers in _columns(table, people, chats):
                rows = select(table).where(table.c[column].in_(numbers)).limit(1)
                if (await connection.execute(rows)).first() is not None:
                    found.add(table.name)
    return found


def _columns(table: Table, people: set[int], chats: set[int]) -> list[tuple[str, set[int]]]:
    own = {"subscriber": people, "address": chats}.get(table.name, set())
    named = [("pk", own), (WHO, people), (WHERE, chats)]
    return [(name, numbers) for name, numbers in named if name in table.c]


async def test_s29_no_row_of_any_table_refers_to_who_was_forgotten(database: Database) -> None:
    await everything_of(database, ADA, LINKED)
    await known(database, BOB, a_unit("X100", serial="BOBSERIAL"))
    who = await known(database, ADA)
    chats = {await number(database, place) for place in (ADA, LINKED)}
    before = await referring(database, {who.pk}, chats)

    async with database.writing() as connection:
        await forgetting.forget(connection, LINKED.channel, LINKED.chat)

    # Whatever table is added next must be filled above, and emptied. A public account is
    # nobody's, and stays (test_store_publish_kept.py).
    assert before == {
        table.name
        for table in METADATA.sorted_tables
        if table.name in {WHO, WHERE} or {WHO, WHERE} & set(table.c.keys())
    } - {"account"}
    assert await referring(database, {who.pk}, chats) == set()
    [item] = await owned(database, BOB)
    assert item.unit.serial == "BOBSERIAL"


async def test_s29_what_only_they_had_is_gone_too(database: Database) -> None:
    await everything_of(database, ADA)
    await known(database, BOB, a_unit("X100", serial="BOBSERIAL"))

    async with database.writing() as connection:
        await forgetting.forget(connection, ADA.channel, ADA.chat)

    async with database.reading() as connection:
        models = list(await connection.scalars(text("SELECT model FROM product")))
        specs = await connection.scalar(text("SELECT COUNT(*) FROM interest_spec"))
        buttons = await connection.scalar(text("SELECT COUNT(*) FROM pressed"))
    assert models == ["X100"]
    assert (specs, buttons) == (0, 1)


# A server's files are its own.
@only_on_sqlite
async def test_s29_the_bytes_of_the_file_hold_nothing_of_them(
    database: Database, url: str
) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    await everything_of(database, ADA, LINKED)
    while_known = _bytes(path)
    async with database.writing() as connection:
        row = await connection.execute(text("SELECT chat, place, family FROM address"))
        sealed = [bytes(part) for found in row.all() for part in found]

    async with database.writing() as connection:
        await forgetting.forget(connection, ADA.channel, ADA.chat)
    await database.close()

    plain = ("Ada's own", "ada's garden")
    assert [one for one in SECRETS if one.encode() in while_known and one not in plain] == []
    left = _bytes(path)
    assert [one for one in (*SECRETS, *map(str.upper, SECRETS)) if one.encode() in left] == []
    assert [one for one in sealed if one in left] == []


def _bytes(path: Path) -> bytes:
    """Return all that lies on the disk of the database."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


async def test_everything_that_is_kept_is_handed_over(database: Database) -> None:
    await everything_of(database, ADA, LINKED)

    async with database.reading() as connection:
        held = await personal.everything(connection, ADA.channel, ADA.chat)

    told = json.dumps(held, ensure_ascii=False)
    assert [one for one in SECRETS if one not in told] == []
    assert held["answers_are_kept"] is True
    [answer] = held["answers"]  # type: ignore[misc]
    assert (answer["model"], answer["verdict"]) == ("X900", "check_needed")
    assert held["claims"] == [{"event": 1, "done": ["stop"]}]
    assert [one["chat"] for one in held["linked_chats"]] == [LINKED.chat]  # type: ignore[union-attr]
    alerts = [(one["chat"], one["state"]) for one in held["alerts"]]  # type: ignore[union-attr]
    assert alerts == [(ADA.chat, "sent"), (LINKED.chat, "sent")]
    assert len(held["interests"]) == 2  # type: ignore[arg-type]


async def test_whoever_only_asked_is_forgotten_as_well(database: Database) -> None:
    await pressed_by(database, "batch adasbatch5813")
    async with database.writing() as connection:
        body = json.dumps({"facts": {"batch": "adas-batch-5813", "lot": "A1"}})
        await conversations.save(connection, ADA.channel, ADA.chat, body, NOW)

        held = await personal.everything(connection, ADA.channel, ADA.chat)
        await forgetting.forget(connection, ADA.channel, ADA.chat)

    assert held["buttons"] == ["batch adasbatch5813"]
    async with database.reading() as connection:
        for table in ("address", "conversation", "pressed", "pressed_code"):
            assert await connection.scalar(text(f"SELECT COUNT(*) FROM {table}")) == 0  # noqa: S608
