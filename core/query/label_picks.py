"""Which brand, model and codes the print of a label names: the surest of several, or none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from core.model.identifier import fold
from core.model.label import Box
from core.query.label_lines import Labelled, Strip
from core.query.label_values import (
    bar_code_in,
    date_in,
    imei_in,
    lot_in,
    masked,
    model_in,
    runs,
    serial_in,
    shaped,
    trade_number,
)
from core.query.names import Names
from core.query.phrases import Phrases
from core.query.plain import words_of

# How sure a model is; two different ones of the same rank are none.
LISTED, STATED, KNOWN, WEAK, SHAPED = 5, 4, 3, 2, 1
SHORTEST_KNOWN = 4
SHORTEST_NUMBER = 6
SHORTEST_HEAD = 4
SHORTEST_BARE_SERIAL = 12
# So much taller print is the maker's name, not a name among others.
TALLER = 1.5


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing read off the print, and where it stands."""

    field: str
    value: str
    box: Box


@lru_cache(maxsize=1)
def _foreign() -> Phrases[str]:
    text = files("core.query").joinpath("printed", "foreign.json").read_text(encoding="utf-8")
    phrases: Phrases[str] = Phrases()
    for kind, words in json.loads(text).items():
        for word in dict.fromkeys(map(words_of, words)):
            phrases.add(word, kind)
    return phrases


def _kinds(strip: Strip) -> set[str]:
    return {hit.meaning for hit in _foreign().find(strip.plain.words)}


def brands_on(
    strips: Sequence[Strip], values: Sequence[Labelled], names: Names
) -> tuple[Pick, ...]:
    """Return every brand the label names, the tallest print first; one alone where labelled."""
    named = [
        Pick("brand", hit.meaning, value.box)
        for value in values
        if value.field == "brand"
        for hit in names.brands.find(words_of(value.text))
    ]
    if named:
        return (named[0],)
    own = [strip for strip in strips if "foreign" not in _kinds(strip)]
    found = [
        Pick("brand", brand, strip.box) for strip in own for brand in _brands(strip, names)
    ]
    if not found:
        found = [
            Pick("brand", brand, strip.box)
            for strip in own
            if (brand := names.misspelt_brand(strip.plain.words.strip()))
        ]
    return tuple(sorted(found, key=lambda pick: -_height(pick.box)))


def _brands(strip: Strip, names: Names) -> Iterator[str]:
    words = strip.plain.words
    hits = sorted(names.brands.find(words), key=lambda hit: (-hit.size, hit.start))
    for hit in hits:
        if not any(hit.inside(other) for other in hits):
            yield hit.meaning
    if not hits:
        yield from filter(None, (_head(word, names) for word in strip.plain.shown.split()))


def _head(word: str, names: Names) -> str | None:
    """Return the brand that the word begins with, where another word is glued behind it."""
    plain = words_of(word)
    for size in range(len(plain) - 1, SHORTEST_HEAD - 1, -1):
        if plain[:size] in names.brand_of and len(plain) == len(word):
            rest = plain[size:]
            camel = not word[size].islower() and not word[:size].isupper()
            if camel or rest[0].isdigit() or names.line(rest.rstrip("0123456789ok")):
                return names.brand_of[plain[:size]]
    return None


def _height(box: Box) -> int:
    return min(box.height, box.width)


def brand_on(brands: Sequence[Pick], model: Pick | None, names: Names) -> Pick | None:
    """Return the brand of the unit: the model's maker, else the only or by far tallest one."""
    known = names.models.get(fold(model.value)) if model else None
    if known:
        for pick in brands:
            if any(names.same_maker(pick.value, brand) for brand in known.brands):
                return pick
    if not brands:
        return None
    first = brands[0]
    others = [pick for pick in brands if not names.same_maker(pick.value, first.value)]
    if all(_height(first.box) >= TALLER * _height(pick.box) for pick in others):
        return first
    return None


def model_on(
    strips: Sequence[Strip], values: Sequence[Labelled], brands: Sequence[Pick], names: Names
) -> Pick | None:
    """Return the model the label names; None where several are equally likely."""
    ranked = [*_stated_models(values, brands, names), *_loose_models(strips, brands, names)]
    if not ranked:
        return None
    best = max(rank for rank, _ in ranked)
    picks = {fold(pick.value): pick for rank, pick in reversed(ranked) if rank == best}
    return picks.popitem()[1] if len(picks) == 1 else None


def _stated_models(
    values: Sequence[Labelled], brands: Sequence[Pick], names: Names
) -> Iterator[tuple[int, Pick]]:
    for value in values:
        if value.field not in {"model", "weak_model"}:
            continue
        model = model_in(value.text, names)
        if model is None:
            continue
        model = shaped(model, _shapes(brands, names))
        if _known(fold(model), names):
            rank = LISTED
        else:
            rank = STATED if value.field == "model" else WEAK
        yield rank, Pick("model", model, value.box)


def _shapes(brands: Sequence[Pick], names: Names) -> tuple[str, ...]:
    makers = [names.lexicon.maker_of.get(fold(pick.value)) for pick in brands]
    return tuple(
        dict.fromkeys(shape for maker in makers if maker for shape in maker.model_shapes)
    )


def _known(folded: str, names: Names) -> bool:
    return folded in names.models or names.base(folded) is not None


def _loose_models(
    strips: Sequence[Strip], brands: Sequence[Pick], names: Names
) -> Iterator[tuple[int, Pick]]:
    shapes = _shapes(brands, names)
    for strip in strips:
        if (strip.tags and strip.tags[0].start == 0) or _kinds(strip):
            continue
        words = _unmasked(strip.without_tags())
        for size, run in runs(words):
            known = names.models.get(run) or (names.base(run) if size == 1 else None)
            if known and _long_enough(run, size) and _of(known.brands, brands, names):
                value = known.model if run in names.models else run
                yield KNOWN, Pick("model", value, strip.box)
        for word in words:
            model = shaped(word, shapes)
            if brands and names_shape(model, shapes):
                yield SHAPED, Pick("model", model.upper(), strip.box)


def names_shape(model: str, shapes: Iterable[str]) -> bool:
    """Say whether the model is spelt exactly as one of the shapes asks."""
    return any(_spelt(fold(model), shape.replace("-", "")) for shape in shapes)


def _spelt(folded: str, shape: str) -> bool:
    if len(folded) != len(shape):
        return False
    return all(
        one.isdigit()
        if place == "9"
        else one.isalpha()
        if place == "A"
        else one == place.upper()
        for one, place in zip(folded, shape, strict=True)
    )


def _unmasked(text: str) -> list[str]:
    plain = words_of(text)
    hidden = masked(plain)
    kept = "".join(
        " " if blank == "¦" else one for one, blank in zip(plain, hidden, strict=True)
    )
    return [word.strip(".,;:()[]") for word in kept.split()]


def _long_enough(run: str, size: int) -> bool:
    if run.isdigit():
        return len(run) >= SHORTEST_NUMBER
    return len(run) >= (SHORTEST_KNOWN if size == 1 else SHORTEST_KNOWN + 1)


def _of(owners: Sequence[str], brands: Sequence[Pick], names: Names) -> bool:
    """Say whether the label names one of the owners, or no brand at all."""
    return not brands or any(
        names.same_maker(pick.value, owner) for pick in brands for owner in owners
    )


def codes_on(
    strips: Sequence[Strip], values: Sequence[Labelled], maker: str | None, names: Names
) -> Iterator[Pick]:
    """Yield the serial, lot, dates and bar code numbers that the label prints."""
    if serial := _serial_on(strips, values, maker, names):
        yield serial
    seen: dict[str, Pick] = {}
    for value in values:
        if pick := _code_of(value):
            seen.setdefault(pick.field, pick)
    yield from seen.values()


def _serial_on(
    strips: Sequence[Strip], values: Sequence[Labelled], maker: str | None, names: Names
) -> Pick | None:
    lengths = names.serial_lengths(maker)
    alphabet = names.lexicon.alphabet(maker, "serial")
    found = [
        pick
        for value in values
        if value.field == "serial" and (pick := _serial_of(value, lengths, alphabet))
    ]
    usual = [pick for pick in found if len(pick.value) in lengths]
    if not found:
        usual = list(_bare_serials(strips, lengths, alphabet))
    picks = {pick.value: pick for pick in usual or found}
    return next(iter(picks.values())) if len(picks) == 1 else None


def _serial_of(value: Labelled, lengths: tuple[int, ...], alphabet: str) -> Pick | None:
    serial = serial_in(value.text, lengths, alphabet)
    if serial in {None, ""} or len(serial or "") in lengths or value.below is None:
        return Pick("serial", serial, value.box) if serial else None
    rest = value.below.code()
    cut = value.text.rstrip().endswith("-")
    whole = serial_in(f"{value.text.rstrip()}{rest}", lengths, alphabet) if rest else None
    if whole and (len(whole) in lengths or (cut and not lengths)):
        return Pick("serial", whole, value.box.around(value.below.box))
    return Pick("serial", serial or "", value.box)


def _bare_serials(
    strips: Sequence[Strip], lengths: tuple[int, ...], alphabet: str
) -> Iterator[Pick]:
    for strip in strips:
        code = strip.code() if not strip.tags else None
        serial = serial_in(code, lengths, alphabet) if code else None
        usual = serial and len(serial) in lengths and len(serial) >= SHORTEST_BARE_SERIAL
        if serial and usual and (not alphabet or set(serial) <= set(alphabet)):
            yield Pick("serial", serial, strip.box)


def _code_of(value: Labelled) -> Pick | None:
    if value.field in {"batch", "date_code"}:
        code = lot_in(value.text)
        return Pick(value.field, code, value.box) if code else None
    if value.field in {"manufactured", "expiry"}:
        return _date_of(value)
    if value.field in {"gtin", "upc"}:
        digits = bar_code_in(value.text)
        return Pick(*trade_number(digits), value.box) if digits else None
    if value.field == "imei":
        number = imei_in(value.text)
        return Pick("imei", number, value.box) if number else None
    if value.field == "fcc_id":
        code = lot_in(value.text)
        return Pick("fcc_id", code, value.box) if code else None
    return None


def _date_of(value: Labelled) -> Pick | None:
    if day := date_in(value.text):
        return Pick(value.field, day, value.box)
    # "MFG 2319" is a week or a month: only the notice can tell which.
    code = lot_in(value.text) if value.field == "manufactured" else None
    plain = code is not None and code.isdigit() and len(code) == len("2319")
    return Pick("date_code", code or "", value.box) if plain else None
