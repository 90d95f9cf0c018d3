"""What became of a recall somebody was told of: more units, corrections, other remedies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.model.identifier import fold
from core.model.message import Block, Message, Role
from core.model.recall import Notice, State
from core.model.verdict import Relation
from core.text.alerts.parts import (
    CLAIMED,
    MOST_MODELS,
    NOT_MINE,
    OF_AN_ALERT,
    REMIND,
    STOPPED,
    WHICH,
    Mine,
    News,
    Reader,
    buttons,
    kind_of,
    listed,
    named,
    of_mine,
    of_product,
    product_of,
    sources,
    ways,
)
from core.text.covered import models_of
from core.text.names import option_names
from core.text.remedies import remedies_for
from core.text.translations import Translator


class Revised(StrEnum):
    """What a later version of a notice is, by the names that ingest gives them."""

    EXPANDED = "expanded"
    CORRECTED = "corrected"
    REMEDY_CHANGED = "remedy_changed"
    CLOSED = "closed"
    REOPENED = "reopened"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: the version somebody was told of `told_at`, and the one that stands now."""

    kind: Revised
    before: Notice
    after: Notice
    told_at: datetime


def correction(news: News, change: Change, mine: Mine | None, reader: Reader) -> Message:
    """Return what became of it, to be a reply to the first message; None owns none.

    Nothing in it plays the risk down: a file that was closed changes no advice, and what was
    withdrawn or names theirs no more is no proof of anything.
    """
    if change.kind is Revised.RETRACTED and not _others(news, change):
        return _withdrawn(news, change, mine, reader)
    if mine is not None and not _still_named(change, mine):
        return _unnamed(news, change, mine, reader)
    told = of_mine(news, mine, reader) if mine else of_product(news, reader)
    words = reader.words
    withdrawn = change.kind is Revised.RETRACTED
    key = Revised.CORRECTED if withdrawn else change.kind  # others of the event still stand
    headline = words(f"alert_headline_{key}", kind=told.kind, product=told.product)
    said = [Block(Role.VERDICT, text) for text in _said(news, change, mine, reader)]
    says = ways(_ways(change.kind), told.lead) if mine else ()
    return told.message(headline, said, reader, buttons(says, news.alert, words))


def _still_named(change: Change, mine: Mine) -> bool:
    """Say whether it still is theirs that is meant, and no model that merely looks alike."""
    if change.kind is not Revised.CORRECTED or not mine.concerned:
        return mine.concerned
    if any(one.relation is Relation.NAMED for one in mine.decision.findings):
        return True
    model = fold(mine.unit.model or "")
    return not any(model.startswith(fold(one)) for one in models_of(change.before))


def _ways(kind: Revised) -> tuple[str, ...]:
    return (CLAIMED, REMIND, NOT_MINE) if kind is Revised.REMEDY_CHANGED else OF_AN_ALERT


def _others(news: News, change: Change) -> tuple[Notice, ...]:
    """Return the event's other notices, which stand whatever became of this one."""
    return tuple(
        one
        for one in news.notices
        if one.id != change.after.id and one.state is not State.RETRACTED
    )


def _said(news: News, change: Change, mine: Mine | None, reader: Reader) -> Iterator[str]:
    """Yield what changed, one sentence each."""
    words = reader.words
    fields = {"day": reader.day(change.told_at), "authority": change.after.authority}
    yield words(f"alert_{change.kind}", **fields)
    if change.kind is Revised.EXPANDED:
        yield from _added(change, words)
    elif change.kind is Revised.REMEDY_CHANGED:
        region = mine.unit.region if mine else None
        yield from remedy_lines(change, region or reader.region, words)
    elif change.kind is Revised.RETRACTED:
        authorities = dict.fromkeys(one.authority for one in _others(news, change))
        yield words("alert_still_stands", authorities=words.both(authorities))


def _added(change: Change, words: Translator) -> Iterator[str]:
    """Yield the models and countries that the notice did not name before."""
    before = {*models_of(change.before)}
    models = [one for one in models_of(change.after) if one not in before]
    regions = [one for one in change.after.regions if one not in change.before.regions]
    added = [*models, *(words.region(one) for one in regions)]
    if added:
        yield words("alert_added", added=listed(added, MOST_MODELS, words))


def remedy_lines(change: Change, region: str | None, words: Translator) -> Iterator[str]:
    """Yield what owners were to get before, what they get now, and what if they claimed."""
    before, after = (_offered(one, region, words) for one in (change.before, change.after))
    if before and before != after:
        yield words("alert_remedy_before", options=before)
    if after and before != after:
        yield words("alert_remedy_now", options=after)
    yield words("alert_remedy_claimed")


def _offered(notice: Notice, region: str | None, words: Translator) -> str:
    remedies = remedies_for([notice], region) or remedies_for([notice], None)
    options = dict.fromkeys(option_names(remedy.options, words) for remedy in remedies)
    return words.both(options) if options else ""


def _withdrawn(news: News, change: Change, mine: Mine | None, reader: Reader) -> Message:
    """Return that whoever published it took it back, which proves nothing."""
    words = reader.words
    product = _name(change, mine, words)
    fields = {
        "day": reader.day(change.told_at),
        "product": product,
        "authority": change.after.authority,
    }
    blocks = (
        Block(Role.HEADLINE, _headline(Revised.RETRACTED, change, product, words)),
        Block(Role.VERDICT, words("alert_retracted_told", **fields)),
        Block(Role.VERDICT, words("alert_no_proof")),
        Block(Role.NEXT_STEP, words("alert_ask_maker"), change.after.checker),
        *sources([change.after], words),
    )
    says = ways((STOPPED, NOT_MINE), change.after) if mine else ()
    return _plain(blocks, says, news, words)


def _unnamed(news: News, change: Change, mine: Mine, reader: Reader) -> Message:
    """Return that theirs is named no more, and what the notice names instead (S13)."""
    words = reader.words
    product = _name(change, mine, words)
    fields = {"day": reader.day(change.told_at), "product": product}
    blocks = [
        Block(Role.HEADLINE, _headline("unnamed", change, product, words)),
        Block(Role.VERDICT, words("alert_unnamed", **fields)),
    ]
    if models := models_of(change.after):
        text = words("alert_names_now", models=listed(models, MOST_MODELS, words))
        blocks.append(Block(Role.VERDICT, text))
    blocks.append(Block(Role.NEXT_STEP, words("alert_look_again"), change.after.checker))
    blocks.append(Block(Role.VERDICT, words("alert_no_proof")))
    blocks += sources([change.after], words)
    return _plain(blocks, (WHICH, NOT_MINE), news, words)


def _headline(kind: str, change: Change, product: str, words: Translator) -> str:
    fields = {"kind": kind_of(change.after, words), "product": product}
    return words(f"alert_headline_{kind}", **fields)


def _name(change: Change, mine: Mine | None, words: Translator) -> str:
    """Return what was recalled, as the notice called it when it was told."""
    if mine is None:
        return product_of(change.before, words)
    return named(mine, change.before, words)


def _plain(
    blocks: Iterable[Block], says: Iterable[str], news: News, words: Translator
) -> Message:
    pressed = buttons(says, news.alert, words)
    return Message(tuple(blocks), pressed, words.lang, anew=True)
