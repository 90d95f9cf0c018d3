"""One check against 100,000 recalls and 300,000 products, in process, on SQLite."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

from bots.app import open_database, open_talk
from bots.ask import Options, open_asker
from core.model.identifier import LOOK_ALIKES, fold
from core.model.recall import Citation, Hazard, HazardKind, Notice, SourceKind
from core.model.rule import Model
from core.query.understand import understand
from core.settings import Settings
from core.store import notices
from core.text.translations import translator
from tools.bench.result import Result, percentile

RECALLS = 100_000
MODELS_EACH = 3
QUESTIONS = 2_000
BATCH = 5_000
BRANDS = [
    f"{a}{b}"
    for a in ("Nor", "Vel", "Kra", "Tosh", "Blu", "Zen")
    for b in ("dan", "mark", "tec", "lux", "vio", "sson", "ware", "ko")
]
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def check() -> Iterator[Result]:
    """Yield p50 and p99 of one check beside a bare indexed look-up of the same key."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.db"
        settings = Settings(database_url=f"sqlite:///{file}")
        asyncio.run(_fill(settings))
        questions = _questions(file)
        floor = _bare(file, questions)
        with open_asker(settings) as asker:
            ours = [
                _timed(partial(asker.ask_text, f"{brand} {model}", Options()))
                for brand, model in questions
            ]
        chat = asyncio.run(_through_talk(settings, questions))
    for name, times in (("check", ours), ("check in a chat", chat)):
        for label, share in (("p50", 0.5), ("p99", 0.99)):
            aim = "value<=5" if label == "p99" else ""
            yield Result(
                f"{name} {label}", percentile(times, share), "ms", percentile(floor, share), aim
            )


def _timed(act: Callable[[], object]) -> float:
    started = perf_counter()
    act()
    return (perf_counter() - started) * 1000


def _model(chance: random.Random) -> str:
    letters = "".join(chance.choices(_LETTERS, k=chance.choice((1, 2, 3))))
    return f"{letters}{chance.randrange(100, 99_999)}{chance.choice(('', 'A', 'X', '-2'))}"


def _notices(chance: random.Random) -> Iterator[Notice]:
    cite = Citation(
        id="s",
        url="https://example.org/",
        kind=SourceKind.OFFICIAL,
        says="-",
        seen=date(2026, 1, 1),
    )
    hazard = Hazard(kinds=(HazardKind.FIRE,), text="It can catch fire.", source="s")
    for number in range(RECALLS):
        models = {fold(m): m for m in (_model(chance) for _ in range(MODELS_EACH))}
        yield Notice(
            id=f"bench-{number}",
            authority="Bench",
            published=date(2020, 1, 1),
            brands=(chance.choice(BRANDS),),
            product=f"product {number}",
            regions=("US",),
            units=Model(op="model", any_of=tuple(models.values()), match="exact"),
            hazard=hazard,
            sources=(cite,),
        )


async def _fill(settings: Settings) -> None:
    database = await open_database(settings)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    batch: list[Notice] = []
    for notice in _notices(random.Random(7)):  # noqa: S311 - invented products
        batch.append(notice)
        if len(batch) == BATCH:
            async with database.writing() as connection:
                await notices.put_notices(connection, "bench", batch, now)
            batch = []
    await database.close()


def _questions(file: Path) -> list[tuple[str, str]]:
    """Return models to ask for: as printed, with a look-alike, with a typing error."""
    chance = random.Random(11)  # noqa: S311 - invented questions
    with sqlite3.connect(file) as connection:
        rows = connection.execute(
            "SELECT body FROM notice WHERE source = 'bench' ORDER BY random() LIMIT ?",
            (QUESTIONS,),
        ).fetchall()
    found = []
    for index, (body,) in enumerate(rows):
        notice = Notice.model_validate_json(body)
        model = chance.choice(list(notice.units.any_of))  # type: ignore[union-attr]
        found.append((notice.brands[0], (_same, _look_alike, _typo)[index % 3](model, chance)))
    return found


def _same(model: str, _: random.Random) -> str:
    return model


def _look_alike(model: str, chance: random.Random) -> str:
    swap = {c: chance.choice(group) for group in LOOK_ALIKES for c in group}
    return "".join(swap.get(c, c) for c in model)


def _typo(model: str, chance: random.Random) -> str:
    place = chance.randrange(len(model))
    return model[:place] + model[place + 1 :]


def _bare(file: Path, questions: list[tuple[str, str]]) -> list[float]:
    connection = sqlite3.connect(file)
    times = [
        _timed(partial(_fetched, connection, f"m:{fold(model)}")) for _, model in questions
    ]
    connection.close()
    return times


def _fetched(connection: sqlite3.Connection, key: str) -> list[tuple[int]]:
    return connection.execute("SELECT notice FROM notice_key WHERE key = ?", (key,)).fetchall()


async def _through_talk(settings: Settings, questions: list[tuple[str, str]]) -> list[float]:
    database = await open_database(settings)
    words = translator("en")
    times = []
    with closing(await open_talk(database, settings)) as talk:
        for brand, model in questions:
            started = perf_counter()
            await talk.ask(understand(f"{brand} {model}", talk.lexicon), words)
            times.append((perf_counter() - started) * 1000)
    await database.close()
    return times
