"""Names to offer while somebody types a brand or a model."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, takewhile

from core.model.identifier import fold
from core.model.lexicon import Lexicon
from core.query.names import Same, names_of
from core.query.plain import words_of

MOST_SUGGESTED = 25
# Of 100; with fewer letters everything looks alike.
ALIKE, SHORTEST_ALIKE = 65, 3
LONGEST_TYPED = 60


def suggest(
    lexicon: Lexicon, field: str, typed: str, brand: str | None = None
) -> Sequence[str]:
    """Return at most 25 known names for the field "brand" or "model", the likeliest first.

    Names that begin with what was typed come before those that have it inside, and those that
    resemble it stand in where there is none; with `brand` only its models are offered. Nothing
    typed offers the brands most recalled. Any other field has none.
    """
    known = _known(Same(lexicon))
    typed = typed[:LONGEST_TYPED]
    if field == "brand":
        return known.brands.like(words_of(typed).strip())
    if field == "model":
        return known.models_of(brand).like(fold(typed))
    return []


@dataclass(frozen=True, slots=True)
class _Names:
    """Names by how they are compared, sorted; `first` are offered where nothing is typed."""

    keys: Sequence[str]
    shown: Mapping[str, str]
    first: Sequence[str]

    @classmethod
    def of(cls, shown: Mapping[str, str], first: Sequence[str]) -> _Names:
        return cls(sorted(shown), shown, first[:MOST_SUGGESTED])

    def like(self, typed: str) -> list[str]:
        if not typed:
            return list(self.first)
        names = dict.fromkeys(self.shown[key] for key in self._found(typed))
        return list(islice(names, MOST_SUGGESTED))

    def _found(self, typed: str) -> list[str]:
        """Return what begins with it, then what has it inside; else what resembles it."""
        place = bisect_left(self.keys, typed)
        found = [*takewhile(lambda key: key.startswith(typed), islice(self.keys, place, None))]
        if len(typed) < SHORTEST_ALIKE:
            return found
        found += [key for key in self.keys if typed in key]
        return found or self._alike(typed)

    def _alike(self, typed: str) -> list[str]:
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - slow to import

        near = process.extract(
            typed, self.keys, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST_SUGGESTED
        )
        # Whoever mistypes a name gets its first letter right.
        return [key for key, _, _ in near if key[0] == typed[0]]


@dataclass(frozen=True, slots=True)
class _Known:
    brands: _Names
    models: _Names
    by_brand: Mapping[str, _Names]
    brand_of: Mapping[str, str] = field(repr=False)

    def models_of(self, brand: str | None) -> _Names:
        if not brand:
            return self.models
        meant = self.brand_of.get(words_of(brand).strip(), brand)
        return self.by_brand.get(fold(meant), _NONE)


_NONE = _Names((), {}, ())


@lru_cache(maxsize=4)
def _known(same: Same) -> _Known:
    names = names_of(same.lexicon)
    models = {key: known.model for key, known in names.models.items()}
    of_brand: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, known in names.models.items():
        for brand in known.brands:
            of_brand[fold(brand)][key] = known.model
    brands = {key: brand for key, brand in names.brand_of.items() if key}
    often = sorted(
        dict.fromkeys(brands.values()), key=lambda brand: (-len(of_brand[fold(brand)]), brand)
    )
    by_brand = {
        brand: _Names.of(some, sorted(some.values())) for brand, some in of_brand.items()
    }
    return _Known(
        _Names.of(brands, often),
        _Names.of(models, sorted(models.values())),
        by_brand,
        names.brand_of,
    )
