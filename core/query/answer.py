"""From a query and the notices that may concern it to one answer, in words and as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.match.decide import Knowledge, decide
from core.model.keys import Probe, probe_of_unit
from core.model.message import Block, Button, Message, Role
from core.model.recall import Notice
from core.model.unit import Unit
from core.model.verdict import (
    Decision,
    NextKind,
    NextStep,
    Reason,
    Relation,
    Verdict,
    most_severe,
)
from core.query.query import Action, Guess, Intent, Query
from core.text.claims import disposal_walk
from core.text.compose import EXAMPLE, View, buttons, verdict_blocks
from core.text.names import unit_name
from core.text.remedies import claim_blocks, remedy_blocks
from core.text.translations import Translator, languages, own_name, spoken

# One model stands in a handful of notices; the rest of a brand adds nothing to an answer.
MOST_CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class Item:
    """One unit asked about, and what we can say of it."""

    unit: Unit
    decision: Decision


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody asked, what we say of each unit, and the message that says it.

    `verdict` is the most severe of the items' and None where none was asked for.
    """

    query: Query
    items: tuple[Item, ...]
    verdict: Verdict | None
    message: Message
    knowledge: Knowledge


def probes(query: Query) -> list[Probe]:
    """Return what to look up for each unit of the query."""
    return [probe_of_unit(unit) for unit in query.units]


def at_home(query: Query, region: str | None, *, confirmed: bool = False) -> Query:
    """Return the query with the person's country where they named none, and codes confirmed."""
    units = tuple(
        replace(
            unit if unit.region or not region else unit.knowing(region=region),
            confirmed=unit.confirmed or confirmed,
        )
        for unit in query.units
    )
    return replace(query, units=units)


def answer(
    query: Query,
    candidates: Sequence[Sequence[Notice]],
    knowledge: Knowledge,
    words: Translator,
) -> Answer:
    """Return the answer; `candidates` are the notices found for each unit, in order."""
    items = tuple(
        _item(unit, decide(unit, notices, knowledge))
        for unit, notices in zip(query.units, candidates, strict=True)
    )
    if any(item.decision.findings for item in items):
        query = replace(query, guess=None)
    view = View(words, knowledge.now, knowledge.ages, query.text)
    blocks = tuple(_links_once(_blocks(query, items, view)))
    message = Message(blocks, _buttons(query, items, words), words.lang)
    return Answer(query, items, _verdict(query, items), message, knowledge)


def _item(unit: Unit, decision: Decision) -> Item:
    """Return the item, with the brand that its notices agree on where the person named none."""
    named = [one.notice for one in decision.findings if one.relation is Relation.NAMED]
    brands = {notice.brands[0] for notice in named}
    if unit.brand is None and len(brands) == 1:
        unit = replace(unit, brand=brands.pop())
    return Item(unit, decision)


def _verdict(query: Query, items: Sequence[Item]) -> Verdict | None:
    if query.intent is Intent.CHECK and (query.guess or not items):
        return Verdict.CHECK_NEEDED
    if query.intent not in {Intent.CHECK, Intent.OWN}:
        return None
    return most_severe(item.decision.verdict for item in items)


def _blocks(query: Query, items: tuple[Item, ...], view: View) -> Iterator[Block]:
    words = view.words
    if query.urgent:
        yield Block(Role.HEADLINE, words("headline_emergency"))
        yield Block(Role.ACTION, words("action_emergency"))
    if query.corrects is not None and items:
        yield Block(Role.DETAIL, words("corrected", product=unit_name(items[0].unit, words)))
    match query.intent:
        case Intent.CHECK if query.guess:
            yield from _did_you_mean(query.guess, words)
        case Intent.CHECK | Intent.OWN:
            yield from _verdicts(query, items, view)
        case Intent.REMEDY | Intent.CLAIM | Intent.DISPOSE:
            yield from _service(query, items, words)
        case Intent.UNKNOWN:
            yield from _small_talk(query, words)


def _links_once(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks, a page only with the first that names it or whose words need it."""
    seen: set[str] = set()
    for block in blocks:
        ends = block.text.rstrip().endswith((":", "："))
        known = block.url in seen and block.role is not Role.SOURCE and not ends
        if block.url:
            seen.add(block.url)
        yield replace(block, url=None) if known else block


def _verdicts(query: Query, items: tuple[Item, ...], view: View) -> Iterator[Block]:
    severity = list(Verdict)
    for item in sorted(items, key=lambda item: severity.index(item.decision.verdict)):
        for block in verdict_blocks(item.unit, item.decision, view):
            # Whoever must not touch it is not told to keep it away from something.
            if not (query.urgent and block.role is Role.ACTION):
                yield block
    if not items and query.intent is Intent.CHECK:
        yield from _no_identity(query, view.words)


def _did_you_mean(guess: Guess, words: Translator) -> Iterator[Block]:
    choices = words.either(guess.choices)
    yield Block(Role.HEADLINE, words("headline_did_you_mean", choices=choices))
    yield Block(Role.ACTION, words("action_battery_until"))
    yield Block(Role.VERDICT, words("why_name_near", typed=guess.typed, choices=choices))
    yield Block(Role.NEXT_STEP, words("next_choose_name"))


def _no_identity(query: Query, words: Translator) -> Iterator[Block]:
    if query.urgent:
        yield Block(Role.NEXT_STEP, words("next_ask_both_later", example=EXAMPLE))
        return
    yield Block(Role.HEADLINE, words("headline_no_identity"))
    yield Block(Role.ACTION, words("action_battery_until"))
    yield Block(Role.VERDICT, words("why_no_identity"))
    yield Block(Role.NEXT_STEP, words("next_ask_both", example=EXAMPLE))


def _service(query: Query, items: tuple[Item, ...], words: Translator) -> Iterator[Block]:
    notices = _notices(items)
    if query.intent is Intent.DISPOSE:
        yield from disposal_walk(notices, _region(items), words)
    elif not notices:
        yield Block(Role.NEXT_STEP, words("which_product"))
    elif query.intent is Intent.REMEDY:
        yield from remedy_blocks(notices, _region(items), words)
    else:
        yield from claim_blocks(notices, _region(items), words)
    for notice in notices[:1]:
        yield Block(Role.SOURCE, notice.authority, notice.main_source.url)


def _notices(items: Sequence[Item]) -> list[Notice]:
    found = [one for item in items for one in item.decision.findings]
    named = [one for one in found if one.relation is Relation.NAMED]
    return list({one.notice.id: one.notice for one in named or found[:1]}.values())


def _region(items: Sequence[Item]) -> str | None:
    return next((item.unit.region for item in items if item.unit.region), None)


def _small_talk(query: Query, words: Translator) -> Iterator[Block]:
    match query.action:
        case Action.LANGUAGE:
            yield Block(Role.DETAIL, _language(query, words))
        case Action.REGION:
            region = words.region(query.region or "")
            yield Block(Role.DETAIL, words("region_set", region=region))
        case Action.RETYPE:
            yield Block(Role.NEXT_STEP, words("photo_correct", example=EXAMPLE))
        case Action.HELP | Action.CANCEL:
            yield Block(Role.DETAIL, words(_SMALL_TALK[query.action]))
        case _ if not query.urgent:
            yield Block(Role.DETAIL, words("greeting", example=EXAMPLE))


_SMALL_TALK = {Action.HELP: "help", Action.CANCEL: "cancelled"}


def _language(query: Query, words: Translator) -> str:
    if query.lang is None:
        return words("language_ask")
    if spoken(query.lang):
        return words("language_set")
    return words("language_unknown", languages=words.both(map(own_name, languages())))


def _buttons(query: Query, items: Sequence[Item], words: Translator) -> tuple[Button, ...]:
    if query.action is Action.LANGUAGE and not (query.lang and spoken(query.lang)):
        return tuple(Button(own_name(tag), f"/language {tag}") for tag in languages())
    if query.guess:
        neither = Button(words("button_neither"), "no")
        return (*(Button(choice, choice) for choice in query.guess.choices), neither)
    if query.intent not in {Intent.CHECK, Intent.OWN} or len(items) != 1:
        return ()
    return buttons(items[0].decision, words)


def step_of(found: Answer) -> NextStep | None:
    """Return the step that the next message of the person may answer, if there is one."""
    guess = found.query.guess
    if guess is not None:
        return NextStep(NextKind.CHOOSE_NAME, guess.field, choices=guess.choices)
    if len(found.items) == 1 and found.query.intent in {Intent.CHECK, Intent.OWN}:
        return found.items[0].decision.next
    if not found.items and found.query.intent is Intent.CHECK:
        return NextStep(NextKind.ASK, "model")
    return None


def reason_of(found: Answer) -> Reason | None:
    """Return the reason of the most severe item, NO_IDENTITY where a check named nothing."""
    for item in found.items:
        if item.decision.verdict is found.verdict:
            return item.decision.reason
    return Reason.NO_IDENTITY if found.verdict else None
