"""Which of the things found belong together: one unit for each item a person named."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from core.model.identifier import Code, fold
from core.model.unit import Unit
from core.query.fields import field_of, foreign, said_as
from core.query.names import Names
from core.query.sheet import LINKED, Kind, Mark, Sheet

MOST_UNITS, MOST_NAMES = 40, 80
LONGEST_LOOSE_MODEL = 8
LONG_SERIAL = 12
# A stop only where a sentence ends: "S.N." and "10.5" have none.
_BREAK = re.compile(r"[\n,،、]|[.!?。！？](?=\s|$)")
_PARTING = re.compile(r"[;；+&|]|(?<=\s)/(?=\s)")
# Letters, then digits: the commonest look of a model number, and a rare one of a serial.
_MODEL_LIKE = re.compile(r"[A-Z]{1,4}-?\d{2,5}[A-Z]{0,2}")
_BATCH = re.compile(r"[A-Z]{0,3}\d+[A-Z]*-[A-Z]*\d+[A-Z]?|[A-Z]+-\d+-[A-Z]")


@dataclass(slots=True)
class _Item:
    """One item while its facts are gathered."""

    start: int
    end: int
    segment: int
    brand: str | None = None
    model: str | None = None
    facts: dict[str, str] = field(default_factory=dict)


def units_of(sheet: Sheet, names: Names) -> tuple[Unit, ...]:
    """Return the units that the marks on the sheet describe, in the order they were named."""
    group = _Grouping(sheet, names)
    return group.units()


class _Grouping:
    def __init__(self, sheet: Sheet, names: Names) -> None:
        self.sheet = sheet
        self.names = names
        words = sheet.plain.words
        parted = [match.start() for match in _PARTING.finditer(words)]
        breaks = [match.start() for match in _BREAK.finditer(words)]
        joined = [hit.start for hit in sheet.meaning("and") if not _inside(hit.start, sheet)]
        self.parted = [*_unread(parted, sheet), *joined]
        self.breaks = sorted({*self.parted, *_unread(breaks, sheet)})
        self.brands = sheet.of(Kind.BRAND, Kind.HINT)[:MOST_NAMES]
        self.models = sheet.of(Kind.MODEL)[:MOST_NAMES]
        self.items: list[_Item] = []

    def segment(self, mark: Mark) -> int:
        return bisect_left(self.breaks, mark.start)

    def units(self) -> tuple[Unit, ...]:
        self._add_models()
        self._add_brands()
        loose = self.sheet.of(Kind.LOOSE)
        self._add_codes(self.sheet.of(Kind.CODE))
        self._add_codes(filter(None, map(self._named, loose)), loose=True)
        self._add_details()
        return tuple(self._unit(item) for item in self.items[:MOST_UNITS])

    def _add_models(self) -> None:
        for mark in self.sheet.of(Kind.MODEL, Kind.HINT):
            if mark.kind is Kind.HINT and not mark.value:
                continue
            if field := self._printed_field(mark):
                self._demote(mark, field)
                continue
            item = _Item(mark.start, mark.end, self.segment(mark), self._brand(mark))
            if mark.kind is Kind.HINT:
                item.facts["product"] = mark.value
            else:
                item.model = mark.value
            if not any(_same(item, other) for other in self.items):
                self.items.append(item)

    def _printed_field(self, mark: Mark) -> str | None:
        """Return the field of which an unknown code is, or None where it is a model."""
        if mark.known or mark.kind is Kind.HINT:
            return None
        if not mark.brands and (field := field_of(self._brand(mark), mark.value, self.names)):
            return field
        if not self._is_serial(mark):
            return None
        return "batch" if _BATCH.fullmatch(mark.value) else "serial"

    def _is_serial(self, mark: Mark) -> bool:
        """Say whether an unknown code beside another model is that unit's serial or batch."""
        if mark.brands:
            return False
        anchors = [one for one in self.models if one.known and self._beside(one, mark)]
        if anchors:
            like_model = _MODEL_LIKE.fullmatch(mark.value) and not _BATCH.fullmatch(mark.value)
            return not like_model and not self._own_brand(mark, anchors)
        return len(mark.value) > LONGEST_LOOSE_MODEL and any(
            one.start < mark.start and self.segment(one) == self.segment(mark)
            for one in self.models
        )

    def _beside(self, one: Mark, other: Mark) -> bool:
        """Say whether no "and" and at most one comma stands between two marks."""
        low, high = sorted((one.start, other.start))
        parted = any(low < place < high for place in self.parted)
        return not parted and abs(self.segment(one) - self.segment(other)) <= 1

    def _own_brand(self, mark: Mark, anchors: Sequence[Mark]) -> bool:
        """Say whether a brand of its own stands before the mark."""
        return any(
            brand.end <= mark.start
            and self._between(brand, mark) == 0
            and not any(_name(brand) in one.brands for one in anchors)
            and not any(brand.start < one.start < mark.start for one in anchors)
            for brand in self.brands
        )

    def _between(self, one: Mark, other: Mark) -> int:
        return sum(one.start < place < other.start for place in self.breaks)

    def _demote(self, mark: Mark, field: str) -> None:
        self.sheet.marks.remove(mark)
        self.models = [one for one in self.models if one is not mark]
        self.sheet.mark(Mark(Kind.CODE, mark.start, mark.end, mark.value, field))

    def _brand(self, mark: Mark) -> str | None:
        spoken = self._spoken_brand(mark)
        if spoken:
            return spoken
        if mark.known:
            return self._known_brand(mark)
        if len(mark.brands) == 1:
            return mark.brands[0]
        before = [brand for brand in self.brands if brand.end <= mark.start]
        if before:
            return _name(before[-1])
        names = {fold(_name(brand)) for brand in self.brands}
        return _name(self.brands[0]) if len(names) == 1 else None

    def _spoken_brand(self, mark: Mark) -> str | None:
        """Return the brand said with the model: in the same part of the sentence, nearest."""
        models = [one for one in self.models if one is not mark]
        same = [
            brand
            for brand in self.brands
            if self.segment(brand) == self.segment(mark)
            and (brand.kind is Kind.BRAND or not mark.brands)
            and not any(_stands_between(one, brand, mark) for one in models)
            and not any(self._leads_on(brand, mark, one) for one in models)
        ]
        fitting = [brand for brand in same if _fits(brand, mark)]
        return _name(_nearest(fitting or same, mark)) if same else None

    def _leads_on(self, brand: Mark, mark: Mark, one: Mark) -> bool:
        """Say whether the brand stands behind `mark`, but before another model of its own."""
        between = mark.start < brand.start < one.start
        return between and self.segment(one) == self.segment(brand) and not _fits(brand, mark)

    def _known_brand(self, mark: Mark) -> str | None:
        spoken = [_name(brand) for brand in self.brands]
        fitting = [brand for brand in spoken if brand in mark.brands]
        if fitting or not mark.brands:
            return next(iter(fitting), None)
        return self.names.main_brand(mark.brands)

    def _add_brands(self) -> None:
        for brand in self.brands:
            name, segment = _name(brand), self.segment(brand)
            ours = [item for item in self.items if item.brand]
            if any(self.names.same_maker(name, item.brand or "") for item in ours):
                continue
            if any(item.segment == segment for item in self.items):
                continue
            if brand.kind is Kind.HINT and any(self._beside(brand, one) for one in self.models):
                continue
            self.items.append(_Item(brand.start, brand.end, segment, name))
        self.items.sort(key=lambda item: item.start)

    def _named(self, mark: Mark) -> Mark | None:
        """Return a code without a label with the field its neighbours make likely, or None."""
        item = self._item_of(mark, self.items)
        brand = item.brand if item else None
        field = field_of(brand, mark.value, self.names)
        if mark.field == "date_code" and not field:
            return mark if any(item.model for item in self.items) else None
        coded = any(map(str.isalpha, mark.value))
        likely = (coded and len(mark.value) >= LONG_SERIAL) or brand
        if not field and (not likely or foreign(brand, mark.value, self.names)):
            return None
        return Mark(Kind.CODE, mark.start, mark.end, mark.value, field or "serial")

    def _add_codes(self, codes: Iterable[Mark], *, loose: bool = False) -> None:
        """Give every code to its item; a loose one beside a labelled one is something else.

        It is not where it looks just like it: a second unit of the same model.
        """
        labelled = [(item, dict(item.facts)) for item in self.items]
        for code in sorted(codes, key=lambda code: code.start):
            item = self._item_of(code, self.items)
            brand = item.brand if item else None
            field = said_as(brand, code.field, code.value, self.names)
            known = next((facts.get(field) for one, facts in labelled if one is item), None)
            if loose and known is not None and not _alike(known, code.value):
                continue
            if item is None:
                item = _Item(code.start, code.end, self.segment(code))
                self.items.append(item)
            elif item.facts.get(field, code.value) != code.value:
                item = _Item(code.start, code.end, self.segment(code), item.brand, item.model)
                self.items.append(item)
            item.facts[field] = code.value

    def _item_of(self, mark: Mark, items: Sequence[_Item]) -> _Item | None:
        segment = self.segment(mark)
        same = [item for item in items if item.segment == segment]
        before = [item for item in items if item.start <= mark.start]
        if same:
            return next((item for item in reversed(before) if item in same), same[0])
        return before[-1] if before else next(iter(items), None)

    def _add_details(self) -> None:
        details = self.sheet.of(Kind.DETAIL)
        for detail in details:
            alone = sum(other.field == detail.field for other in details) == 1
            everywhere = alone and detail.field in {"region", "bought"}
            item = self._item_of(detail, self.items)
            for each in self.items if everywhere else filter(None, [item]):
                each.facts.setdefault(detail.field, detail.value)

    def _unit(self, item: _Item) -> Unit:
        facts = dict(item.facts)
        if "serial" in facts:
            alphabet = self.names.lexicon.alphabet(item.brand, "serial")
            facts["serial"] = Code.read(facts["serial"], alphabet).literal
        return Unit(item.brand, item.model, MappingProxyType(facts))


def _unread(places: Iterable[int], sheet: Sheet) -> list[int]:
    return [place for place in places if sheet.free(place, place + 1, LINKED)]


def _inside(place: int, sheet: Sheet) -> bool:
    return any(mark.start <= place < mark.end for mark in sheet.marks)


def _alike(one: str, other: str) -> bool:
    """Say whether two serials are of one make: as long, and letters in the same places."""
    places = zip(one, other, strict=False)
    return len(one) == len(other) >= LONG_SERIAL and all(
        first.isalpha() == second.isalpha() for first, second in places
    )


def _same(one: _Item, other: _Item) -> bool:
    return (one.brand, fold(one.model or ""), one.facts.get("product")) == (
        other.brand,
        fold(other.model or ""),
        other.facts.get("product"),
    )


def _name(brand: Mark) -> str:
    return brand.value if brand.kind is Kind.BRAND else brand.brands[0]


def _fits(brand: Mark, mark: Mark) -> bool:
    return _name(brand) in mark.brands


def _stands_between(one: Mark, brand: Mark, mark: Mark) -> bool:
    low, high = sorted((brand.start, mark.start))
    return low < one.start < high


def _nearest(brands: Sequence[Mark], mark: Mark) -> Mark:
    before = [brand for brand in brands if brand.start <= mark.start]
    return before[-1] if before else brands[0]
