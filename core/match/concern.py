"""Whose products a notice concerns: everybody's, some people's, or nobody's who owns them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum

from rapidfuzz import fuzz

from core.match.findings import finding
from core.match.next_step import is_confirmed
from core.match.rules import HOLDS, Reading, Scope, goes_by, outcome
from core.model.identifier import fold, skeleton
from core.model.keys import SHORTEST_PART
from core.model.lexicon import Lexicon
from core.model.products import NAMES, Product, unit_of
from core.model.recall import Maker, Notice, State
from core.model.rule import (
    And,
    Attribute,
    Checker,
    CodeRule,
    DateRule,
    Inspect,
    Model,
    Or,
    Rule,
    Unparsed,
    names_product,
    walk,
)
from core.model.unit import Unit
from core.model.verdict import Finding, Relation, Truth, Why

# Of 100: how much of one name's words must be in the other.
ALIKE = 80
_WORD = re.compile(r"[^\W_]+")
_MEANT = {Why.LISTED, Why.NEAR, Why.LOOKS_ALIKE}


class Concern(StrEnum):
    """Which owners of a product are told of a notice: all, those its facts leave in, none."""

    EVERYBODY = "everybody"
    SOME = "some"
    NOBODY = "nobody"


def concern(product: Product, notice: Notice, lexicon: Lexicon) -> Concern:
    """Return whose units of the product the notice concerns.

    EVERYBODY promises that `concerns` is True whatever else is known of a unit, NOBODY that it
    is False; for SOME each unit has to be asked.
    """
    if notice.state is State.RETRACTED:
        return Concern.NOBODY
    unit = _as_spelt(unit_of(product))
    one = finding(unit, notice, lexicon)
    if one.relation is Relation.UNRELATED:
        return Concern.NOBODY
    if _is_told(one, unit, lexicon):
        return Concern.SOME if _may_be_left_out(one, unit) else Concern.EVERYBODY
    covered = _may_cover(notice.units) and _goes_by_the_unit(notice)
    return Concern.SOME if covered else Concern.NOBODY


def concerns(unit: Unit, notice: Notice, lexicon: Lexicon) -> bool:
    """Say whether the owner of the unit is told of the notice.

    False only where the notice is of another product, as the owner spells it, or where its
    complete rule leaves the unit out by a well-formed code that the owner confirmed.
    """
    if notice.state is State.RETRACTED:
        return False
    spelt = _as_spelt(unit)
    return _is_told(finding(spelt, notice, lexicon), spelt, lexicon)


def _as_spelt(unit: Unit) -> Unit:
    """An alert for a model one typing error away is noise; an answer still offers it."""
    return unit.knowing(model_read_back="yes")


def _is_told(one: Finding, unit: Unit, lexicon: Lexicon) -> bool:
    if one.relation is Relation.UNRELATED:
        return False
    if one.relation is Relation.NAMED:
        return not (one.excludes and is_confirmed(one, unit))
    maker = lexicon.maker_of.get(fold(one.notice.brands[0]))
    return (
        one.truth is Truth.YES
        or _is_of_other_brand(one)
        or _is_meant(unit, one.notice, maker)
        or _is_same_line(unit, one.notice, maker)
    )


def _is_of_other_brand(one: Finding) -> bool:
    return any(evidence.why is Why.OTHER_BRAND for evidence in one.evidence)


def _is_meant(unit: Unit, notice: Notice, maker: Maker | None) -> bool:
    """Say whether the notice lists the product's model or code, or one that looks like it."""
    named = outcome(notice.units, Reading(unit, notice, maker, Scope.PRODUCT))
    return any(
        evidence.why in _MEANT and evidence.truth is not Truth.NO
        for evidence in named.evidence
        if evidence is not HOLDS
    )


def _is_same_line(unit: Unit, notice: Notice, maker: Maker | None) -> bool:
    """Say whether a notice of the brand may mean the product by what they are called.

    Of an item without model or name nobody knows which of the brand's products it is.
    """
    if goes_by(unit, notice) or _is_mentioned(unit, notice):
        return True
    said = [unit.facts[name] for name in sorted(NAMES) if name in unit.facts]
    brand_words = {word for name in _brand_names(notice, maker) for word in _words(name)}
    ours = [name for name in (_without(brand_words, name) for name in said) if name]
    if not ours:
        return bool(fold(unit.brand or "")) and not fold(unit.model or "")
    theirs = [_without(brand_words, name) for name in _called(notice)]
    return any(_alike(one, other) for one in ours for other in theirs if other)


def _brand_names(notice: Notice, maker: Maker | None) -> tuple[str, ...]:
    return (*notice.brands, *maker.brands, *maker.aliases) if maker else notice.brands


def _called(notice: Notice) -> Iterator[str]:
    """Yield what the notice calls its product, and the kind of product it is."""
    yield from (notice.product, *notice.names, notice.category)
    if notice.title:
        yield notice.title


def _is_mentioned(unit: Unit, notice: Notice) -> bool:
    """Say whether the model stands anywhere in the notice, whatever its rule makes of it."""
    bones = skeleton(fold(unit.model or ""))
    if len(bones) < SHORTEST_PART:
        return False
    return any(
        bones in said or (listed and bones.startswith(said))
        for said, listed in _wording(notice)
    )


def _wording(notice: Notice) -> Iterator[tuple[str, bool]]:
    """Yield the skeleton of each text of the notice, and whether it is a listed model."""
    nodes = list(walk(notice.units))
    verbatim = [node.verbatim for node in nodes if isinstance(node, Unparsed)]
    yield from ((skeleton(fold(text)), False) for text in (*_called(notice), *verbatim))
    models = [model for node in nodes if isinstance(node, Model) for model in node.any_of]
    yield from ((skeleton(fold(model)), True) for model in models)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


def _without(words: set[str], name: str) -> str:
    return " ".join(word for word in _words(name) if word not in words)


def _alike(ours: str, theirs: str) -> bool:
    """Say whether two names may mean one thing; of names in two scripts nobody can tell."""
    one, other = fold(ours), fold(theirs)
    if one.isascii() != other.isascii():
        return True
    return one in other or other in one or fuzz.token_set_ratio(ours, theirs) >= ALIKE


def _may_be_left_out(one: Finding, unit: Unit) -> bool:
    """Say whether some fact of a unit may leave it out of a notice that means its product."""
    notice = one.notice
    if one.relation is Relation.NAMED:
        return notice.complete and any(map(_is_printed, walk(notice.units)))
    if one.relation is Relation.SAME_BRAND:
        listed = any(isinstance(node, Model) for node in walk(notice.units))
        return listed and bool(fold(unit.model or "")) and _goes_by_the_unit(notice)
    return _is_of_other_brand(one) and _goes_by_the_unit(notice)


def _is_printed(node: Rule) -> bool:
    dated = isinstance(node, DateRule) and node.hard
    return dated or (isinstance(node, CodeRule) and not names_product(node))


def _goes_by_the_unit(notice: Notice) -> bool:
    """Say whether the rule asks for anything that differs between units of one product."""
    kinds = CodeRule | DateRule | Attribute | Inspect
    nodes = walk(notice.units)
    return any(isinstance(node, kinds) and not names_product(node) for node in nodes)


def _may_cover(rule: Rule) -> bool:
    """Say whether a unit can be found covered at all: wording and makers' lists never do."""
    match rule:
        case And(of=parts):
            return all(map(_may_cover, parts))
        case Or(of=parts):
            return any(map(_may_cover, parts))
    return not isinstance(rule, Unparsed | Checker)


def listed_codes(notice: Notice, field: str) -> frozenset[str] | None:
    """Return the listed codes, as `code_to_mark` spells them, where nothing else decides.

    None where the unit's code is compared in any other way, where further facts of the unit
    count, or where the rule does not say enough for a code to be left out.
    """
    leaves = list(_parts(notice.units))
    lists = [leaf for leaf in leaves if not _is_of_product(leaf)]
    if len(lists) != 1 or not notice.complete:
        return None
    match lists[0]:
        case CodeRule(field=name, at=None, eq=codes) as rule if codes and rule.may_exclude:
            return frozenset(skeleton(fold(c)) for c in codes) if name == field else None
    return None


def _parts(rule: Rule) -> Iterator[Rule]:
    """Yield what must hold all together."""
    if isinstance(rule, And):
        for part in rule.of:
            yield from _parts(part)
    else:
        yield rule


def _is_of_product(rule: Rule) -> bool:
    leaves = [node for node in walk(rule) if not isinstance(node, And | Or)]
    return all(map(names_product, leaves))


def decided_by_mark(
    notice: Notice, field: str, region: str | None, is_marked: Callable[[str], bool]
) -> bool | None:
    """Say whether a unit that `concern` put among SOME is listed; None: no mark can tell.

    `is_marked` says whether a listed code has the remembered digest. None, too, where the
    notice is for other countries: the person is told that it is recalled there.
    """
    codes = listed_codes(notice, field) if notice.covers(region) else None
    return None if codes is None else any(map(is_marked, codes))
