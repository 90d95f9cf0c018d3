"""The lines of a label as they belong together: each value with the word that names it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from core.model.label import Box, Line, Reading
from core.query.phrases import Hit, Phrases
from core.query.plain import Plain, read, words_of
from core.query.wording import wording

MOST_LINES = 150
LONGEST_LINE = 200
LONGEST_CONTINUED = 24
# In heights of a line: how far away a value may stand from the word that names it.
FAR_RIGHT = 14.0
FAR_BELOW = 2.2
ALIGNED = 2.0
OVERLAP = 0.5
# What the word lists for chats call these is right on a label as well; the rest is too chatty.
_CHAT_FIELDS = frozenset({"model", "serial", "batch", "gtin", "upc", "imei", "vin"})
# Between a value and the next label there is at least this: mid-line, these need a colon.
_SURE = frozenset({"model", "serial", "batch", "imei", "fcc_id", "manufactured", "expiry"})
SHORTEST_SURE = 2
_AFTER_LABEL = re.compile(r"\s*(?:no|nr|num|number|n[°º]|nº|#)?\s*[.:：;#=]")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_SPOILT = (
    (re.compile(r"^\W*[5$][/1lI]?[NH](?=\s*[:;.#])"), "SN"),
    (re.compile(r"^\W*S[/1lI|\\]N(?=\s*[:;.#]|\s+[A-Z0-9]{6})"), "S/N"),
    (re.compile(r"^\W*M[o0]de[l1I|i](?=\W|[A-Z0-9]|$)"), "Model "),
    (re.compile(r"^\W*M[O0]DE[L1I|](?=\W|[A-Z]{1,4}-?\d|$)"), "MODEL "),
    (re.compile(r"^\W*Seria[l1I|](?=\W|N|$)"), "Serial "),
)
# The engines write a label and its value in one word.
_GLUED = (
    re.compile(r"(?i)\b(model(?: ?(?:no|name|number|nr)\b\.?)?)(?=[A-Z]{0,6}-?\d[A-Z0-9-]*\b)"),
    re.compile(r"\b(S/?N)(?=(?=[A-Z]*\d)[A-Z0-9]{7,}\b)"),
    re.compile(r"(?i)\b(serial ?(?:no\.?|number|nr\.?)?)(?=(?=[A-Z]*\d)[A-Z0-9]{6,}\b)"),
    re.compile(r"(?i)\b(lot|batch|mfg|exp)(?=\d[\dA-Z/.-]{2,}\b)"),
    re.compile(r"(?i)\b(fcc ?id)(?=[A-Z0-9]{4,})"),
)
_GLUED_WORDS = re.compile(
    r"(?i)\b(model|serial|batch|lot|part|item|date|mfg|production|product|type)"
    r"(no|number|nr|code|name|date)\b"
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that names what follows: its field, and where it stands in its line."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Strip:
    """One line, in the form in which it is compared, with the labels on it."""

    plain: Plain
    box: Box
    tags: tuple[Tag, ...]

    @property
    def bare(self) -> bool:
        """Say whether nothing but labels stands here."""
        return bool(self.tags) and not any(
            character.isalnum()
            for place, character in enumerate(self.plain.words)
            if not any(tag.start <= place < tag.end for tag in self.tags)
        )

    def without_tags(self) -> str:
        """Return the text before the first label, all of it where there is none."""
        return self.plain.shown[: self.tags[0].start] if self.tags else self.plain.shown

    def code(self) -> str | None:
        """Return the text where it is a single code and nothing else."""
        text = self.plain.shown.strip()
        whole = _CODE.fullmatch(text) and any(map(str.isdigit, text))
        return text if whole and len(text) <= LONGEST_CONTINUED else None


@dataclass(frozen=True, slots=True)
class Labelled:
    """What stands behind a label, where it stands, and the code on the line below it."""

    field: str
    text: str
    box: Box
    below: Strip | None = None


def strips_of(reading: Reading) -> tuple[Strip, ...]:
    """Return the lines of the reading from top to bottom, with the labels found on them."""
    ordered = sorted(reading.lines, key=lambda line: (line.box.top, line.box.left))
    return tuple(map(_strip, ordered[:MOST_LINES]))


def _strip(line: Line) -> Strip:
    text = read(line.text[:LONGEST_LINE]).shown
    for pattern, right in _SPOILT:
        text = pattern.sub(right, text, count=1)
    text = _GLUED_WORDS.sub(r"\1 \2", text)
    for pattern in _GLUED:
        text = pattern.sub(r"\1 ", text)
    plain = read(text)
    return Strip(plain, line.box, tuple(_tags(plain)))


def _tags(plain: Plain) -> Iterator[Tag]:
    found = [*_printed().find(plain.words), *_chat_labels(plain)]
    end = 0
    for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if hit.start >= end and _stands_as_label(plain, hit, end):
            yield Tag(hit.meaning, hit.start, hit.end)
            end = hit.end


def _chat_labels(plain: Plain) -> Iterator[Hit[str]]:
    for hit in wording().phrases.find(plain.words):
        if hit.meaning.kind == "labels" and hit.meaning.value in _CHAT_FIELDS:
            # What these lists call a model may be a part or an article number.
            weak = hit.meaning.value == "model"
            yield Hit(hit.start, hit.end, "weak_model" if weak else hit.meaning.value)


def _stands_as_label(plain: Plain, hit: Hit[str], end: int) -> bool:
    between = plain.words[end : hit.start]
    if not any(map(str.isalnum, between)):
        return True
    if _AFTER_LABEL.match(plain.words, hit.end):
        return True
    return hit.meaning in _SURE and hit.size > SHORTEST_SURE


@lru_cache(maxsize=1)
def _printed() -> Phrases[str]:
    text = files("core.query").joinpath("printed", "labels.json").read_text(encoding="utf-8")
    lists: dict[str, list[str]] = json.loads(text)
    phrases: Phrases[str] = Phrases()
    known: set[str] = set()
    for field, labels in lists.items():
        for label in map(words_of, labels):
            if label not in known:
                known.add(label)
                phrases.add(label, field)
    return phrases


def labelled(strips: Sequence[Strip]) -> Iterator[Labelled]:
    """Yield every value that a label names: behind it, beside it, or below it."""
    used: set[int] = set()
    for strip in strips:
        tags = strip.tags
        for tag, following in zip(tags, (*tags[1:], None), strict=False):
            text = strip.plain.shown[tag.end : following.start if following else None]
            if any(map(str.isalnum, text)):
                below = None if following else _below(strip, strips)
                yield Labelled(tag.field, text, strip.box, below)
        if strip.bare or _open_end(strip):
            yield from _beside(strip, strips, used)


def _open_end(strip: Strip) -> bool:
    if not strip.tags:
        return False
    return not any(map(str.isalnum, strip.plain.words[strip.tags[-1].end :]))


def _beside(strip: Strip, strips: Sequence[Strip], used: set[int]) -> Iterator[Labelled]:
    fields = list(dict.fromkeys(tag.field for tag in strip.tags))
    right, below = _right(strip, strips), _below(strip, strips)
    if strip.bare and len(fields) > 1 and below is not None:
        words = below.without_tags().split()
        if len(words) == len(fields):
            used.add(id(below))
            yield from (
                Labelled(field, word, below.box)
                for field, word in zip(fields, words, strict=True)
            )
        return
    for other in (right, below):
        if other is not None and id(other) not in used and other.without_tags().strip():
            used.add(id(other))
            yield Labelled(fields[-1], other.without_tags(), other.box, _below(other, strips))
            return


def _right(strip: Strip, strips: Sequence[Strip]) -> Strip | None:
    """Return the nearest line to the right, where it is a value."""
    height = strip.box.height
    near = [
        other
        for other in strips
        if other is not strip
        and _shared(strip.box.top, strip.box.bottom, other.box.top, other.box.bottom) >= OVERLAP
        and -height < other.box.left - strip.box.right < FAR_RIGHT * height
        and other.box.left > strip.box.left
    ]
    nearest = min(near, key=lambda other: other.box.left, default=None)
    return nearest if nearest is not None and not _begins_with_label(nearest) else None


def _below(strip: Strip, strips: Sequence[Strip]) -> Strip | None:
    """Return the nearest line below that stands under this one, where it is a value."""
    height = strip.box.height
    near = [
        other
        for other in strips
        if other is not strip
        and -height / 2 <= other.box.top - strip.box.bottom <= FAR_BELOW * height
        and other.box.top > strip.box.top + height / 2
        and (
            _shared(strip.box.left, strip.box.right, other.box.left, other.box.right) >= OVERLAP
            or abs(strip.box.left - other.box.left) <= ALIGNED * height
        )
    ]
    nearest = min(
        near,
        key=lambda one: (one.box.top + one.box.bottom, abs(one.box.left - strip.box.left)),
        default=None,
    )
    return nearest if nearest is not None and not _begins_with_label(nearest) else None


def _begins_with_label(strip: Strip) -> bool:
    return bool(strip.tags) and not any(map(str.isalnum, strip.without_tags()))


def _shared(start: int, end: int, other_start: int, other_end: int) -> float:
    """Return how much of the shorter stretch the two have in common."""
    common = min(end, other_end) - max(start, other_start)
    return common / max(1, min(end - start, other_end - other_start))
