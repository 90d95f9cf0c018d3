"""What can hurt, as a warning triangle in the manner of ISO 7010, drawn by ourselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType

from PIL import Image, ImageDraw

from bots.cards.palette import INK, PAPER, YELLOW
from bots.cards.sketch import Sketch, around, star
from core.model.recall import HazardKind

# Drawn so many times larger, then reduced: that makes the edges smooth.
FINER = 4
TRIANGLE = ((50.0, 14.0), (10.0, 84.0), (90.0, 84.0))
# How far each layer of the sign reaches beyond the triangle, in hundredths of its width.
LAYERS = ((PAPER, 9.5), (INK, 8.0), (YELLOW, 1.5))
# Where the symbol stands: its corner, and how large its own hundred units are.
CORNER, SHARE = (26.5, 32.5), 0.47


@lru_cache(maxsize=64)
def sign(kind: HazardKind, size: int) -> Image.Image:
    """Return the sign of one hazard, as wide and high as asked, on a clear ground."""
    side = size * FINER
    picture = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(picture)
    unit = side / 100
    for colour, reach in LAYERS:
        frame = Sketch(pen, 0, 0, unit, colour)
        frame.area(TRIANGLE)
        frame.line((*TRIANGLE, TRIANGLE[0]), reach * 2)
    SYMBOLS[kind](Sketch(pen, CORNER[0] * unit, CORNER[1] * unit, unit * SHARE, INK))
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def _fire(sketch: Sketch) -> None:
    outer = (
        *((50, -2), (62, 18), (74, 34), (84, 54), (84, 74), (72, 92), (50, 100), (28, 92)),
        *((16, 74), (17, 56), (26, 42), (34, 54), (42, 38), (44, 16)),
    )
    sketch.blob(outer)
    inner = ((52, 52), (60, 66), (66, 78), (60, 90), (50, 94), (40, 90), (35, 79), (44, 68))
    sketch.blob(inner, YELLOW)


def _burn(sketch: Sketch) -> None:
    """Draw heat that rises from a surface."""
    for x, top in ((26, 22), (50, 2), (74, 22)):
        sketch.wave(((x, top), (x + 7, top + 18), (x - 7, 58), (x, 74)), 9)
    sketch.line(((0, 92), (100, 92)), 13)


def _explosion(sketch: Sketch) -> None:
    reach = (58, 26, 44, 26, 54, 26, 46, 26, 46, 26, 44, 26, 54, 26, 44, 26)
    sketch.area(star((50, 58), reach, -90))
    sketch.area(star((50, 58), [part * 0.45 for part in reach], -90), YELLOW)


def _shock(sketch: Sketch) -> None:
    sketch.area(((58, -6), (26, 52), (48, 52), (36, 84), (24, 80), (40, 108), (62, 84)))
    sketch.area(
        ((58, -6), (26, 52), (47, 52), (36, 82), (50, 86), (74, 38), (52, 38), (70, -6))
    )


def _suffocation(sketch: Sketch) -> None:
    """Draw a head inside a bag."""
    sketch.blob(((50, 0), (78, 18), (84, 46), (72, 72), (28, 72), (16, 46), (22, 18)))
    sketch.dot((50, 40), 25, YELLOW)
    sketch.dot((50, 40), 20)
    for x in (42, 58):
        sketch.dot((x, 36), 3.5, YELLOW)
    sketch.dot((50, 48), 5, YELLOW)
    sketch.line(((28, 76), (72, 76)), 7)
    sketch.area(((38, 82), (62, 82), (84, 102), (16, 102)))


def _drowning(sketch: Sketch) -> None:
    """Draw a head and a raised arm above waves."""
    sketch.dot((44, 36), 13)
    sketch.line(((38, 62), (66, 44), (66, 8)), 9)
    for y in (70, 92):
        points = [(x, y + (6 if step % 2 else -6)) for step, x in enumerate(range(-8, 118, 18))]
        sketch.wave(points, 8)


def _profile(sketch: Sketch) -> None:
    """Draw a head from the side, its mouth open to the right."""
    sketch.dot((42, 28), 27)
    sketch.area(((22, 40), (56, 44), (54, 74), (24, 74)))
    sketch.area(((60, 16), (76, 32), (66, 36), (66, 52), (48, 54)))
    sketch.area(((24, 70), (54, 70), (84, 92), (88, 104), (0, 104), (4, 92)))


def _choking(sketch: Sketch) -> None:
    """Draw a head with something stuck in its throat."""
    _profile(sketch)
    sketch.wave(((70, 40), (50, 42), (41, 54), (40, 92)), 11, YELLOW)
    sketch.dot((40, 66), 8.5)


def _ingestion(sketch: Sketch) -> None:
    """Draw a head that is about to swallow something small and round."""
    _profile(sketch)
    sketch.area(((48, 38), (84, 24), (84, 48)), YELLOW)
    sketch.dot((76, 37), 13, YELLOW)
    sketch.dot((76, 37), 9)


def _laceration(sketch: Sketch) -> None:
    """Draw a blade above a cut finger."""
    sketch.area(((58, -4), (70, 8), (40, 60), (26, 62), (24, 52)))
    sketch.area(((0, 72), (66, 72), (66, 102), (0, 102)))
    sketch.dot((66, 87), 15)
    sketch.area(((20, 68), (46, 68), (33, 92)), YELLOW)
    sketch.blob(((92, 48), (100, 64), (92, 74), (84, 64)))


def _fall(sketch: Sketch) -> None:
    """Draw somebody who falls backwards off an edge."""
    sketch.area(((-8, 60), (26, 60), (26, 106), (-8, 106)))
    sketch.dot((74, 30), 11)
    sketch.line(((66, 46), (48, 62)), 15)
    sketch.line(((48, 64), (32, 46), (40, 22)), 9)
    sketch.line(((50, 66), (36, 84)), 9)
    sketch.line(((66, 46), (56, 22)), 8)
    sketch.line(((68, 48), (92, 58)), 8)


def _impact(sketch: Sketch) -> None:
    """Draw something heavy that comes down on a head."""
    sketch.area(((34, -4), (70, 4), (64, 36), (28, 28)))
    sketch.dot((50, 68), 15)
    sketch.area(((30, 88), (70, 88), (80, 106), (20, 106)))
    for start, end in (((26, 50), (12, 42)), ((74, 50), (88, 42)), ((22, 68), (6, 68))):
        sketch.line((start, end), 6)
    sketch.line(((78, 68), (94, 68)), 6)


def _poisoning(sketch: Sketch) -> None:
    """Draw a skull above two bones."""
    for start, end in (((6, 68), (94, 102)), ((94, 68), (6, 102))):
        sketch.line((start, end), 9)
        for x, y in (start, end):
            sketch.dot((x, y - 5), 7)
            sketch.dot((x, y + 5), 7)
    sketch.dot((50, 34), 36, YELLOW)
    sketch.dot((50, 30), 30)
    sketch.area(((34, 48), (66, 48), (66, 74), (34, 74)))
    for x in (38, 62):
        sketch.dot((x, 34), 8.5, YELLOW)
    sketch.area(((50, 42), (55, 53), (45, 53)), YELLOW)
    for x in (44, 56):
        sketch.line(((x, 62), (x, 74)), 3, YELLOW)


def _infection(sketch: Sketch) -> None:
    """Draw three open rings round a fourth, the sign of what lives and makes ill."""
    centre = (50, 60)
    for degrees in (-90, 30, 150):
        sketch.dot(around(centre, 27, degrees), 29)
    for degrees in (-90, 30, 150):
        sketch.dot(around(centre, 33, degrees), 22, YELLOW)
        sketch.line((around(centre, 38, degrees), around(centre, 58, degrees)), 13, YELLOW)
    sketch.ring(centre, 24, 7)
    sketch.dot(centre, 7, YELLOW)


def _allergy(sketch: Sketch) -> None:
    """Draw an ear of wheat beside a peanut."""
    sketch.dot((72, 56), 19)
    sketch.dot((76, 86), 22)
    for point in ((66, 52), (78, 58), (70, 78), (84, 84), (72, 94)):
        sketch.dot(point, 3, YELLOW)
    sketch.line(((30, 106), (34, 10)), 6)
    for y in (20, 42, 64):
        sketch.blob(((31, y + 20), (14, y + 12), (12, y - 4), (26, y + 2)))
        sketch.blob(((35, y + 20), (50, y + 12), (54, y - 4), (40, y + 2)))
    sketch.blob(((34, -10), (41, 4), (34, 16), (27, 4)))


def _crash(sketch: Sketch) -> None:
    """Draw a car against a wall."""
    sketch.area(((82, 34), (98, 34), (98, 102), (82, 102)))
    sketch.area(
        ((-10, 66), (4, 62), (18, 42), (48, 42), (60, 62), (72, 66), (72, 88), (-10, 88))
    )
    sketch.area(((12, 62), (22, 49), (44, 49), (51, 62)), YELLOW)
    for x in (8, 54):
        sketch.dot((x, 90), 14, YELLOW)
        sketch.dot((x, 90), 11)
    for start, end in (((75, 54), (68, 36)), ((68, 52), (56, 30))):
        sketch.line((start, end), 5)


def _failure_to_protect(sketch: Sketch) -> None:
    """Draw a shield that is broken in two."""
    left = ((50, 4), (16, 14), (16, 52), (26, 78), (50, 100))
    right = ((50, 4), (84, 14), (84, 52), (74, 78), (50, 100))
    sketch.area(left)
    sketch.area(right)
    sketch.line(((56, -4), (42, 28), (60, 48), (42, 72), (52, 108)), 8, YELLOW)


def _other(sketch: Sketch) -> None:
    sketch.area(((38, 4), (62, 4), (56, 66), (44, 66)))
    sketch.dot((50, 4), 12)
    sketch.dot((50, 66), 6)
    sketch.dot((50, 90), 11)


Symbol = Callable[[Sketch], None]
SYMBOLS: MappingProxyType[HazardKind, Symbol] = MappingProxyType(
    {
        HazardKind.FIRE: _fire,
        HazardKind.BURN: _burn,
        HazardKind.EXPLOSION: _explosion,
        HazardKind.SHOCK: _shock,
        HazardKind.SUFFOCATION: _suffocation,
        HazardKind.DROWNING: _drowning,
        HazardKind.CHOKING: _choking,
        HazardKind.INGESTION: _ingestion,
        HazardKind.LACERATION: _laceration,
        HazardKind.FALL: _fall,
        HazardKind.IMPACT: _impact,
        HazardKind.POISONING: _poisoning,
        HazardKind.INFECTION: _infection,
        HazardKind.ALLERGY: _allergy,
        HazardKind.CRASH: _crash,
        HazardKind.FAILURE_TO_PROTECT: _failure_to_protect,
        HazardKind.OTHER: _other,
    }
)
