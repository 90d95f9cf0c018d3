"""One way to plan a revision, in a process of its own, so that its memory is its own."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import statistics
import sys
from bisect import bisect_right
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import structlog
from sqlalchemy import text

from core.alert.planner import plan_all, plan_next
from core.clock import SystemClock
from core.model.lexicon import Lexicon
from core.model.recall import Notice
from core.model.revision import RevisionKind
from core.model.rule import CodeRule, walk
from core.store import feed
from core.store.work import Database
from core.store.writing import Version
from tools.bench.people import seal_at

KILOBYTES = 1024
STATUS = Path("/proc/self/status")
CHUNK = 5_000
# How often somebody else writes: a reply, a receipt.
EVERY = 0.01
ALONE = 100
_AGAIN = text(
    "UPDATE revision SET planned_at = NULL"
    " WHERE notice = (SELECT pk FROM notice WHERE id = :id)"
)
_SEEN = text("UPDATE subscriber SET lang = 'en' WHERE pk = :who")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be measured: which database, and the notices to plan."""

    path: Path
    notices: tuple[Notice, ...]


async def _opened(task: Task) -> Database:
    database = await Database.open(f"sqlite:///{task.path}")
    first = Version(task.notices[0], RevisionKind.NEW)
    async with database.writing() as connection:
        await feed.keep(connection, "cpsc", [first], SystemClock().now())
    return database


async def planner(task: Task) -> dict[str, float]:
    """Plan it, alone: seconds and deliveries."""
    database = await _opened(task)
    started = perf_counter()
    found = await plan_all(database, Lexicon(), SystemClock())
    seconds = perf_counter() - started
    await database.close()
    return {"seconds": seconds, "deliveries": sum(found[0].deliveries.values())}


async def beside(task: Task) -> dict[str, float]:
    """Plan it while somebody else writes all the time: how long the longest waited, in ms."""
    database = await _opened(task)
    over, waits = asyncio.Event(), [0.0]

    async def write() -> None:
        while not over.is_set():
            started = perf_counter()
            async with database.writing() as connection:
                await connection.execute(_SEEN, {"who": 1})
            waits.append(perf_counter() - started)
            await asyncio.sleep(EVERY)

    writer = asyncio.create_task(write())
    await plan_all(database, Lexicon(), SystemClock())
    over.set()
    await writer
    await database.close()
    return {"wait": max(waits) * 1000, "writes": len(waits)}


async def nobody(task: Task) -> dict[str, float]:
    """Plan revisions that concern nobody: the median of one that comes alone, and of many."""
    database = await _opened(task)
    first, *many = task.notices
    times = []
    for _ in range(ALONE):
        async with database.writing() as connection:
            await connection.execute(_AGAIN, {"id": first.id})
        started = perf_counter()
        await plan_next(database, Lexicon(), SystemClock())
        times.append(perf_counter() - started)
    versions = [Version(notice, RevisionKind.NEW) for notice in many]
    async with database.writing() as connection:
        await feed.keep(connection, "cpsc", versions, SystemClock().now())
    started = perf_counter()
    await plan_all(database, Lexicon(), SystemClock())
    each = (perf_counter() - started) / len(many)
    await database.close()
    return {"alone": statistics.median(times) * 1000, "each": each * 1000}


_EVERYBODY = "SELECT MIN(pk), subscriber FROM owned_item WHERE product = 1 GROUP BY subscriber"
_HALF = _EVERYBODY.replace(" GROUP", " AND pk % 2 = 0 GROUP")
_SEALED = "SELECT pk, subscriber, facts FROM owned_item WHERE product = 1 ORDER BY subscriber"
_PUT = (
    "INSERT INTO delivery (alert, address, rank, state, item)"
    " SELECT ?, a.pk, 0, 0, i.item FROM ids i JOIN address a ON a.subscriber = i.subscriber"
    " WHERE i.rowid > ? AND i.rowid <= ? AND a.gone_at IS NULL AND a.takes = 'everything'"
    " ON CONFLICT DO NOTHING"
)


def _bare(task: Task, fill: Callable[[sqlite3.Connection], None]) -> dict[str, float]:
    """Do the same inserts by bare SQL: ids found once, then some thousands a transaction."""
    with closing(sqlite3.connect(task.path, isolation_level=None)) as raw:
        raw.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        raw.execute(
            "INSERT INTO alert (pk, event, reason, occurrence, serious, created_at)"
            " VALUES (1, 0, 'alert', '1', 1, '2026-06-14 09:00:00.000000')"
        )
        started = perf_counter()
        raw.execute("CREATE TEMP TABLE ids (item INTEGER, subscriber INTEGER)")
        fill(raw)
        last = raw.execute("SELECT MAX(rowid) FROM ids").fetchone()[0] or 0
        count, longest = 0, 0.0
        for after in range(0, last, CHUNK):
            began = perf_counter()
            raw.execute("BEGIN IMMEDIATE")
            count += raw.execute(_PUT, (1, after, after + CHUNK)).rowcount
            raw.execute("COMMIT")
            longest = max(longest, perf_counter() - began)
        seconds = perf_counter() - started
    return {"seconds": seconds, "deliveries": count, "lock": longest * 1000}


def floor(task: Task) -> dict[str, float]:
    """Plan all owners."""
    return _bare(task, lambda raw: _ids(raw, _EVERYBODY))


def half(task: Task) -> dict[str, float]:
    """Plan every second owner, as if serials stood in the clear and an index told."""
    return _bare(task, lambda raw: _ids(raw, _HALF))


def _ids(raw: sqlite3.Connection, query: str) -> None:
    raw.execute(f"INSERT INTO ids {query}")


def unsealed(task: Task) -> dict[str, float]:
    """Plan the owners whose serial, once unsealed, lies in one of the notice's ranges."""
    rule = next(node for node in walk(task.notices[0].units) if isinstance(node, CodeRule))
    bounds = sorted(bound for start, end in rule.between for bound in (start, f"{end}!"))
    read = seal_at(task.path).read

    def fill(raw: sqlite3.Connection) -> None:
        rows = raw.execute(_SEALED)
        while some := rows.fetchmany(CHUNK):
            inside = [
                (item, person)
                for item, person, facts in some
                if bisect_right(bounds, json.loads(read(facts))["serial"]) % 2
            ]
            raw.executemany("INSERT INTO ids VALUES (?, ?)", inside)

    return _bare(task, fill)


def _most_memory() -> float:
    """Return the most megabytes this process ever held.

    What `getrusage` says begins with what our parent held when it made us.
    """
    told = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / KILOBYTES


def main(arguments: list[str]) -> None:
    """Print, as JSON, the figures of one way: its name, the database, a file of notices."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    way, path, told = arguments
    notices = json.loads(Path(told).read_text())
    task = Task(Path(path), tuple(Notice.model_validate(one) for one in notices))
    found = asyncio.run(_AWAITED[way](task)) if way in _AWAITED else _BARE[way](task)
    found["memory"] = _most_memory()
    sys.stdout.write(json.dumps(found))


_AWAITED = {"planner": planner, "beside": beside, "nobody": nobody}
_BARE = {"floor": floor, "half": half, "unsealed": unsealed}

if __name__ == "__main__":
    main(sys.argv[1:])
