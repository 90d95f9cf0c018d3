"""Finding brands, models and product names in a message, however they are spelt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

from core.model.lexicon import KnownModel, KnownName
from core.query.names import Names
from core.query.sheet import FREE, LINKED, Kind, Mark, Piece, Sheet
from core.query.wording import wording

MOST_PIECES = 7
SHORTEST_SPLIT_MODEL = 4
SHORTEST_GLUED_BRAND = 3
LONGEST_ENDING = 3
LONGEST_TAILED = 14
LONGEST_COLOUR = 4
_JOINT = re.compile(r"[\s\-_./,()'\"]{0,3}")
_DASHED_TAIL = re.compile(r"-([a-z0-9]{1,4})(?![a-z0-9-])")
_AMOUNT = re.compile(r" ?(?:mah|wh?|v|mm)\b")
_CAPACITY = re.compile(r"\d[\do]*k?$")
_HEAD = re.compile(r"^[a-z]{3,}(?=[a-z]\d)")
_TAILS = (re.compile(r"\d([a-z]{4,})$"), re.compile(r"\d[a-z]([a-z]{4,})$"))


def read_brands(sheet: Sheet, names: Names) -> None:
    """Mark every brand written as such, the longest reading first."""
    hits = sorted(names.brands.find(sheet.plain.words), key=lambda hit: (-hit.size, hit.start))
    for hit in hits:
        if sheet.free(hit.start, hit.end, LINKED):
            sheet.mark(Mark(Kind.BRAND, hit.start, hit.end, hit.meaning))


def read_glued_brands(sheet: Sheet, names: Names) -> None:
    """Mark brands written together with a model or an ending, or misspelt."""
    for piece in sheet.pieces():
        head = _glued_head(piece.word, names)
        if head:
            _mark_glued(sheet, piece, head, names)
        elif brand := names.misspelt_brand(piece.word):
            sheet.mark(Mark(Kind.BRAND, piece.start, piece.end, brand))
        elif brand := names.line(_line(piece.word)):
            sheet.mark(Mark(Kind.HINT, piece.start, piece.end, "", brands=(brand,)))


def _line(word: str) -> str:
    """Return a product line without the capacity glued to it ("powercore1oo00")."""
    capacity = _CAPACITY.search(word)
    return word[: capacity.start()] if capacity else word


def _glued_head(word: str, names: Names) -> str | None:
    sizes = range(len(word) - 1, SHORTEST_GLUED_BRAND - 1, -1)
    return next((word[:size] for size in sizes if word[:size] in names.brand_of), None)


def _mark_glued(sheet: Sheet, piece: Piece, head: str, names: Names) -> None:
    rest = piece.word[len(head) :]
    coded = any(map(str.isdigit, rest))
    ending = len(rest) <= LONGEST_ENDING and piece.word not in wording().ordinary
    goods = rest in _goods()
    if coded or goods or (ending and len(head) > LONGEST_ENDING):
        sheet.mark(Mark(Kind.BRAND, piece.start, piece.start + len(head), names.brand_of[head]))
        if not coded:
            sheet.take(piece.start, piece.end)


def _goods() -> frozenset[str]:
    return frozenset({*wording().known["ordinary"]["goods"], "powerbank", "powerbanks"})


def read_products(sheet: Sheet, names: Names) -> None:
    """Mark product names, and the models they stand for where there is just one."""
    pieces = sheet.pieces(LINKED)
    start = 0
    while start < len(pieces):
        found = _longest_name(sheet, pieces[start : start + MOST_PIECES], names)
        if found is None:
            start += 1
            continue
        size, known = found
        first, last = pieces[start], pieces[start + size - 1]
        kind, value = (Kind.MODEL, known.model) if known.model else (Kind.HINT, known.product)
        span = (first.start, last.end)
        mark = Mark(kind, *span, value or "", brands=(known.brand,), known=bool(known.model))
        sheet.mark(mark)
        start += size


def _longest_name(
    sheet: Sheet, pieces: list[Piece], names: Names
) -> tuple[int, KnownName] | None:
    for size in _sizes(pieces, names.product_sizes):
        known = names.products.get("".join(piece.word for piece in pieces[:size]).upper())
        if known and _together(sheet, pieces[:size]) and not _generic(pieces[:size], known):
            return size, known
    return None


def _sizes(pieces: list[Piece], lengths: frozenset[int]) -> list[int]:
    """Return how many pieces together are as long as some name, the most first."""
    ends = accumulate(len(piece.word) for piece in pieces)
    return [size for size, end in enumerate(ends, 1) if end in lengths][::-1]


def _generic(pieces: list[Piece], known: KnownName) -> bool:
    plain = all(piece.word in wording().ordinary or piece.word.isdigit() for piece in pieces)
    return plain and known.product is None


def _together(sheet: Sheet, pieces: list[Piece]) -> bool:
    return all(
        _JOINT.fullmatch(sheet.plain.words, before.end, after.start)
        for before, after in pairwise(pieces)
    )


def read_models(sheet: Sheet, names: Names) -> None:
    """Mark every model of the lexicon, in any spelling, and its colour and region tails."""
    pieces = [part for piece in sheet.pieces(LINKED) for part in _parts(piece, names)]
    start = 0
    while start < len(pieces):
        size = _mark_longest(sheet, pieces[start : start + MOST_PIECES], names)
        start += size or 1


def _parts(piece: Piece, names: Names) -> Iterator[Piece]:
    """Cut a word glued behind a known model ("A1647powerbank") or before it ("modelA1647")."""
    word = piece.word
    if word.upper() in names.models or not any(map(str.isdigit, word)):
        yield piece
        return
    heads = [0, *(match.end() for match in _HEAD.finditer(word))]
    tails = [match.start(1) for pattern in _TAILS for match in pattern.finditer(word)]
    # "BPB002btBK" ends in a colour, "A1647akku" in a word.
    tails = [place for place in tails if _is_word(word[place:])]
    spans = [(start, end) for start in heads for end in (*tails, len(word))]
    start, end = next(
        (span for span in spans if _stem(word[slice(*span)], names)), (0, len(word))
    )
    yield Piece(piece.start + start, piece.start + end, word[start:end])


def _is_word(tail: str) -> bool:
    return len(tail) > LONGEST_COLOUR or tail in wording().ordinary


def _stem(word: str, names: Names) -> bool:
    return word.upper() in names.models or names.base(word.upper()) is not None


def _mark_longest(sheet: Sheet, pieces: list[Piece], names: Names) -> int:
    for size in _sizes(pieces, names.model_sizes):
        run = pieces[:size]
        key = "".join(piece.word for piece in run).upper()
        known = names.models.get(key)
        if known and _together(sheet, run) and (size == 1 or len(key) >= SHORTEST_SPLIT_MODEL):
            if _is_amount(sheet, run):
                return 0
            _mark_model(sheet, run, known.model, known)
            return size
    first = pieces[0]
    base = names.base(first.word.upper()) if len(first.word) <= LONGEST_TAILED else None
    if base:
        typed = sheet.shown(first.start, first.end).upper()
        _mark_model(sheet, [first], typed, base)
        return 1
    return 0


def _is_amount(sheet: Sheet, run: list[Piece]) -> bool:
    return len(run) > 1 and _AMOUNT.match(sheet.plain.words, run[-1].end) is not None


def _mark_model(sheet: Sheet, run: list[Piece], value: str, known: KnownModel) -> None:
    start, end = run[0].start, run[-1].end
    tail = _DASHED_TAIL.match(sheet.plain.words, end)
    if tail and any(map(str.isdigit, tail[1])) and sheet.free(*tail.span(), FREE):
        end = tail.end()
        value = sheet.shown(start, end).upper()
    sheet.mark(Mark(Kind.MODEL, start, end, value, brands=known.brands, known=True))
