"""What alerts are made from: the news, whose thing it is, who reads it, and their blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from babel.dates import format_date

from core.model.message import Block, Button, Message, Quote, Role
from core.model.recall import HazardKind, Notice, State
from core.model.subscriber import zone_of
from core.model.unit import Unit
from core.model.verdict import Decision, Finding, Reason, Relation, Verdict
from core.text.advice import KEPT_IN_USE, advice_of
from core.text.compose import (
    View,
    action_block,
    hazard_block,
    next_step,
    other_checkers,
    source_line,
    spoken_of,
    why_line,
)
from core.text.covered import Coverage, coverage_of, covers_every_unit, models_of
from core.text.names import LANG_OF_NOTICES, product_name, unit_name
from core.text.remedies import contact_blocks, remedy_blocks
from core.text.translations import Translator

# How the buttons of alerts begin; behind it stand one of these and the number of the alert.
TOLD = "/told"
STOPPED, NOT_MINE, WHICH, REMIND = "stopped", "notmine", "which", "remind"
CLAIMED, DISPOSED, DONE, ENOUGH = "claimed", "disposed", "done", "enough"
OF_AN_ALERT = (STOPPED, NOT_MINE, WHICH, REMIND)
AFTER_DONE = (CLAIMED, DISPOSED, NOT_MINE, ENOUGH)
MOST_MODELS, FEW_MODELS = 6, 3
MOST_CONTACTS = 3
MOST_SOURCES = 4
# A name somebody gave a thing stands in a headline.
LONGEST_NAME = 60
LONGEST_QUOTE = 300
POSITIVE = frozenset({Verdict.AFFECTED, Verdict.CHECK_NEEDED})


@dataclass(frozen=True, slots=True)
class News:
    """What is told: the number of the alert, and its event's notices as they stand now.

    The notice that gave rise to the alert comes first; there is at least one.
    """

    alert: int
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """A thing of the reader's, what `decide` says of it by the event's notices, its name.

    `also` are further things of theirs that the same recall concerns.
    """

    unit: Unit
    decision: Decision
    nickname: str | None = None
    lent_to: str | None = None
    also: tuple[Mine, ...] = ()

    @property
    def concerned(self) -> bool:
        """Say whether there is anything to alert of; a plan may be older than a correction."""
        return self.decision.verdict in POSITIVE


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it and when: their words, country (ISO 3166) and time zone (IANA, else UTC)."""

    words: Translator
    now: datetime
    region: str | None = None
    zone: str | None = None

    def day(self, moment: datetime) -> str:
        """Return the local day of a moment, as their language writes it."""
        return self.words.day(moment.astimezone(zone_of(self.zone)).date())

    def brief_day(self, moment: datetime) -> str:
        """Return the same in fewer characters, where every one counts."""
        day = moment.astimezone(zone_of(self.zone)).date()
        return format_date(day, "medium", locale=self.words.locale)


@dataclass(frozen=True, slots=True)
class Telling:
    """The parts of an alert, in the order in which they are told."""

    lead: Notice
    kind: str
    product: str
    action: Block
    hazard: Block
    why: tuple[Block, ...]
    more: tuple[Block, ...]
    remedies: tuple[Block, ...]
    sources: tuple[Block, ...]

    def message(
        self,
        headline: str,
        before: Iterable[Block],
        reader: Reader,
        buttons: Sequence[Button] = (),
    ) -> Message:
        """Return it whole: the headline, what to do, the danger, `before`, and the rest."""
        first = Block(Role.HEADLINE, headline)
        blocks = (first, self.action, self.hazard, *before, *self.why, *self.more)
        whole = (*blocks, *self.remedies, *self.sources)
        return Message(whole, tuple(buttons), reader.words.lang, anew=True)


def of_mine(news: News, mine: Mine, reader: Reader) -> Telling:
    """Return what is told of a thing of the reader's."""
    words = reader.words
    known = mine.decision.verdict is Verdict.AFFECTED
    notices = ordered(news, mine.unit.region or reader.region)
    found = spoken_of(mine.decision) if mine.concerned else ()
    lead = found[0].notice if found else notices[0]
    view = View(words, reader.now, ())
    why = [Block(Role.VERDICT, why_line(mine.unit, mine.decision, view))]
    why.append(next_step(mine.decision, words))
    why += other_checkers(mine.decision, found, words)
    if mine.also:
        names = words.both(tuple(_one_of_several(one, words) for one in mine.also))
        why.append(Block(Role.VERDICT, words("alert_also", names=names)))
    if mine.lent_to:
        why.append(Block(Role.DETAIL, words("alert_lent", name=tidy(mine.lent_to))))
    return Telling(
        lead=lead,
        kind=_kind(mine, lead, words),
        product=named(mine, lead, words) if _is_named(found) else _as_owned(mine, words),
        action=action_block(lead, words, known=known),
        hazard=danger(lead, words),
        why=tuple(why),
        more=tuple(described(lead, words)),
        remedies=tuple(whom_and_what(notices, mine.unit.region or reader.region, words)),
        sources=tuple(sources(notices, words)),
    )


def _one_of_several(mine: Mine, words: Translator) -> str:
    """Return its name with what tells it from the others: number, nickname, who has it."""
    unit = mine.unit
    name = unit_name(unit, words)
    name = f"{name} ({tidy(unit.serial)})" if unit.serial else name
    if mine.nickname:
        name = words("alert_named", product=name, nickname=tidy(mine.nickname))
    return words("own_lent", product=name, name=tidy(mine.lent_to)) if mine.lent_to else name


def of_product(news: News, reader: Reader) -> Telling:
    """Return what is told to everybody, whoever has one: nothing in it is of a person."""
    words = reader.words
    notices = ordered(news, reader.region)
    lead = notices[0]
    action = action_block(lead, words, known=covers_every_unit(lead))
    return Telling(
        lead=lead,
        kind=kind_of(lead, words),
        product=product_of(lead, words),
        action=Block(Role.ACTION, words("alert_if_you_have", action=action.text)),
        hazard=danger(lead, words),
        why=(covered(lead, words),),
        more=tuple(described(lead, words)),
        remedies=tuple(whom_and_what(notices, reader.region, words)),
        sources=tuple(sources(notices, words)),
    )


def ordered(news: News, region: str | None) -> tuple[Notice, ...]:
    """Return the notices that still stand, those of the country first; all, if none stands."""
    standing = tuple(one for one in news.notices if one.state is not State.RETRACTED)
    return tuple(sorted(standing or news.notices, key=lambda one: not one.covers(region)))


def product_of(notice: Notice, words: Translator) -> str:
    """Return what everybody calls the product; by its models where it has no other name."""
    models = models_of(notice)
    if notice.names or not models or words.lang == LANG_OF_NOTICES:
        return product_name(Unit(), notice, words)
    return product_name(Unit(model=listed(models, FEW_MODELS, words)), notice, words)


def covered(notice: Notice, words: Translator) -> Block:
    """Return how much of the product is covered, and where somebody looks theirs up."""
    page = notice.checker or notice.main_source.url
    match coverage_of(notice):
        case Coverage.EVERY_UNIT:
            return Block(Role.VERDICT, words("alert_every_unit"))
        case Coverage.SOME_UNITS:
            return Block(Role.VERDICT, words("alert_some_units"), page)
        case Coverage.UNKNOWN:
            return Block(Role.VERDICT, words("post_check_page"), page)


def listed(values: Sequence[str], most: int, words: Translator) -> str:
    """Return "a, b and c", and "…" behind the first `most`."""
    more = " …" if len(values) > most else ""
    return words.both(values[:most]) + more


def tidy(text: str) -> str:
    """Return what a person wrote on one line, short enough for a headline."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"


def danger(notice: Notice, words: Translator) -> Block:
    """Return what can hurt; where none of our words says what, in the notice's own."""
    block = hazard_block(notice, words)
    if notice.hazard.kinds != (HazardKind.OTHER,):
        return block
    text = notice.hazard.text
    short = text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"
    return replace(block, quote=Quote(short))


def kind_of(notice: Notice, words: Translator) -> str:
    """Return what the notice is: "Product safety recall", a withdrawal, a warning."""
    return words(f"web_kind_{notice.kind}")


def _kind(mine: Mine, notice: Notice, words: Translator) -> str:
    kind = kind_of(notice, words)
    if mine.decision.reason is Reason.RECALLED_ELSEWHERE:
        return words("alert_kind_elsewhere", kind=kind)
    return kind


def _is_named(found: Sequence[Finding]) -> bool:
    return bool(found) and found[0].relation is Relation.NAMED


def named(mine: Mine, notice: Notice, words: Translator) -> str:
    """Return what is recalled, with the name its owner gave it."""
    return _nicknamed(product_name(mine.unit, notice, words), mine, words)


def _as_owned(mine: Mine, words: Translator) -> str:
    """Return what the owner has, where the notice names something else that is like it."""
    return _nicknamed(unit_name(mine.unit, words), mine, words)


def _nicknamed(product: str, mine: Mine, words: Translator) -> str:
    if not mine.nickname or not mine.nickname.strip():
        return product
    return words("alert_named", product=product, nickname=tidy(mine.nickname))


def described(notice: Notice, words: Translator) -> Iterator[Block]:
    """Yield what the product is called and marked with, and where on it that stands."""
    if words.lang != LANG_OF_NOTICES:
        yield Block(Role.DETAIL, words("alert_as_named"), quote=Quote(notice.product))
    if models := models_of(notice):
        text = words("alert_models", models=_one_of(models, words))
        yield Block(Role.DETAIL, text)
    if notice.find_it:
        yield Block(Role.DETAIL, words("find_it"), quote=Quote(notice.find_it.text))


def _one_of(models: Sequence[str], words: Translator) -> str:
    more = " …" if len(models) > MOST_MODELS else ""
    return words.either(models[:MOST_MODELS]) + more


def whom_and_what(
    notices: Sequence[Notice], region: str | None, words: Translator
) -> Iterator[Block]:
    """Yield what the owner gets in their country, and whom they ask."""
    yield from remedy_blocks(notices, region, words)
    yield from [*contact_blocks(notices, region, words)][:MOST_CONTACTS]


def sources(notices: Sequence[Notice], words: Translator) -> Iterator[Block]:
    """Yield who published it and when: each authority of the event with its own notice."""
    for notice in notices[:MOST_SOURCES]:
        yield Block(Role.SOURCE, source_line(notice, words), notice.main_source.url)


def ways(says: Iterable[str], notice: Notice) -> tuple[str, ...]:
    """Return what may be answered: that one stopped, only of what is to be left unused."""
    kept = advice_of(notice) in KEPT_IN_USE
    return tuple(one for one in says if not (kept and one == STOPPED))


def buttons(says: Iterable[str], alert: int, words: Translator) -> tuple[Button, ...]:
    """Return a button for each: it says "/told stopped 17", whatever the language."""
    return tuple(Button(words(f"alert_button_{one}"), f"{TOLD} {one} {alert}") for one in says)
