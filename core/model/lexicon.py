"""The names we know: brands in every script, models and product names, and who makes them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from core.model.identifier import fold
from core.model.recall import Maker, Notice
from core.model.rule import Attribute, Model, walk


class KnownName(BaseModel):
    """A product name people use, the maker it belongs to, and the model or product it means.

    `model` is None where the name alone does not settle the model; `product` is the value a
    rule compares where the notice names a product rather than a model.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    brand: str
    model: str | None = None
    product: str | None = None


class KnownModel(BaseModel):
    """A model as printed and the brands it is recalled under."""

    model_config = ConfigDict(frozen=True)

    model: str
    brands: tuple[str, ...]


class Lexicon(BaseModel):
    """Every name the reader of messages may recognise without asking a database."""

    model_config = ConfigDict(frozen=True)

    makers: tuple[Maker, ...] = ()
    models: tuple[KnownModel, ...] = ()
    names: tuple[KnownName, ...] = ()

    @classmethod
    def of(cls, makers: Iterable[Maker], notices: Iterable[Notice]) -> Lexicon:
        """Gather the names of these makers and notices."""
        models: dict[str, KnownModel] = {}
        names: dict[tuple[str, str], KnownName] = {}
        for notice in notices:
            brand = notice.brands[0]
            for node in walk(notice.units):
                if isinstance(node, Model):
                    for model in node.any_of:
                        known = models.get(fold(model), KnownModel(model=model, brands=()))
                        brands = tuple(dict.fromkeys((*known.brands, *notice.brands)))
                        models[fold(model)] = KnownModel(model=known.model, brands=brands)
                elif isinstance(node, Attribute) and node.field == "product":
                    for name in notice.names:
                        names[fold(name), brand] = KnownName(
                            name=name, brand=brand, product=node.any_of[0]
                        )
            for name in notice.names:
                names.setdefault((fold(name), brand), KnownName(name=name, brand=brand))
        return cls(
            makers=tuple(makers), models=tuple(models.values()), names=tuple(names.values())
        )

    def with_brands(self, brands: Iterable[str]) -> Lexicon:
        """Return this lexicon with makers for the brands among these that it does not know."""
        known = {fold(name) for model in self.models for name in model.brands}
        known |= self.maker_of.keys() | {""}
        new: dict[str, Maker] = {}
        for brand in brands:
            if fold(brand) not in known:
                new.setdefault(fold(brand), Maker(name=brand, brands=(brand,)))
        if not new:
            return self
        return self.model_copy(update={"makers": (*self.makers, *new.values())})

    @cached_property
    def maker_of(self) -> dict[str, Maker]:
        """Return the makers by every folded brand and alias."""
        return {
            fold(name): maker
            for maker in self.makers
            for name in (*maker.brands, *maker.aliases)
        }

    def alphabet(self, brand: str | None, field: str) -> str:
        """Return the characters the brand's maker prints in that field, "" where unknown."""
        maker = self.maker_of.get(fold(brand)) if brand else None
        return maker.alphabet.get(field, "") if maker else ""
