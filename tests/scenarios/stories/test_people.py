"""Stories of people: everything of them goes when they say so, and nobody is told twice."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg

from tests.fakes import a_record
from tests.scenarios.stories.town import Town

OTHER = a_record("0", brands=["Zorb"], units={"op": "model", "any_of": ["ZB9"]})
CUTS = {"kinds": ["laceration"], "text": "It is sharp.", "source": "fake"}
SERIAL = "AFVDC20G17309876"
CHAT, NICKNAME, FRIEND = "telephone-4711", "attic-of-mine", "cousin-of-mine"
HERS = (CHAT, NICKNAME, FRIEND, SERIAL)


async def test_s29_forgetting_leaves_no_trace_and_everything_was_handed_over_before(
    town: Town, empty: str
) -> None:
    await town.reads(OTHER)
    before = await town.rows()
    for said in (
        f"I own an Acme X100 serial {SERIAL}",
        f"/mine name 1 {NICKNAME}",
        f"/mine lent 1 {FRIEND}",
        "/watch Acme",
        "/alerts daily",
        "/quiet 22-7",
        "Acme X999",
        "/link",
    ):
        await town.says(said, CHAT)
    await town.reads(OTHER, a_record("1"))
    await town.passes(days=2)
    await town.presses(town.letters.shown(CHAT)[0], "Stopped using it", CHAT)
    await town.reads(OTHER, a_record("1", regions=["US", "CA"]), a_record("2", hazard=CUTS))
    await town.plans()
    held = await town.naming(*HERS)
    waiting = await town.rows()

    handed = await town.says("/mydata", CHAT)
    await town.says("/forget yes", CHAT)
    sent = len(town.letters.shown(CHAT))
    await town.passes(days=60)

    assert handed.attachment is not None
    told = json.loads(handed.attachment.content)
    for word in HERS:
        assert word in json.dumps(told)
    assert {one["state"] for one in told["alerts"]} >= {"sent", "waiting"}
    assert held >= {"address", "owned_item", "conversation"}
    assert waiting["delivery"]
    after = await town.rows()
    assert await town.naming(*HERS) == set()
    left = {name for name, rows in after.items() if rows and not before[name]}
    assert left <= {"alert"}
    assert len(town.letters.shown(CHAT)) == sent
    await town.database.close()
    stored = on_disk(empty)
    assert b"Acme X100 power bank" in stored
    assert [word for word in HERS if word.encode() in stored] == []


def on_disk(url: str) -> bytes:
    """Return all bytes of a database, and of what lies beside it where it is a file."""
    if url.startswith("sqlite:"):
        file = Path(url.removeprefix("sqlite:///"))
        return b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("CHECKPOINT")
        files = admin.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class"
            " WHERE relkind IN ('r', 'i', 't') AND oid >= 16384"
        )
        return b"".join(content for (content,) in files)


async def test_s30_the_direct_alert_arrives_and_neither_digest_nor_interest_repeats_it(
    town: Town,
) -> None:
    await town.reads(OTHER)
    await town.says("I own an Acme X100", "ann")
    await town.says("/watch Acme", "ann")
    await town.says("/watch fire", "ann")
    await town.says("/alerts daily", "ann")
    await town.says("/watch Acme", "eve")
    await town.says("/alerts daily", "eve")
    await town.says_in_group("/feed on", "flat", admin=True)

    await town.reads(OTHER, a_record("1"), a_record("2", product="Acme knife", hazard=CUTS))
    await town.passes(hours=20)

    about = [told for told in town.got("ann") if "X100" in told]
    assert len(about) == 1
    assert about[0].startswith("Product safety recall: your Acme X100 power bank")
    assert len([told for told in town.got("eve") if "X100" in told]) == 1
    posts = [told for told in town.got("flat") if told.startswith("Product safety recall")]
    assert len(posts) == 2
