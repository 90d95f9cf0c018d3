"""The reviewed catalogue and the recorded feeds: whatever they name is found, and concerned."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.file import FOLDER
from core.catalogue.read import read
from core.match.concern import Concern, concern, concerns
from core.match.findings import finding
from core.model.identifier import fold, skeleton
from core.model.lexicon import Lexicon
from core.model.products import Product, keys_for_products, product_keys
from core.model.recall import Notice
from core.model.rule import Attribute, CodeRule, Model, names_product, walk
from core.model.unit import Unit
from core.model.verdict import Relation, Why
from core.sources.contract import RecordUnreadable
from core.sources.http import Fetcher
from tests.builders import NOW, STEADY, a_notice
from tests.contracts.source_case import SourceCase
from tests.contracts.source_cases import CASES
from tests.core.match.damage import misread, written_differently
from tests.core.sources.test_recorded_us import SHARED, cpsc

FILES = tuple(read(path) for path in sorted(FOLDER.glob("*.json")))
NOTICES = tuple(notice for file in FILES for notice in file.recalls)
LEXICON = Lexicon.of([maker for file in FILES for maker in file.makers], NOTICES)


def recorded(case: SourceCase) -> tuple[Notice, ...]:
    """Return the notices of a recorded page that can be read."""
    source = case.build(Fetcher())
    read_ones = []
    for record in source.split(case.payload, case.url, NOW):
        try:
            read_ones.append(source.parse(record))
        except RecordUnreadable:
            continue
    return tuple(read_ones)


def named_by(notice: Notice) -> Iterator[Product]:
    """Yield every product that the notice names, by brand and model, code or name."""
    for brand in notice.brands:
        yield Product(brand)
        for node in walk(notice.units):
            if isinstance(node, Model):
                yield from (Product(brand, model) for model in node.any_of)
            elif isinstance(node, CodeRule) and names_product(node) and not node.at:
                yield from (having(brand, node.field, code) for code in node.eq)
            elif isinstance(node, Attribute) and names_product(node):
                yield from (having(brand, node.field, value) for value in node.any_of)
        yield from (having(brand, "name", name) for name in (notice.product, *notice.names))


def having(brand: str, field: str, value: str) -> Product:
    return Product(brand, None, MappingProxyType({field: value}))


def passed_over(notice: Notice, lexicon: Lexicon) -> list[Product]:
    """Return the products it names that it would not find, or that would concern nobody."""
    asked = keys_for_products(notice, lexicon.maker_of.get(fold(notice.brands[0])))
    return [
        product
        for product in named_by(notice)
        if not asked & product_keys(product)
        or concern(product, notice, lexicon) is Concern.NOBODY
    ]


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.id)
def test_a_reviewed_recall_passes_over_no_product_it_names(notice: Notice) -> None:
    assert passed_over(notice, LEXICON) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_recorded_notice_passes_over_no_product_it_names(case: SourceCase) -> None:
    notices = recorded(case)

    found = {notice.id: passed_over(notice, Lexicon.of([], notices)) for notice in notices}

    assert notices
    assert not any(found.values()), {name: left for name, left in found.items() if left}


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository")
def test_no_recorded_recall_of_the_cpsc_passes_over_a_product_it_names() -> None:
    lexicon = Lexicon.of([], cpsc())

    left = {notice.id: passed_over(notice, lexicon) for notice in cpsc()}

    assert [name for name, products in left.items() if products] == []


@STEADY
@given(
    notice=st.sampled_from([notice for notice in NOTICES if len(list(named_by(notice))) > 1]),
    chosen=st.integers(0, 2**16),
    seed=st.integers(0, 2**16),
)
def test_a_model_or_code_of_a_reviewed_recall_is_found_however_it_is_read(
    notice: Notice, chosen: int, seed: int
) -> None:
    known = [
        product for product in named_by(notice) if product.model or "name" not in product.facts
    ]
    product = known[chosen % len(known)]
    brand = written_differently(product.brand or "", seed)
    facts = {
        field: said if field == "product" else misread(said, seed)
        for field, said in product.facts.items()
    }
    model = misread(product.model, seed) if product.model else None

    owned = Product(brand, model, MappingProxyType(facts))

    asked = keys_for_products(notice, LEXICON.maker_of.get(fold(notice.brands[0])))
    assert asked & product_keys(owned)
    assert concern(owned, notice, LEXICON) is not Concern.NOBODY


def is_misspelt(unit: Unit, notice: Notice) -> bool:
    """Say whether the model is on no list, and only a typing error away from one that is."""
    found = finding(unit, notice, LEXICON)
    pairs = [
        (skeleton(fold(one.value or "")), skeleton(fold(one.expected or "")))
        for one in found.evidence
        if one.why is Why.NEAR
    ]
    return (
        found.relation is Relation.NEAR
        and bool(pairs)
        and not any(one.startswith(other) or other.startswith(one) for one, other in pairs)
    )


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.id)
def test_a_reviewed_example_is_told_unless_its_answer_is_no(notice: Notice) -> None:
    for example in notice.examples:
        unit = Unit(example.brand, example.model, example.facts, confirmed=True)
        product = Product.of(unit)

        told = concerns(unit, notice, LEXICON)

        maker = LEXICON.maker_of.get(fold(notice.brands[0]))
        meet = keys_for_products(notice, maker) & product_keys(product)
        wanted = example.want in {"affected", "check_needed"} and not is_misspelt(unit, notice)
        assert told is wanted, example
        assert not told or (meet and concern(product, notice, LEXICON) is not Concern.NOBODY)


def test_a_model_of_the_catalogue_has_few_keys() -> None:
    products = {product.mark: product for notice in NOTICES for product in named_by(notice)}
    sizes = [len(product_keys(product)) for product in products.values() if product.model]

    average = sum(sizes) / len(sizes)

    assert average <= 12
    assert max(sizes) <= 16


def test_a_misspelt_model_of_the_catalogue_is_nobodys() -> None:
    anker = next(notice for notice in NOTICES if notice.id.startswith("anker"))

    whose = concern(Product("Anker", "A9998"), anker, LEXICON)

    assert whose is Concern.NOBODY
    assert concern(Product("Acme", "X100"), a_notice(), LEXICON) is Concern.EVERYBODY
