"""Whose units of one product a notice concerns, decided once for all codes that are alike.

A million serial numbers differ, but to a rule most are alike: they lie in the same gap between
its ranges. `core.match.concern.concerns` decides the first of each kind, which holds for all.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product as combinations

from core.match.concern import concerns
from core.model.identifier import LOOK_ALIKES, fold, skeleton
from core.model.keys import BAR_CODES
from core.model.lexicon import Lexicon
from core.model.products import NAMES, Product, unit_of
from core.model.recall import Notice
from core.model.rule import PRODUCT_KEYS, Checker, CodeRule, Not, walk
from core.model.unit import READ_BACK

# How many kinds are remembered; people tell more of their things than codes.
MOST_KINDS = 10_000
# Codes that can be read in more ways are decided one by one.
MOST_READINGS = 16
# What every rule may look at, whatever its nodes name.
_ALWAYS = frozenset({*NAMES, *PRODUCT_KEYS, *BAR_CODES, "region"})
_DIGITS, _LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE = str.maketrans(_DIGITS + _LETTERS, "9" * len(_DIGITS) + "A" * len(_LETTERS))
_PLAIN = re.compile(r"[0-9A-Z]+")

# How the facts of a unit are stored of which one code is known and nothing else.
_ALONE = r'\{{"{field}": "({code})"\}}'

# Returns what a rule tells apart of a code, None where it has to look at the code itself.
Telling = Callable[[str], Hashable | None]


@dataclass(slots=True)
class Sieve:
    """Says of each unit of a product what `concerns` says, and most of the time at once."""

    product: Product
    notice: Notice
    lexicon: Lexicon
    _known: dict[Hashable, bool] = field(default_factory=dict)
    _telling: dict[str, list[Telling]] = field(default_factory=dict)
    _told: frozenset[str] = frozenset()
    _alone: list[_Alone] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look at what the notice's rule asks for."""
        nodes = list(walk(self.notice.units))
        codes = [node for node in nodes if isinstance(node, CodeRule)]
        maker = self.lexicon.maker_of.get(fold(self.notice.brands[0]))
        own = [rule for rule in codes if rule.field not in _ALWAYS]
        for rule in own:
            printed = _printed(rule, maker.alphabet.get(rule.field, "") if maker else "")
            self._telling.setdefault(rule.field, []).append(_telling(rule, printed))
            plain = rule.order in _ORDERED and rule.at is None
            if len(own) == 1 and plain and not any(isinstance(node, Not) for node in nodes):
                self._alone = list(_patterns(rule, printed))
        asked = {name for node in nodes if (name := getattr(node, "field", None))}
        lists = {name for node in nodes if isinstance(node, Checker) for name in node.needs}
        self._told = frozenset({*_ALWAYS, *asked, *lists}) - self._telling.keys()

    def lets_through(self, body: str | None, *, confirmed: bool) -> bool:
        """Say whether the notice concerns the unit that has these facts, as JSON."""
        known = self._at_once(body or "", confirmed=confirmed)
        return self._known_of(body, confirmed=confirmed) if known is None else known

    def _at_once(self, body: str, *, confirmed: bool) -> bool | None:
        """Decide it without reading the facts, None where they are not a code alone."""
        for one in self._alone:
            found = one.pattern.fullmatch(body)
            if found is not None:
                kind = (bisect_right(one.bounds, found[1]), confirmed)
                known = one.known.get(kind)
                if known is None:
                    known = self._decided(json.loads(body), confirmed=confirmed)
                    one.known[kind] = known
                return known
        return None

    def _known_of(self, body: str | None, *, confirmed: bool) -> bool:
        facts: Mapping[str, str] = json.loads(body) if body else {}
        kind = self._kind(facts, confirmed=confirmed)
        if kind is None:
            return self._decided(facts, confirmed=confirmed)
        known = self._known.get(kind)
        if known is None:
            if len(self._known) >= MOST_KINDS:
                self._known.clear()
            known = self._known[kind] = self._decided(facts, confirmed=confirmed)
        return known

    def _decided(self, facts: Mapping[str, str], *, confirmed: bool) -> bool:
        unit = unit_of(self.product, facts, confirmed)
        return concerns(unit, self.notice, self.lexicon)

    def _kind(self, facts: Mapping[str, str], *, confirmed: bool) -> Hashable | None:
        """Return what units share that are decided alike, None where it cannot be told."""
        parts: list[Hashable] = [confirmed]
        read_back = facts[READ_BACK].split() if READ_BACK in facts else ()
        for name, said in facts.items():
            if name in self._telling:
                code = said.upper()
                if not _PLAIN.fullmatch(code) or not said.isascii():
                    return None
                for telling in self._telling[name]:
                    told = telling(code)
                    if told is None:
                        return None
                    parts.append(told)
                parts.append((name, f"{name}={code}" in read_back))
            elif name in self._told:
                parts.append((name, said))
        if read_back:
            own = self._telling.keys()
            parts.append(frozenset(m for m in read_back if m.partition("=")[0] not in own))
        return tuple(parts)


_ORDERED = {"number", "shape"}


@dataclass(frozen=True, slots=True)
class _Alone:
    """Units of which only the code is known, and that of one shape without any doubt."""

    pattern: re.Pattern[str]
    bounds: list[str]
    known: dict[tuple[int, bool], bool] = field(default_factory=dict)


def _patterns(rule: CodeRule, printed: frozenset[str]) -> Iterator[_Alone]:
    sure = [one for one in sorted(printed) if len(_of_kind(one, printed)) == 1]
    kinds = {
        "9": "".join(one for one in sure if one.isdigit()),
        "A": "".join(one for one in sure if one.isalpha()),
    }
    for shape, bounds in _bounds_by_shape(rule).items():
        if all(kinds[kind] for kind in shape):
            code = "".join(f"[{kinds[kind]}]" for kind in shape)
            yield _Alone(re.compile(_ALONE.format(field=rule.field, code=code)), bounds)


def _printed(rule: CodeRule, alphabet: str) -> frozenset[str]:
    """Return what may stand in such a code: what the maker prints, and the rule shows."""
    shown = "".join(map(fold, (*rule.eq, *rule.starts, *rule.ends, *rule.contains)))
    shown += "".join(fold(end) for pair in rule.between for end in pair)
    return frozenset(alphabet + shown) if alphabet else frozenset(_DIGITS + _LETTERS)


def _telling(rule: CodeRule, printed: frozenset[str]) -> Telling:
    if rule.between:
        return _of_ranges(rule, printed) if rule.order in _ORDERED else _nothing
    return _of_values(rule, printed)


def _nothing(code: str) -> None:
    del code


def _part(rule: CodeRule, code: str) -> str | None:
    """Return the characters that the rule looks at, None where the code has not all of them."""
    if rule.at is None:
        return code
    first, last = rule.at
    start = first - 1 if first > 0 else len(code) + first
    stop = last if last > 0 else len(code) + last + 1
    return code[start:stop] if 0 <= start < stop <= len(code) else None


def _of_values(rule: CodeRule, printed: frozenset[str]) -> Telling:
    """Tell apart only what no listed value can be read into."""
    equal = {skeleton(fold(value)) for value in rule.eq}
    starts = tuple(skeleton(fold(value)) for value in rule.starts)
    ends = tuple(skeleton(fold(value)) for value in rule.ends)
    inside = [skeleton(fold(value)) for value in rule.contains]

    def told(code: str) -> Hashable | None:
        part = _part(rule, code)
        if part is None or not printed.issuperset(code):
            return None
        bones = skeleton(part)
        hit = bones in equal or any(value in bones for value in inside)
        if hit or bones.startswith(starts) or bones.endswith(ends):
            return None
        return code.translate(_SHAPE)

    return told


def _of_ranges(rule: CodeRule, printed: frozenset[str]) -> Telling:
    """Tell apart in which range, or between which two, each reading of a code lies."""
    bounds = _bounds_by_shape(rule)
    alike = {one: _of_kind(one, printed) for one in printed}
    doubtful = {one for one, others in alike.items() if len(others) > 1}
    # Below `not` a code excludes only where no other reading of it exists.
    crossing = {one for one in printed if len(_group(one) & printed) > len(alike[one])}

    def told(code: str) -> Hashable | None:
        part = _part(rule, code)
        if part is None or not printed.issuperset(code):
            return None
        found = bounds.get(part.translate(_SHAPE))
        if found is None:
            return None
        place = (bisect_right(found, part), crossing.isdisjoint(part))
        if doubtful.isdisjoint(code):
            return (code.translate(_SHAPE), place)
        places = [alike[one] for one in part]
        readings = [*_few(places)]
        if len(readings) > MOST_READINGS:
            return None
        others = frozenset(bisect_right(found, reading) for reading in readings)
        return (code.translate(_SHAPE), place, others)

    return told


def _few(places: list[str]) -> Iterator[str]:
    for count, reading in enumerate(combinations(*places)):
        yield "".join(reading)
        if count == MOST_READINGS:
            return


def _bounds_by_shape(rule: CodeRule) -> dict[str, list[str]]:
    """Return where ranges begin and, just behind their last code, end: no two overlap.

    Where ranges of one length differ in shape, a letter of one may be a digit of another;
    those are left out.
    """
    ranges = [(fold(start), fold(end)) for start, end in rule.between]
    shapes = {start.translate(_SHAPE) for start, _ in ranges}
    sizes = Counter(map(len, shapes))
    return {
        shape: sorted(
            bound
            for start, end in ranges
            if start.translate(_SHAPE) == shape
            for bound in (start, f"{end}!")
        )
        for shape in shapes
        if sizes[len(shape)] == 1
    }


def _of_kind(character: str, printed: frozenset[str]) -> str:
    """Return what a digit may be of digits, or a letter of letters, itself first."""
    kind = character.isdigit()
    others = sorted(one for one in _group(character) & printed if one.isdigit() == kind)
    return "".join(dict.fromkeys((character, *others)))


def _group(character: str) -> frozenset[str]:
    """Return what people take for one another, the character among it."""
    return frozenset(next((group for group in LOOK_ALIKES if character in group), character))
