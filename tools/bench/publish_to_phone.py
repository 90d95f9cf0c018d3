"""From a notice in the feed to the messages of ten thousand owners, step by step."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import text

from bots.telegram.pace import Limits, smoothly
from core.alert.dispatch import Pipe
from core.alert.planner import plan_all
from core.clock import SystemClock
from core.ingest.run import Payload, Reader
from core.model.rule import Model, walk
from core.model.unit import Unit
from core.sources.contract import RawRecord
from core.sources.cpsc import Cpsc
from core.sources.exchange import Manners
from core.sources.http import Fetcher
from core.store.schema import UtcDateTime
from tools.bench.broadcast import a_broadcast
from tools.bench.dispatch import a_channel
from tools.bench.recalls import as_sent, recalls
from tools.bench.result import Result
from tools.bench.sending import a_platform

OWNERS, BEFORE = 10_000, 100
# The platform answers after so many ms, and takes so many posts a second of us.
ANSWERS_MS, A_SECOND = 50, 1_000
_TOLD = text("SELECT MIN(sent_at) AS first, MAX(sent_at) AS last FROM delivery").columns(
    first=UtcDateTime(), last=UtcDateTime()
)
STEPS = ("read and stored", "planned", "the first is told", "the last is told")


def publish_to_phone() -> Iterator[Result]:
    """Yield, for each step, how many seconds after the notice appeared it was done."""
    with (
        tempfile.TemporaryDirectory() as folder,
        a_platform("telegram", ANSWERS_MS, A_SECOND) as told,
    ):
        seconds = asyncio.run(_followed(Path(folder), told))
    for step, moment in zip(STEPS, seconds, strict=True):
        yield Result(f"publish_to_phone, {OWNERS} owners, {step}", moment, "s after")


async def _followed(folder: Path, told: dict[str, object]) -> list[float]:
    """Return when each step was done; the feed was read before, and one notice is new."""
    every = list(recalls(BEFORE + 1))
    async with Fetcher(Manners()) as fetcher, AsyncExitStack() as stack:
        source = Cpsc(fetcher)
        new = b"[" + as_sent(every[-1]) + b"]"
        owned = _named_by(source, new)
        async with a_broadcast(folder, OWNERS, owned) as crowd:
            reader = Reader(crowd.database, SystemClock())
            old = b"[" + b",".join(map(as_sent, every[:-1])) + b"]"
            await reader.replay(source, [_payload(old)], _now())
            await plan_all(crowd.database, crowd.lexicon, SystemClock())
            channel = a_channel(stack, told, Limits(smoothly(A_SECOND)))
            sending = crowd.dispatcher(channel, Pipe())
            started, at = perf_counter(), _now()
            await reader.replay(source, [_payload(new)], at)
            stored = perf_counter() - started
            await plan_all(crowd.database, crowd.lexicon, SystemClock())
            planned = perf_counter() - started
            await sending.drain()
            async with crowd.database.reading() as connection:
                row = (await connection.execute(_TOLD)).one()
    second = timedelta(seconds=1)
    return [stored, planned, (row.first - at) / second, (row.last - at) / second]


def _named_by(source: Cpsc, payload: bytes) -> Unit:
    """Return a unit of a product that the notice names."""
    record: RawRecord = next(iter(source.split(payload, "", _now())))
    notice = source.parse(record)
    models = (node for node in walk(notice.units) if isinstance(node, Model))
    named = next(iter(models), None)
    return Unit(notice.brands[0], named.any_of[0] if named else None)


def _payload(body: bytes) -> Payload:
    return Payload(lambda: body, "recalls.json", "https://cpsc.example/recalls")


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the real time
