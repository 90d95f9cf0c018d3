"""The tables by which brands, models and product names are recognised, built once a lexicon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from core.model.identifier import deletions, fold, one_edit_apart, skeleton
from core.model.lexicon import KnownModel, KnownName, Lexicon
from core.query.phrases import Phrases
from core.query.plain import words_of
from core.query.wording import wording

# Fewer letters than these are too easily another word.
SHORTEST_TYPO = 4
SHORTEST_MISSPELT_BRAND = 5
SHORTEST_ALIAS = 3
SHORTEST_LINE = 5
SHORT_BRANDS = frozenset({"hp", "lg"})
SHORTEST_STEM = 4
LONGEST_TAIL = 8
LETTERS_FOR_DIGITS = frozenset("OQDILZSBG")
DIGITS_FOR_LETTERS = frozenset("012568")


class Same:
    """A lexicon compared by identity: comparing thousands of names would cost more."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Stand for this very lexicon."""
        self.lexicon = lexicon

    def __hash__(self) -> int:
        """Return the same for the same object alone."""
        return id(self.lexicon)

    def __eq__(self, other: object) -> bool:
        """Say whether both stand for one object."""
        return isinstance(other, Same) and other.lexicon is self.lexicon


@dataclass(frozen=True, slots=True)
class Names:
    """What a lexicon knows, arranged for reading text."""

    lexicon: Lexicon
    brands: Phrases[str]
    brand_of: Mapping[str, str]
    near_brands: Mapping[str, tuple[str, ...]]
    models: Mapping[str, KnownModel]
    bones: Mapping[str, tuple[KnownModel, ...]]
    digits: Mapping[str, tuple[KnownModel, ...]]
    products: Mapping[str, KnownName]
    lines: Mapping[str, str]
    near_lines: Mapping[str, tuple[str, ...]]
    allied: frozenset[frozenset[str]]
    model_sizes: frozenset[int]
    product_sizes: frozenset[int]

    def misspelt_brand(self, word: str) -> str | None:
        """Return the one recalled brand that `word` is a typing error away from, or None."""
        if len(word) < SHORTEST_TYPO or word in wording().ordinary or not word.isalpha():
            return None
        near = _near(word, self.near_brands)
        brands = {self.brand_of[name] for name in near if name[0] == word[0]}
        return brands.pop() if len(brands) == 1 else None

    def line(self, word: str) -> str | None:
        """Return the brand whose product line `word` is, perhaps misspelt, or None."""
        if word in self.lines or len(word) < SHORTEST_LINE or word in wording().ordinary:
            return self.lines.get(word)
        brands = {
            self.lines[name] for name in _near(word, self.near_lines) if name[0] == word[0]
        }
        return brands.pop() if len(brands) == 1 else None

    def base(self, folded: str) -> KnownModel | None:
        """Return the model that `folded` is, but for a colour or region tail, or None."""
        for size in range(len(folded) - 1, SHORTEST_STEM - 1, -1):
            known = self.models.get(folded[:size])
            if known and len(folded) - size <= LONGEST_TAIL and _coded(folded[:size]):
                return known
        return None

    def makers_by_shape(self, folded: str) -> tuple[str, ...]:
        """Return the main brands of the makers whose model numbers look like `folded`."""
        return tuple(
            maker.brands[0]
            for maker in self.lexicon.makers
            if any(_fits(folded, fold_shape(shape)) for shape in maker.model_shapes)
        )

    def brands_by_bones(self, folded: str) -> tuple[str, ...]:
        """Return the brands of models that differ from `folded` by look-alikes only."""
        found = self.bones.get(skeleton(folded), ())
        return tuple(dict.fromkeys(known.brands[0] for known in found if known.brands))

    def same_maker(self, one: str, other: str) -> bool:
        """Say whether two brands are of one maker."""
        makers = self.lexicon.maker_of
        first, second = makers.get(fold(one)), makers.get(fold(other))
        return fold(one) == fold(other) or (first is not None and first is second)

    def main_brand(self, brands: tuple[str, ...]) -> str | None:
        """Return the first of a model's brands where they all belong together, else None."""
        first = brands[0]
        others = [brand for brand in brands[1:] if not self.same_maker(first, brand)]
        allied = all(frozenset((first, other)) in self.allied for other in others)
        return first if allied else None

    def serial_lengths(self, brand: str | None) -> tuple[int, ...]:
        """Return how many characters the brand's serials have, () where unknown."""
        maker = self.lexicon.maker_of.get(fold(brand)) if brand else None
        return maker.lengths.get("serial", ()) if maker else ()


def names_of(lexicon: Lexicon) -> Names:
    """Return the tables of this lexicon; the same object is compiled only once."""
    return _compiled(Same(lexicon))


@lru_cache(maxsize=8)
def _compiled(same: Same) -> Names:
    lexicon = same.lexicon
    brands: Phrases[str] = Phrases()
    brand_of: dict[str, str] = {}
    recalled: set[str] = set()
    for name, brand, ours in _aliases(lexicon):
        key = words_of(name)
        if not key or key in brand_of or _too_ordinary(key):
            continue
        brand_of[key] = brand
        brands.add(key if key.isascii() else f"{key}*", brand)
        if " " in key or "-" in key:
            brands.add(key.replace(" ", "").replace("-", ""), brand)
        if ours and len(key) >= SHORTEST_MISSPELT_BRAND and key.isascii() and key.isalpha():
            recalled.add(key)
    lines = _lines(lexicon, brand_of)
    models = {fold(known.model): known for known in lexicon.models}
    products = {fold(name.name): name for name in reversed(lexicon.names)}
    return Names(
        lexicon=lexicon,
        brands=brands,
        brand_of=brand_of,
        near_brands=_neighbours(recalled),
        models=models,
        bones=_grouped((skeleton(key), known) for key, known in models.items()),
        digits=_grouped((_digits(key), known) for key, known in models.items() if _coded(key)),
        products=products,
        lines=lines,
        near_lines=_neighbours(name for name in lines if len(name) > SHORTEST_LINE),
        allied=_allied(lexicon.models),
        model_sizes=frozenset(map(len, models)),
        product_sizes=frozenset(map(len, products)),
    )


def _aliases(lexicon: Lexicon) -> Iterator[tuple[str, str, bool]]:
    for maker in lexicon.makers:
        yield from ((brand, brand, True) for brand in maker.brands)
        yield from ((alias, maker.brands[0], True) for alias in maker.aliases)
    for known in lexicon.models:
        yield from ((brand, brand, True) for brand in known.brands)
    yield from ((name.brand, name.brand, True) for name in lexicon.names)
    for brand, aliases in wording().known["makers"].items():
        yield from ((alias, brand, False) for alias in (brand, *aliases))


def _too_ordinary(key: str) -> bool:
    words = key.replace("-", " ").split()
    goods = wording().known["ordinary"]["goods"]
    if key.isascii() and all(word in wording().everyday or word in goods for word in words):
        return True
    return key.isascii() and len(key) < SHORTEST_ALIAS and key not in SHORT_BRANDS


def _allied(models: Iterable[KnownModel]) -> frozenset[frozenset[str]]:
    """Return the brands that share several models: one house, not a chance meeting."""
    pairs = Counter(
        frozenset(pair) for known in models for pair in combinations(known.brands, 2)
    )
    return frozenset(pair for pair, count in pairs.items() if count > 1)


def _lines(lexicon: Lexicon, brand_of: Mapping[str, str]) -> dict[str, str]:
    brands: dict[str, set[str]] = {}
    for name in lexicon.names:
        first = words_of(name.name).split(" ")[0].split("-")[0]
        if len(first) >= SHORTEST_LINE and first.isalpha() and first not in brand_of:
            brands.setdefault(first, set()).add(name.brand)
    ordinary = wording().ordinary
    return {
        line: owners.pop()
        for line, owners in brands.items()
        if len(owners) == 1 and line not in ordinary
    }


def _neighbours(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        for key in {name, *deletions(name)}:
            found[key] = (*found.get(key, ()), name)
    return found


def _near(word: str, neighbours: Mapping[str, tuple[str, ...]]) -> set[str]:
    candidates = {name for key in {word, *deletions(word)} for name in neighbours.get(key, ())}
    return {name for name in candidates if name == word or one_edit_apart(word, name)}


def _grouped(pairs: Iterable[tuple[str, KnownModel]]) -> dict[str, tuple[KnownModel, ...]]:
    found: dict[str, tuple[KnownModel, ...]] = {}
    for key, known in pairs:
        found[key] = (*found.get(key, ()), known)
    return found


def _digits(key: str) -> str:
    return "".join(character for character in key if character.isdigit())


def _coded(key: str) -> bool:
    return any(map(str.isdigit, key)) and any(map(str.isalpha, key))


def fold_shape(shape: str) -> str:
    """Return a maker's model shape without dashes, in the alphabet of folded models."""
    return shape.replace("-", "")


def _fits(folded: str, shape: str) -> bool:
    return len(folded) == len(shape) and all(map(_place_fits, folded, shape))


def _place_fits(character: str, place: str) -> bool:
    if place == "9":
        return character.isdigit() or character in LETTERS_FOR_DIGITS
    if place == "A":
        return character.isalpha() or character in DIGITS_FOR_LETTERS
    return character == place.upper()
