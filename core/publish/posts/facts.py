"""The facts of a recall as blocks: each in the sentence of alerts, or in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.model.message import Block, Quote, Role
from core.model.recall import HazardKind, Notice, RemedyOption, SourceKind
from core.publish.posts.authorities import short_name
from core.publish.posts.foreign import named, one_line, shortened
from core.publish.posts.forms import Form
from core.publish.posts.products import (
    LONGEST_CODE,
    codes_of,
    models_of,
    needs_its_name,
    product_of,
    some,
)
from core.text.advice import action_of, bare_action, brief_action
from core.text.alerts.parts import MOST_SOURCES, danger, kind_of
from core.text.covered import Coverage, coverage_of, covers_every_unit, only_some
from core.text.names import LANG_OF_NOTICES, option_names
from core.text.reassurance import reassuring
from core.text.remedies import contact_blocks, remedies_for, remedy_blocks
from core.text.translations import Translator, translator

# No model number we know is longer.
SHORT_CODE = 26
_DRIVEN = frozenset({"vehicle", "motorcycle", "off-road-vehicle"})
# What ends so wants something behind it.
_OPEN = (":", "：")


@dataclass(frozen=True, slots=True)
class Told:
    """A recall as one post tells it: its notices, the leading one first, and in which form.

    `links` says whether this post may hold any.
    """

    notices: tuple[Notice, ...]
    words: Translator
    region: str | None
    form: Form
    links: bool = True

    @property
    def lead(self) -> Notice:
        """Return the notice that leads."""
        return self.notices[0]


def hazard_of(notice: Notice, words: Translator) -> str:
    """Return what can hurt in as few words as a headline has: "fire and burn hazard"."""
    return hazard_name(notice.hazard.kinds, words)


def first_hazard_of(notice: Notice, words: Translator) -> str:
    """Return the first of them alone, where there is no room for the others."""
    return hazard_name(notice.hazard.kinds[:1], words)


def hazard_name(kinds: Sequence[HazardKind], words: Translator) -> str:
    """Return these dangers as one phrase."""
    return words("post_hazard", kinds=words.both(words(f"post_hazard_{one}") for one in kinds))


def headline_of(notice: Notice, words: Translator) -> str:
    """Return what it is and what can hurt: "Product safety recall: fire hazard"."""
    fields = {"kind": kind_of(notice, words), "product": hazard_of(notice, words)}
    return words("alert_headline", **fields)


def hazard_blocks(told: Told) -> Iterator[Block]:
    """Yield the danger in a sentence of its own, where there is room."""
    if told.form.full:
        said = danger(told.lead, told.words)
        yield (
            said
            if said.quote and _quotable(said.quote.text, told)
            else replace(said, quote=None)
        )


def _quotable(text: str, told: Told) -> bool:
    """Say whether nothing in it plays the risk down, which a quotation may not do either."""
    return not plays_down(text, told.words)


def plays_down(text: str, words: Translator) -> bool:
    """Say whether something in it plays the risk down, in this language or in English."""
    return any(reassuring(text, one) for one in (words, translator(LANG_OF_NOTICES)))


def product_blocks(told: Told) -> Iterator[Block]:
    """Yield the product, by the notice's own name where no other tells which it is."""
    notice, words, most = told.lead, told.words, told.form.name
    if not most:
        return
    own = Quote(shortened(one_line(notice.product), most))
    text = named(product_of(notice, words), most)
    if not _quotable(text, told):
        # A name such as "Safe & Green" is said as a name, and never as ours.
        yield Block(Role.DETAIL, words("alert_as_named"), quote=own)
        return
    if needs_its_name(notice, words):
        yield Block(Role.DETAIL, text, quote=own)
        return
    yield Block(Role.DETAIL, text)
    if told.form.full and words.lang != LANG_OF_NOTICES:
        yield Block(Role.DETAIL, words("alert_as_named"), quote=own)


def where_blocks(told: Told) -> Iterator[Block]:
    """Yield where the product's number is and which units are covered, as the notice says."""
    words, form, place = told.words, told.form, told.lead.find_it
    number = number_line(told)
    quoted = place is not None and form.quote and _quotable(place.text, told)
    if place and quoted:
        yield Block(Role.DETAIL, words("find_it"), quote=Quote(place.text))
    if number:
        yield Block(Role.DETAIL, number)
    elif not quoted and not form.full and only_some(told.lead):
        yield Block(
            Role.DETAIL, words("post_bare_compare" if form.bare else "post_some_compare")
        )
        return
    elif not quoted:
        yield Block(Role.DETAIL, words("post_where_compare"))
    yield from _covered(told, compared=not quoted and not number)


def number_line(told: Told) -> str | None:
    """Return which number to look for on the product, None where the notice has none."""
    words, form, notice = told.words, told.form, told.lead
    # Nobody finds the name of a car on a label.
    models = () if notice.category in _DRIVEN else models_of(notice)
    if models and form.bare and only_some(notice):
        return words("post_where_bare", models=some(models, form.models, words, SHORT_CODE))
    if models:
        key = "post_where_model" if form.full else "post_where_model_short"
        longest = SHORT_CODE if form.bare else LONGEST_CODE
        return words(key, models=some(models, form.models, words, longest))
    codes = codes_of(notice, words, form.models)
    # The leaner forms have no room for a row of bar codes.
    return words("post_where_code", codes=codes) if 0 < len(codes) <= form.name else None


def _covered(told: Told, *, compared: bool) -> Iterator[Block]:
    """Yield which units are covered, and where somebody asks for theirs."""
    words, form = told.words, told.form
    page = told.lead.checker if form.full and told.links else None
    coverage = coverage_of(told.lead)
    if coverage is Coverage.EVERY_UNIT:
        if form.full:
            yield Block(Role.VERDICT, words("alert_every_unit"))
        return
    if coverage is Coverage.SOME_UNITS and not form.bare:
        yield Block(Role.VERDICT, words("post_some_units"))
    if page:
        yield Block(Role.NEXT_STEP, words("post_check_page"), page)
    elif coverage is Coverage.UNKNOWN and not compared and not form.bare:
        yield Block(Role.NEXT_STEP, words("post_check"))


def action_blocks(told: Told) -> Iterator[Block]:
    """Yield what to do now."""
    lead, words = told.lead, told.words
    known = covers_every_unit(lead)
    if told.form.full:
        action = action_of(lead, words, known=known)
        yield Block(Role.ACTION, words("alert_if_you_have", action=action))
    elif told.form.bare:
        yield Block(Role.ACTION, bare_action(lead, words))
    else:
        yield Block(Role.ACTION, brief_action(lead, words, known=known))


def remedy_facts(told: Told) -> Iterator[Block]:
    """Yield what the owner gets, in their country first."""
    if not remedies_for(told.notices, None):
        key = "post_remedy_bare_none" if told.form.bare else "post_remedy_none"
        yield Block(Role.REMEDY, told.words(key))
    elif told.form.full and remedies_for(told.notices, told.region):
        yield from remedy_blocks(told.notices, told.region, told.words)
    elif told.form.full:
        region = told.words.region(told.region or "")
        yield Block(Role.REMEDY, told.words("post_remedy_unknown", region=region))
        yield from [*remedy_blocks(told.notices, told.region, told.words)][1:]
    else:
        yield Block(Role.REMEDY, _short_remedy(told))


def _short_remedy(told: Told) -> str:
    words, bare = told.words, told.form.bare
    here = remedies_for(told.notices, told.region)
    if bare and not here:
        return words("post_remedy_unknown", region=words.region(told.region or ""))
    known = here or remedies_for(told.notices, None)
    offers = [_options(one.options, told.form) for one in known]
    options = _in_words(tuple(dict.fromkeys(sum(offers, ()))), told)
    if not here:
        region = words.region(told.region or "")
        return words("post_remedy_elsewhere", region=region, options=options)
    key = "post_remedy_bare" if bare else "post_remedy"
    return words(key if len({*offers}) == 1 else f"{key}_varies", options=options)


def _options(options: tuple[RemedyOption, ...], form: Form) -> tuple[RemedyOption, ...]:
    """Return the remedies one may choose from, without amounts and products if need be."""
    if form.amounts:
        return options
    return tuple(dict.fromkeys(RemedyOption(kind=one.kind) for one in options))


def _in_words(options: tuple[RemedyOption, ...], told: Told) -> str:
    if not told.form.bare:
        return option_names(options, told.words)
    return told.words.either(told.words(f"post_option_{one.kind}") for one in options)


def contact_facts(told: Told) -> Iterator[Block]:
    """Yield whom to ask, as many as there is room for."""
    blocks = contact_blocks(told.notices, told.region, told.words)
    said = (one for one in blocks if told.links or not one.text.rstrip().endswith(_OPEN))
    yield from [*said][: told.form.contacts]


def source_blocks(told: Told) -> Iterator[Block]:
    """Yield who published it under which number, with the link; the others behind the first."""
    shown = told.notices[: MOST_SOURCES if told.form.others else 1]
    for one in shown if told.form.full else ():
        yield Block(Role.SOURCE, source_of((one,), told.words, told.form), one.main_source.url)
    if not told.form.full:
        url = told.lead.main_source.url
        yield Block(Role.SOURCE, source_of(shown, told.words, told.form), url)


def source_of(notices: Sequence[Notice], words: Translator, form: Form) -> str:
    """Return "Source: CPSC, no. 25-123", of several notices in one line."""
    known = dict.fromkeys(_published(one, words, form) for one in notices)
    news = any(one.main_source.kind is SourceKind.NEWS for one in notices)
    of_the_press = "post_source_press" if form.bare else "post_source_news"
    return words(of_the_press if news else "post_source", what="; ".join(known))


def _published(notice: Notice, words: Translator, form: Form) -> str:
    said = [authority_of(notice, form)]
    if notice.number and form.numbered:
        said.append(words("post_number", number=one_line(notice.number)))
    if notice.published and (form.full or not (notice.number or form.bare)):
        said.append(words.day(notice.published))
    return ", ".join(said)


def authority_of(notice: Notice, form: Form) -> str:
    """Return who published it, in full where there is room."""
    name = one_line(notice.authority)
    return name if form.full else short_name(name)
