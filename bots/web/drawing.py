"""Drawing recalls per week as SVG, in the colours of the reader's light or dark screen."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import count
from types import MappingProxyType
from typing import Any

import pygal  # type: ignore[import-untyped]
from babel.dates import format_date
from pygal.style import Style  # type: ignore[import-untyped]

from bots.web.charts import Series
from bots.web.facts import number
from core.text.translations import Translator

# pygal leaves an import hook of a kind that Python has given up, for plug-ins we do not have.
sys.meta_path[:] = [
    finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)
]

# The pages' two schemes. Each bar is at least 3:1 against the page (WCAG 1.4.11), as a test
# measures; the last colour is for the rest.
LIGHT = (
    *("#b3261e", "#0b5a8f", "#8a5a00", "#1f6b3a"),
    *("#7a3fa0", "#00727a", "#a02c6d", "#5f6b78"),
)
DARK = (
    *("#ff8a7d", "#84c1f2", "#f0b64a", "#8ad6a4"),
    *("#cfa4ee", "#5fd0d8", "#f59ac5", "#aab5c2"),
)
SCHEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        scheme: MappingProxyType(
            {"page": page, "text": text, "line": line}
            | {f"series{place}": colour for place, colour in enumerate(colours)}
        )
        for scheme, page, text, line, colours in (
            ("light", "#f5f7f9", "#1a2330", "#d3dae2", LIGHT),
            ("dark", "#11161c", "#e7ecf2", "#313b47", DARK),
        )
    }
)
# One for each language, while the numbers stay the same.
MOST_KEPT = 16
MOST_STEPS = 8
FONT = "system-ui, sans-serif"


@lru_cache(maxsize=MOST_KEPT)
def draw(mondays: tuple[date, ...], shown: tuple[Series, ...], words: Translator) -> bytes:
    """Return stacked bars as SVG, in the colours of the reader's scheme, with a title."""
    chart = pygal.StackedBar(
        style=_style(),
        js=[],
        css=["file://style.css", "file://graph.css", f"inline:{_colours()}"],
        no_prefix=True,
        width=920,
        height=460,
        title=words("web_weeks_title"),
        show_minor_x_labels=False,
        x_labels_major_every=4,
        truncate_label=-1,
        truncate_legend=-1,
        legend_at_bottom=True,
        legend_at_bottom_columns=4,
        show_y_guides=True,
        print_values=False,
        no_data_text=words("web_weeks_none"),
        value_formatter=lambda value: number(round(value), words),
        disable_xml_declaration=False,
    )
    chart.x_labels = [_short(monday, words) for monday in mondays]
    if shown:
        heights = (sum(week) for week in zip(*(one.counts for one in shown), strict=True))
        chart.y_labels = whole_steps(max(heights, default=0))
    for one in shown:
        chart.add(one.name, list(one.counts))
    chart.add_xml_filter(_still)
    drawn: bytes = chart.render()
    return drawn


def whole_steps(most: int) -> list[int]:
    """Return the numbers beside the bars, from none to `most` or just above.

    Half a recall is none, so where there are few, each is marked.
    """
    step = next(
        digit * 10**power
        for power in count()
        for digit in (1, 2, 5)
        if digit * 10**power * MOST_STEPS >= most
    )
    return list(range(0, max(most, 1) + step, step))


def _still(picture: Any) -> Any:
    """Take out the script and the remarks: the same numbers are the same picture."""
    for parent in list(picture.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag.endswith("script"):
                parent.remove(child)
    return picture


def _short(day: date, words: Translator) -> str:
    return str(format_date(day, "short", locale=words.locale))


def _style() -> Style:
    return Style(
        background="transparent",
        plot_background="transparent",
        foreground="var(--text)",
        foreground_strong="var(--text)",
        foreground_subtle="var(--line)",
        opacity="1",
        opacity_hover="1",
        transition="0s",
        stroke_opacity="1",
        guide_stroke_color="var(--line)",
        major_guide_stroke_color="var(--line)",
        font_family=FONT,
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=15,
        title_font_size=17,
        no_data_font_size=24,
        colors=tuple(f"var(--series{place})" for place in range(len(LIGHT))),
        value_colors=tuple("var(--text)" for _ in LIGHT),
    )


def _colours() -> str:
    """Return the colours of both schemes, and the seams that keep the bars apart."""
    light, dark = (_variables(SCHEMES[scheme]) for scheme in ("light", "dark"))
    seams = ".series .rect{stroke:var(--page);stroke-width:2}"
    return f"svg{light}@media (prefers-color-scheme:dark){{svg{dark}}}{seams}"


def _variables(colours: Mapping[str, str]) -> str:
    return "{" + "".join(f"--{name}:{value};" for name, value in colours.items()) + "}"
