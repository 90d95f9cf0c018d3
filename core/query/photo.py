"""What a photo of a label says, read back to the person before anything rests on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from core.model.identifier import fold
from core.model.label import Box, Reading
from core.model.lexicon import Lexicon
from core.model.message import Block, Message, Picture, Role
from core.model.unit import Unit
from core.model.verdict import NextKind
from core.query.answer import Answer
from core.query.fragments import fragments
from core.query.label import Label, Part, read_label
from core.query.memory import LABEL, Memory
from core.query.merging import completes, merged, unconfirmed
from core.query.query import Intent, Query
from core.text.compose import yes_or_no
from core.text.names import field_name
from core.text.translations import Translator

# Of a refusal there is always something to say, and the same way out: type the number.
NOTHING = "nothing"
# What a caption may tell of the unit without naming it.
TOLD = ("region", "bought", "colour")
FIRST = frozenset({Role.HEADLINE, Role.HAZARD, Role.ACTION, Role.VERDICT})
OFF = "off"


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen on a photo, and the piece of it that was chosen, as a JPEG.

    Where nothing could be seen `refused` says why: broken, moving, too_large, took_too_long,
    busy or off.
    """

    reading: Reading | None = None
    crop: bytes | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The label on a photo and the piece that shows it; or `refused`, why there is none."""

    label: Label | None = None
    crop: bytes | None = None
    refused: str = NOTHING


class Eyes(Protocol):
    """Whoever reads photos; it keeps none."""

    @property
    def limits(self) -> Mapping[str, int]:
        """Return the most it takes: `size` in megabytes, and `megapixels`."""
        ...

    async def look(self, photo: bytes, choose: Callable[[Reading], Box | None]) -> Look:
        """Return what is on the photo, and the piece that `choose` picked.

        The reading returned is the one that `choose` was asked about last.
        """
        ...


async def seen_on(photo: bytes, eyes: Eyes, lexicon: Lexicon) -> Seen:
    """Return what `eyes` see on a photo, each reading of it taken for a label once."""
    labels: list[Label] = []

    def choose(reading: Reading) -> Box | None:
        labels.append(read_label(reading, lexicon))
        return labels[-1].crop

    look = await eyes.look(photo, choose)
    if look.reading is None or not labels:
        return Seen(refused=look.refused or NOTHING)
    label = labels[-1]
    # Neither a product nor a code: somebody's cat.
    return Seen(refused=NOTHING) if label.unit == Unit() else Seen(label, look.crop)


def asked(said: Query, label: Label, memory: Memory) -> Query:
    """Return the check of what the label names, with what was said of the unit besides."""
    unit = label.unit
    known = memory.unit
    if known is not None and _adds_to(unit, known):
        unit = merged(known, unit)
    for told in said.units[:1]:
        # What is printed leads over what was typed beside it, and is what is shown.
        named = replace(told, brand=unit.brand or told.brand, model=unit.model or told.model)
        unit = merged(named, unit)
    if not said.units:
        unit = unit.knowing(**fragments(said.text, TOLD))
    return replace(said, intent=Intent.CHECK, action=None, units=(unconfirmed(unit),))


def _adds_to(unit: Unit, known: Unit) -> bool:
    """Say whether the label tells more of the unit spoken of, and is no other product's."""
    same = fold(unit.model or "") == fold(known.model or "")
    return unit.brand in {None, known.brand} and (
        same if unit.model and known.model else completes(unit, known)
    )


def remembered(found: Answer, label: Label, before: Memory) -> Memory:
    """Return what to keep: the unit, and which of its codes we asked about off the label."""
    unit = found.items[0].unit
    read = label.unit.facts
    shown = " ".join(name for name in read if read[name] == unit.facts.get(name))
    asked_now = {"step": NextKind.CONFIRM, "field": LABEL, "value": shown}
    return before.about(unit).model_copy(update=asked_now)


def read_back(found: Answer, label: Label, crop: bytes | None, words: Translator) -> Message:
    """Return what to do at once, what the label says to us, and the question whether it does.

    What the owner gets and how waits for the answer.
    """
    blocks = found.message.blocks
    alt = words("photo_crop", text=words.both(_lines(label, words)))
    picture = Picture(crop, alt) if crop else None
    said = (
        *(block for block in blocks if block.role in FIRST),
        parts_block(label, words),
        Block(Role.NEXT_STEP, words("photo_confirm")),
        *(block for block in blocks if block.role is Role.SOURCE),
        Block(Role.DETAIL, words("photo_not_kept")),
    )
    return Message(said, yes_or_no(words), words.lang, picture)


def parts_block(label: Label, words: Translator) -> Block:
    """Return what was read on the label, a line for each part."""
    lines = (f"- {line}" for line in _lines(label, words))
    return Block(Role.VERDICT, "\n".join((words("photo_read"), *lines)))


def _lines(label: Label, words: Translator) -> list[str]:
    return [_line(part, words) for part in label.parts]


def _line(part: Part, words: Translator) -> str:
    key = "photo_line_barcode" if part.by_barcode else "photo_line"
    return words(key, field=field_name(part.field, words), value=part.value)


def refusal(kind: str, limits: Mapping[str, int], words: Translator) -> Message:
    """Return why a photo could not be read, and what to do instead."""
    blocks = [Block(Role.NEXT_STEP, words(f"photo_{kind}", **limits))]
    if kind != OFF:
        blocks.append(Block(Role.DETAIL, words("photo_not_kept")))
    return Message(tuple(blocks), (), words.lang)
