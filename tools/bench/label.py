"""Reading drawn labels under many conditions: what is right, how fast, how much memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from time import perf_counter

from bots.photo.reader import PhotoReader, installed
from core.catalogue.load import FOLDER, load
from core.match.decide import judge
from core.model.identifier import Code, fold
from core.model.label import Box, Reading
from core.model.lexicon import Lexicon
from core.query.label import Label, read_label
from tools.bench.result import Result, percentile
from tools.labels import CONDITIONS, FONTS, LAYOUTS, Printed, a_label, drawn, jpeg

# For every condition each font meets every layout at least once.
LABELS = 12
SEED = 20


@dataclass(frozen=True, slots=True)
class _Outcome:
    condition: str
    model: bool
    serial: bool
    seconds: float


def label() -> Iterator[Result]:
    """Yield what share of models and serials is read right, by condition and over all."""
    if not installed():
        return
    outcomes, peak = asyncio.run(_all_outcomes(_lexicon()))
    for condition in CONDITIONS:
        yield from _figures(condition, [one for one in outcomes if one.condition == condition])
    yield from _figures("all", outcomes, aims=("value>=0.99", "value>=0.98", "value<=1.5"))
    yield Result("label all: peak memory", peak, "MB")


def _lexicon() -> Lexicon:
    shipped = load(FOLDER, judge)
    return Lexicon.of(
        [maker for file in shipped for maker in file.makers],
        [notice for file in shipped for notice in file.recalls],
    )


def _figures(
    name: str, outcomes: list[_Outcome], aims: tuple[str, str, str] = ("", "", "")
) -> Iterator[Result]:
    total = len(outcomes)
    model = sum(one.model for one in outcomes) / total
    serial = sum(one.serial for one in outcomes) / total
    median = percentile([one.seconds for one in outcomes], 0.5)
    yield Result(f"label {name}: model", model, "share", aim=aims[0])
    yield Result(f"label {name}: serial", serial, "share", aim=aims[1])
    yield Result(f"label {name}: median", median, "s", aim=aims[2])


async def _all_outcomes(lexicon: Lexicon) -> tuple[list[_Outcome], float]:
    reader = PhotoReader()
    await _read(reader, jpeg(drawn(a_label(LAYOUTS[0], Random(0)))), lexicon)  # noqa: S311 - drawn
    outcomes = [
        await _outcome(reader, name, printed, face, lexicon)
        for name in CONDITIONS
        for printed, face in _labels(name)
    ]
    peak = _peak_memory(reader)
    await reader.close()
    return outcomes, peak


def _labels(condition: str) -> Iterator[tuple[Printed, str]]:
    chance = Random(f"{SEED} {condition}")  # noqa: S311 - invented labels
    layouts, fonts = cycle(chance.sample(LAYOUTS, len(LAYOUTS))), cycle(FONTS)
    for _ in range(LABELS):
        yield a_label(next(layouts), chance), next(fonts)


async def _outcome(
    reader: PhotoReader, condition: str, printed: Printed, face: str, lexicon: Lexicon
) -> _Outcome:
    chance = Random(printed.serial)  # noqa: S311 - grain and lamps
    photo = jpeg(CONDITIONS[condition](drawn(printed, face), chance))
    started = perf_counter()
    found = await _read(reader, photo, lexicon)
    seconds = perf_counter() - started
    alphabet = lexicon.alphabet(printed.brand, "serial")
    serial = Code.read(found.unit.serial or "", alphabet).literal
    right = serial == fold(printed.serial)
    return _Outcome(
        condition, fold(found.unit.model or "") == fold(printed.model), right, seconds
    )


async def _read(reader: PhotoReader, photo: bytes, lexicon: Lexicon) -> Label:
    def choose(reading: Reading) -> Box | None:
        return read_label(reading, lexicon).crop

    return read_label((await reader.read(photo, choose)).reading, lexicon)


def _peak_memory(reader: PhotoReader) -> float:
    """Return the most memory the reading process ever held, in megabytes."""
    status = Path(f"/proc/{reader.pid}/status").read_text(encoding="ascii")
    found = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(found.split()[1]) / 1024
