"""A message in one post: who asked in public gets what keeps them from harm, and the way on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import product

from bots.x.count import fits
from core.model.message import Block, Role


class Form(Enum):
    """What of a block is said, from most to least: all, its text, where it leads, nothing."""

    WHOLE = auto()
    TEXT = auto()
    LINK = auto()
    NOTHING = auto()


# A text that is cut ends like this.
CUT = "…"
# Beside what must be said, as far as there is room, in this order.
_MORE = (Role.VERDICT, Role.REMEDY, Role.NEXT_STEP, Role.DETAIL)
# What to say of the source and of the way on: something of both before all of one.
_PAIRS = sorted(
    product(Form, (Form.WHOLE, Form.LINK, Form.NOTHING)), key=lambda pair: Form.NOTHING in pair
)
_DANGER = frozenset({Role.HAZARD, Role.ACTION})


def said_in_one(blocks: Sequence[Block]) -> str:
    """Return the text of one post: headline, hazard and action, then the way on and the source.

    Where there is neither hazard nor action, the verdict stands for them. Whatever else fits
    stands where it stood. Only where those alone are longer than a post are they cut.
    """
    firm = _firm(blocks)
    for forms in _forms(blocks, firm):
        if fits(_text(blocks, forms)):
            return _text(blocks, _filled(blocks, forms))
    return _cut([blocks[number].text for number in sorted(firm)])


def _firm(blocks: Sequence[Block]) -> frozenset[int]:
    """Return which blocks must be said whole."""
    roles = {Role.HEADLINE, *_DANGER}
    if not any(block.role in _DANGER for block in blocks):
        roles.add(Role.VERDICT)
    said = frozenset(number for number, block in enumerate(blocks) if block.role in roles)
    return said or frozenset(range(min(1, len(blocks))))


def _forms(blocks: Sequence[Block], firm: frozenset[int]) -> Iterator[list[Form]]:
    """Yield what to say of each block, best first: the way on and the source get shorter."""
    way = _last([number for number, one in enumerate(blocks) if _leads_on(one)], firm)
    sources = [number for number, one in enumerate(blocks) if one.role is Role.SOURCE]
    source = next((number for number in sources if blocks[number].url), _last(sources, firm))
    for of_source, of_way in _PAIRS:
        forms = [Form.TEXT if number in firm else Form.NOTHING for number in range(len(blocks))]
        for number, form in ((source, of_source), (way, of_way)):
            if number is not None and number not in firm:
                forms[number] = form
        yield forms


def _leads_on(block: Block) -> bool:
    return block.role is Role.NEXT_STEP and block.url is not None


def _last(numbers: Sequence[int], but: frozenset[int]) -> int | None:
    # The way into a private chat is said behind all others.
    return next((number for number in reversed(numbers) if number not in but), None)


def _filled(blocks: Sequence[Block], forms: list[Form]) -> list[Form]:
    """Return the forms with as much of the other blocks as fits."""
    for role in _MORE:
        for number, block in enumerate(blocks):
            if block.role is not role or forms[number] is not Form.NOTHING:
                continue
            more = [*forms[:number], Form.TEXT, *forms[number + 1 :]]
            # What leads somewhere or quotes says nothing without that.
            if not block.url and not block.quote and fits(_text(blocks, more)):
                forms = more
    return forms


def _text(blocks: Sequence[Block], forms: Sequence[Form]) -> str:
    lines = (_line(block, form) for block, form in zip(blocks, forms, strict=True))
    return "\n".join(filter(None, lines))


def _line(block: Block, form: Form) -> str:
    match form:
        case Form.WHOLE:
            return " ".join(filter(None, (block.text, block.url)))
        case Form.TEXT:
            return block.text
        case Form.LINK:
            return block.url or ""
    return ""


def _cut(texts: Sequence[str]) -> str:
    """Return texts in one post, the longest of them shortened until all fit."""
    kept = list(texts)
    while not fits("\n".join(kept)):
        number = max(range(len(kept)), key=lambda one: len(kept[one]))
        text = kept[number].removesuffix(CUT)
        kept[number] = text[: max(0, len(text) - max(1, len(text) // 20))].rstrip() + CUT
    return "\n".join(kept)
