"""What the store promises of all sources at once: the same as of each of them alone."""

from __future__ import annotations

from datetime import date, timedelta

from core.store import notices, raw, source_runs, standings
from core.store.raw import Kept, Raw, digest_of, pack
from core.store.schema import SOURCE_RUN
from core.store.source_runs import Run
from core.store.work import Database
from tests.builders import NOW, a_notice

HOUR = timedelta(hours=1)
LONG_AGO = NOW - timedelta(days=500)


def good(source: str, hours: int, *, whole: bool = False) -> Run:
    at = NOW + hours * HOUR
    return Run(source, at, at + HOUR, None if whole else at - HOUR, {"same": hours})


def failed(source: str, hours: int) -> Run:
    at = NOW + hours * HOUR
    return Run(source, at, at + HOUR, None, {}, "down")


async def test_all_sources_stand_where_each_of_them_stands(database: Database) -> None:
    runs = [
        *(good("cpsc", 1, whole=True), good("cpsc", 3), failed("cpsc", 4), good("cpsc", 2)),
        *(failed("opss", 1), failed("opss", 2)),
        good("fda", 1),
    ]
    names = ["cpsc", "opss", "fda", "accc"]
    async with database.writing() as connection:
        for run in runs:
            await source_runs.record_run(connection, run)
        together = await standings.standings(connection, names)
        apart = {name: await source_runs.standing(connection, name) for name in names}
        none = await standings.standings(connection, [])

    assert together == apart
    assert together["cpsc"].last == runs[2]
    assert together["cpsc"].success == runs[1]
    assert together["cpsc"].complete == runs[0]
    assert none == {}


async def test_an_outage_of_more_than_a_year_does_not_undo_the_last_good_reading(
    database: Database,
) -> None:
    whole = Run("cpsc", LONG_AGO, LONG_AGO + HOUR)
    older = Run("cpsc", LONG_AGO - HOUR, LONG_AGO)
    newer = Run("cpsc", LONG_AGO + HOUR, LONG_AGO + 2 * HOUR, LONG_AGO)
    other = Run("opss", LONG_AGO, LONG_AGO + HOUR)
    async with database.writing() as connection:
        for run in (older, whole, newer, other, failed("cpsc", 0)):
            await source_runs.record_run(connection, run)
        found = await standings.standings(connection, ["cpsc", "opss"])
        left = (await connection.execute(SOURCE_RUN.select())).all()

    assert found["cpsc"].success == newer
    assert found["cpsc"].complete == whole
    assert found["opss"].success == other
    assert len(left) == 4


async def test_the_days_of_all_sources_leave_out_other_times(
    database: Database,
) -> None:
    async with database.writing() as connection:
        many = [a_notice(id=f"n-{day}", published=date(2026, 1, day)) for day in (9, 3, 5)]
        twin = a_notice(id="n-twin", published=date(2026, 1, 9))
        undated = a_notice(id="n-undated", published=None)
        await notices.put_notices(connection, "cpsc", [*many, twin, undated], NOW)
        theirs = [a_notice(id="o", published=date(2026, 1, 7))]
        await notices.put_notices(connection, "opss", theirs, NOW)
        found = await standings.days_of_all(connection, date(2026, 1, 4), date(2026, 2, 1))

    assert found["cpsc"] == [date(2026, 1, 5), date(2026, 1, 9), date(2026, 1, 9)]
    assert found["opss"] == [date(2026, 1, 7)]


async def test_only_what_is_unreadable_in_its_last_version_is_counted(
    database: Database,
) -> None:
    def version(source: str, key: str, body: bytes, problem: str | None) -> Kept:
        record = Raw(source, key, "json", body, "https://page.example/api", NOW)
        return Kept(pack(record, digest_of(record)), problem=problem)

    async with database.writing() as connection:
        first = [version("cpsc", "1", b"1", "half"), version("cpsc", "2", b"2", "half")]
        await raw.keep_raw(connection, "cpsc", first, NOW)
        mended = [version("cpsc", "1", b"whole", None)]
        await raw.keep_raw(connection, "cpsc", mended, NOW + HOUR)
        theirs = [version("opss", "1", b"1", "half")]
        await raw.keep_raw(connection, "opss", theirs, NOW)
        counts = await standings.unreadable_counts(connection)
        apart = len(await raw.unreadable(connection, "cpsc"))

    assert counts == {"cpsc": 1, "opss": 1}
    assert apart == 1
