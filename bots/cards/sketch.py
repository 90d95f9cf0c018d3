"""Draws shapes in units of a square, however large it is in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

from PIL.ImageDraw import ImageDraw

Point = tuple[float, float]
# Points of a curve between two of those it goes through.
FINE = 12


@dataclass(frozen=True, slots=True)
class Sketch:
    """A pen over a square of 100 by 100 units whose corner is at (left, top) in the picture."""

    pen: ImageDraw
    left: float
    top: float
    unit: float
    ink: str

    def area(self, points: Sequence[Point], colour: str | None = None) -> None:
        """Fill what straight lines go round."""
        self.pen.polygon([self._at(point) for point in points], fill=colour or self.ink)

    def blob(self, points: Sequence[Point], colour: str | None = None) -> None:
        """Fill what a smooth curve through the points goes round."""
        self.area(curve(points, closed=True), colour)

    def line(self, points: Sequence[Point], width: float, colour: str | None = None) -> None:
        """Draw a line with round ends and corners."""
        for point in points:
            self.dot(point, width / 2, colour)
        ends = [self._at(point) for point in points]
        self.pen.line(ends, fill=colour or self.ink, width=round(width * self.unit))

    def wave(self, points: Sequence[Point], width: float, colour: str | None = None) -> None:
        """Draw a smooth line through the points."""
        self.line(curve(points, closed=False), width, colour)

    def dot(self, centre: Point, radius: float, colour: str | None = None) -> None:
        """Draw a filled circle."""
        (x, y), reach = self._at(centre), radius * self.unit
        self.pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour or self.ink)

    def ring(
        self, centre: Point, radius: float, width: float, colour: str | None = None
    ) -> None:
        """Draw a circle as a line."""
        steps = [around(centre, radius, 360 * step / 48) for step in range(49)]
        self.line(steps, width, colour)

    def _at(self, point: Point) -> Point:
        return self.left + point[0] * self.unit, self.top + point[1] * self.unit


def around(centre: Point, radius: float, degrees: float) -> Point:
    """Return the point at an angle from a centre; 0 is to the right, 90 below."""
    angle = radians(degrees)
    return centre[0] + radius * cos(angle), centre[1] + radius * sin(angle)


def star(centre: Point, reach: Sequence[float], turned: float = 0) -> list[Point]:
    """Return a star whose points reach so far, one after the other."""
    step = 360 / len(reach)
    return [around(centre, far, turned + step * place) for place, far in enumerate(reach)]


def curve(points: Sequence[Point], *, closed: bool) -> list[Point]:
    """Return a smooth curve through all points (Catmull-Rom)."""
    count = len(points)
    found = []
    for place in range(count if closed else count - 1):
        corners = [_pick(points, place + step, closed=closed) for step in (-1, 0, 1, 2)]
        found += [_between(corners, step / FINE) for step in range(FINE)]
    return found if closed else [*found, points[-1]]


def _pick(points: Sequence[Point], place: int, *, closed: bool) -> Point:
    last = len(points) - 1
    return points[place % len(points)] if closed else points[min(max(place, 0), last)]


def _between(corners: Sequence[Point], part: float) -> Point:
    x, y = (_spline([corner[axis] for corner in corners], part) for axis in (0, 1))
    return x, y


def _spline(values: Sequence[float], part: float) -> float:
    before, start, end, after = values
    first = (end - before) / 2
    second = before - 2.5 * start + 2 * end - after / 2
    third = (after - before) / 2 + 1.5 * (start - end)
    return start + part * (first + part * (second + part * third))
