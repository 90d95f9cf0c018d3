"""How planning grows with the number of owners, as figures and as a picture."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pygal  # type: ignore[import-untyped]  # it has no types
from pygal.style import CleanStyle  # type: ignore[import-untyped]  # nor has this

from tools.bench.people import MODEL, Crowd, filled
from tools.bench.plan import RANGES, ROOT, ROUNDS, Ground, a_notice
from tools.bench.result import Result

OWNERS = (10_000, 100_000, 1_000_000)
FEW = (1_000, 2_000, 4_000)
PICTURE = ROOT / "docs" / "growth.svg"
WAYS = {
    "all owners": ("planner", "floor", ()),
    "20 serial ranges": ("planner", "unsealed", RANGES),
}


def growth(*, small: bool = False) -> Iterator[Result]:
    """Yield seconds for each number of owners, with bare SQL beside; draw them unless small."""
    drawn: dict[str, list[tuple[int, float]]] = {}
    for owners in FEW if small else OWNERS:
        with tempfile.TemporaryDirectory() as folder:
            crowd = Crowd(owners, owners, models=1_000) if small else Crowd(owners, owners)
            ground = Ground(Path(folder), 1 if small else ROUNDS)
            asyncio.run(filled(ground.folder, crowd))
            for name, (ours, bare, ranges) in WAYS.items():
                notices = [a_notice(MODEL, ranges)]
                value = ground.best(ours, notices)["seconds"]
                floor = ground.best(bare, notices)["seconds"]
                drawn.setdefault(name, []).append((owners, value))
                drawn.setdefault(f"{name}, bare SQL", []).append((owners, floor))
                yield Result(f"growth, {owners:,} owners, {name}", value, "s", floor)
    if not small:
        PICTURE.write_bytes(picture(drawn))


def picture(drawn: dict[str, list[tuple[int, float]]]) -> bytes:
    """Return the chart, both axes logarithmic: what grows evenly is a straight line."""
    chart = pygal.XY(
        title="Planning one recall",
        x_title="owners",
        y_title="seconds",
        xrange=(OWNERS[0], OWNERS[-1]),
        logarithmic=True,
        style=CleanStyle,
        disable_xml_declaration=False,
        no_prefix=True,
        js=[],
    )
    chart.x_labels = list(OWNERS)
    for name, points in drawn.items():
        chart.add(name, points)
    image: bytes = chart.render()
    return image
