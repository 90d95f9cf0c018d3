"""A bar chart: every bar has its label and its count in words, so no colour says anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from bots.cards import palette
from bots.cards.layout import FOOT, GAP, HEIGHT, MARGIN, SMALLEST, WIDTH, Box, Words, words_in
from bots.cards.palette import BLUE, RED, Ink
from bots.cards.setting import Letter, Typesetter
from core.model.public import Chart

if TYPE_CHECKING:
    from bots.cards.paint import Canvas

SCALES = (1.0, 0.94, 0.88, 0.82, 0.8)
BAND_EDGE, MOST_LABEL, LEAST_BAR, BAR_EDGE = 22, 520, 4, 10
TALLEST_ROW = 96


@dataclass(frozen=True, slots=True)
class Row:
    """One bar with its label before it and its count behind it."""

    label: Words
    bar: Box
    count: Words


@dataclass(frozen=True, slots=True)
class ChartLayout:
    """A chart with everything in its place."""

    title: Words
    band: Box
    rows: tuple[Row, ...]
    source: Words

    @property
    def texts(self) -> tuple[Words, ...]:
        """Return all its texts, from the top."""
        rows = (words for row in self.rows for words in (row.label, row.count))
        return (self.title, *rows, self.source)


def chart_words(chart: Chart) -> tuple[str, ...]:
    """Return every text on a chart."""
    counts = (_count(number, chart.lang) for _, number in chart.bars)
    return (chart.title, *(label for label, _ in chart.bars), *counts, chart.source)


def lay_out_chart(chart: Chart, setter: Typesetter) -> ChartLayout | None:
    """Return the largest layout that holds everything, None where none does."""
    pages = (_Page(chart, setter, scale).layout() for scale in SCALES)
    return next((layout for layout in pages if layout is not None), None)


def paint_chart(layout: ChartLayout, canvas: Canvas) -> None:
    """Paint a chart that is laid out."""
    canvas.fill(layout.band, RED)
    canvas.stripe(layout.band.bottom)
    for row in layout.rows:
        canvas.fill(row.bar, BLUE, round_by=min(6, row.bar.width // 2))
    for words in layout.texts:
        canvas.write(words)


@dataclass(frozen=True, slots=True)
class _Page:
    chart: Chart
    setter: Typesetter
    scale: float

    def layout(self) -> ChartLayout | None:
        """Return the chart at this scale, None where it does not fit."""
        title = self._text(
            self.chart.title, self._letter(58, bold=True), palette.HEADLINE, _room(BAND_EDGE)
        )
        band = Box(0, 0, WIDTH, title.box.bottom + BAND_EDGE)
        source = self._text(self.chart.source, self._letter(40), palette.SOURCE, _room(0))
        top = HEIGHT - FOOT - source.box.height
        source = words_in(source.lines, source.letter, source.ink, _room(top))
        rows = self._rows(Box(MARGIN, band.bottom + 2 * GAP, WIDTH - MARGIN, top - GAP))
        return None if rows is None else ChartLayout(title, band, rows, source)

    def _rows(self, room: Box) -> tuple[Row, ...] | None:
        letter = self._letter(46)
        labels = [self.setter.lines(text, letter, MOST_LABEL) for text, _ in self.chart.bars]
        needed = sum(len(lines) * letter.step for lines in labels)
        needed += BAR_EDGE * max(len(labels) - 1, 0)
        if needed > room.height:
            return None
        spare = (room.height - needed) // max(len(labels), 1)
        edge = BAR_EDGE + min(spare, TALLEST_ROW - letter.step)
        column = self._widest([line for lines in labels for line in lines], letter)
        rows, top = [], room.top
        for place, lines in enumerate(labels):
            box = room._replace(top=top, right=room.left + column)
            rows.append(self._row(place, words_in(lines, letter, palette.WHERE, box), room))
            top += len(lines) * letter.step + edge
        return tuple(rows)

    def _row(self, place: int, label: Words, room: Box) -> Row:
        letter = label.letter._replace(bold=True)
        counts = [_count(number, self.chart.lang) for _, number in self.chart.bars]
        start = label.box.right + GAP
        longest = room.right - start - GAP - self._widest(counts, letter)
        most = max((number for _, number in self.chart.bars), default=0)
        share = max(self.chart.bars[place][1], 0) / most if most > 0 else 0.0
        middle, half = (label.box.top + label.box.bottom) // 2, letter.step // 2
        end = start + max(round(longest * share), LEAST_BAR)
        bar = Box(start, middle - half + 5, end, middle + half - 3)
        beside = Box(end + GAP // 2, middle - half, room.right, middle + half)
        return Row(label, bar, words_in([counts[place]], letter, palette.WHERE, beside))

    def _widest(self, texts: Sequence[str], letter: Letter) -> int:
        return round(max((self.setter.width(text, letter) for text in texts), default=0)) + 2

    def _text(self, text: str, letter: Letter, ink: Ink, room: Box) -> Words:
        return words_in(self.setter.lines(text, letter, room.width), letter, ink, room)

    def _letter(self, size: int, *, bold: bool = False) -> Letter:
        return Letter(max(round(size * self.scale), SMALLEST), bold)


def _room(top: int) -> Box:
    return Box(MARGIN, top, WIDTH - MARGIN, HEIGHT)


def _count(number: int, lang: str) -> str:
    return format_decimal(number, locale=lang.replace("-", "_"))
