"""From one verdict to the blocks of its answer: what to do now always stands first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.model.identifier import fold, skeleton
from core.model.message import Block, Button, Quote, Role
from core.model.recall import Notice, SourceKind
from core.model.unit import Unit
from core.model.verdict import (
    CannotAnswer,
    Decision,
    Evidence,
    Finding,
    NextKind,
    NextStep,
    NoRecallFound,
    Reason,
    Relation,
    SourceAge,
    Truth,
    Verdict,
)
from core.text.advice import action_of
from core.text.names import (
    all_regions,
    field_name,
    product_name,
    region_names,
    unit_name,
)
from core.text.remedies import remedy_blocks
from core.text.translations import Translator

MOST_EXAMPLES = 4
MOST_OTHERS = 4
TWO = 2
EXAMPLE = "Anker A1263"


@dataclass(frozen=True, slots=True)
class View:
    """Who reads the answer, and when: their words, the present, the age of each source.

    `said` is what they wrote, so that a code read as another is shown back.
    """

    words: Translator
    now: datetime
    ages: tuple[SourceAge, ...]
    said: str = ""


def verdict_blocks(unit: Unit, decision: Decision, view: View) -> Iterator[Block]:
    """Yield the answer on one unit, what to do before why, why before what next."""
    words = view.words
    found = spoken_of(decision)
    yield Block(Role.HEADLINE, _headline(unit, decision, found, words))
    if found and decision.verdict is not Verdict.NOT_AFFECTED:
        yield hazard_block(found[0].notice, words)
        yield action_block(found[0].notice, words, known=decision.verdict is Verdict.AFFECTED)
    yield Block(Role.VERDICT, why_line(unit, decision, view))
    yield from _read_as(found, view)
    yield next_step(decision, words)
    yield from other_checkers(decision, found, words)
    yield from _where_to_look(decision, found, words)
    if decision.verdict is Verdict.AFFECTED or _model_is_recalled(decision):
        notices = [one.notice for one in found]
        yield from remedy_blocks(notices, unit.region, words)
    yield from _sources(found, view)


def _where_to_look(
    decision: Decision, found: tuple[Finding, ...], words: Translator
) -> Iterator[Block]:
    """Yield where the number stands on the unit, by the leading notice if it says so."""
    step = decision.next
    leading = found[0].notice.find_it if found and step.kind is NextKind.OPEN_CHECKER else None
    text = leading.text if leading else step.find_it
    if text and step.kind in {NextKind.ASK, NextKind.OPEN_CHECKER}:
        yield Block(Role.DETAIL, words("find_it"), quote=Quote(text))


def other_checkers(
    decision: Decision, found: tuple[Finding, ...], words: Translator
) -> Iterator[Block]:
    """Yield the other makers' pages to ask: one list does not know what is on another."""
    if decision.reason is not Reason.MAKERS_LIST:
        return
    pages = [one.notice.checker for one in found if not one.elsewhere]
    for page in dict.fromkeys(pages):
        if page and page != decision.next.url:
            yield Block(Role.DETAIL, words("next_also_checker"), page)


def spoken_of(decision: Decision) -> tuple[Finding, ...]:
    """Return the notices the answer names: those that name the model, else the nearest."""
    named = tuple(one for one in decision.findings if one.relation is Relation.NAMED)
    return named or decision.findings[:MOST_EXAMPLES]


def _model_is_recalled(decision: Decision) -> bool:
    named = any(one.relation is Relation.NAMED for one in decision.findings)
    return decision.verdict is Verdict.CHECK_NEEDED and named


def _headline(
    unit: Unit, decision: Decision, found: tuple[Finding, ...], words: Translator
) -> str:
    key = f"headline_{decision.verdict}"
    unnamed = decision.reason is Reason.MODEL_MISSING and not unit.brand
    if decision.reason in {Reason.NEAR_MISS_MODEL, Reason.OTHER_BRAND, Reason.BRAND_MISSING}:
        key = "headline_near"
    elif decision.reason is Reason.RECALLED_ELSEWHERE:
        key = "headline_elsewhere"
    elif decision.reason is Reason.NO_IDENTITY or unnamed:
        key = "headline_no_identity"
    elif decision.reason is Reason.MODEL_MISSING:
        key = "headline_which"
    named = found and found[0].relation is Relation.NAMED
    product = product_name(unit, found[0].notice, words) if named else unit_name(unit, words)
    return words(key, product=product)


def hazard_block(notice: Notice, words: Translator) -> Block:
    """Return what can hurt, in our fixed words."""
    kinds = words.both(words(f"hazard_{kind}") for kind in notice.hazard.kinds)
    return Block(Role.HAZARD, words("hazard", kinds=kinds))


def action_block(notice: Notice, words: Translator, *, known: bool) -> Block:
    """Return what to do now where the unit is `known` to be covered, or until that is known."""
    return Block(Role.ACTION, action_of(notice, words, known=known))


def why_line(unit: Unit, decision: Decision, view: View) -> str:
    """Return the one reason of the decision, in words."""
    words = view.words
    found = spoken_of(decision)
    point = _telling(decision, found)
    fields: dict[str, object] = {
        "product": product_name(unit, found[0].notice, words)
        if found
        else unit_name(unit, words),
        "brand": unit.brand or words("this_product"),
        "regions": region_names(all_regions(found), words),
        "region": words.region(unit.region) if unit.region else "",
        "field": field_name(point.field if point else decision.next.field, words),
        "value": (point.value if point else decision.next.value) or unit.model or "",
        "expected": (point.expected if point else None) or "",
        "place": (point.place if point else None) or "",
        "expected_character": _character(point),
        "choices": words.either(decision.next.choices) if decision.next.choices else "",
        "examples": words.both(_examples(found, words)),
        "stale": _ages(decision.stale, words) if isinstance(decision, CannotAnswer) else "",
    }
    return words(f"why_{decision.reason}", **fields)


def _examples(found: tuple[Finding, ...], words: Translator) -> list[str]:
    named = (product_name(Unit(), one.notice, words) for one in found)
    return list(dict.fromkeys(named))[:MOST_EXAMPLES]


def _telling(decision: Decision, found: tuple[Finding, ...]) -> Evidence | None:
    """Return the evidence that the reason speaks of."""
    wanted = Truth.YES if decision.verdict is Verdict.AFFECTED else None
    points = [
        evidence
        for one in (*found, *decision.findings)
        for evidence in one.evidence
        if evidence.truth is wanted or (wanted is None and evidence.truth is not Truth.YES)
    ]
    if wanted is Truth.YES:
        points = [point for point in points if point.field not in {"model", "product"}]
    field = decision.next.field
    same = [p for p in points if p.field == field and p.value == decision.next.value]
    return next(iter(same or [p for p in points if p.field == field] or points), None)


def _character(point: Evidence | None) -> str:
    if point is None or point.place is None or not point.expected:
        return ""
    return point.expected[point.place - 1 : point.place]


def _read_as(found: tuple[Finding, ...], view: View) -> Iterator[Block]:
    """Yield how a code was read, where the maker does not print what was typed."""
    points = [evidence for one in found for evidence in one.evidence]
    read = {one.value for one in points if one.value and one.field not in {"model", "brand"}}
    for typed in view.said.split():
        folded = fold(typed)
        for value in read - {folded}:
            if skeleton(value) != skeleton(folded):
                continue
            letters = dict.fromkeys(a for a, b in zip(folded, value, strict=True) if a != b)
            fields = {"typed": typed, "value": value, "letters": view.words.both(letters)}
            yield Block(Role.DETAIL, view.words("read_as", **fields))
            return


def next_step(decision: Decision, words: Translator) -> Block:
    """Return the one thing to do next."""
    step = decision.next
    fields: dict[str, object] = {
        "field": field_name(step.field, words),
        "value": step.value or "",
        "place": step.place or "",
        "expected": step.choices[0] if step.choices else "",
        "choices": words.either(step.choices) if step.choices else "",
        "example": EXAMPLE,
    }
    if step.kind is NextKind.LOOK_AT and len(set(step.choices)) == TWO:
        fields |= {"first": character(step.choices[0], words)}
        fields |= {"second": character(step.choices[1], words)}
        return Block(Role.NEXT_STEP, words("next_look_at_which", **fields))
    key = _next_key(decision, words)
    url = step.url if key.startswith(("next_claim", "next_open")) else None
    quote = Quote(step.question) if step.question and key == "next_inspect" else None
    return Block(Role.NEXT_STEP, words(key, **fields), url, quote)


def _next_key(decision: Decision, words: Translator) -> str:
    step = decision.next
    if step.kind is NextKind.ASK:
        key = f"next_ask_{step.field}"
        return key if words.has(key) else "next_ask"
    if step.kind is NextKind.OPEN_CHECKER:
        if decision.reason is not Reason.MAKERS_LIST:
            return "next_open_notice"
        return "next_open_checker_with" if step.value else "next_open_checker"
    if step.kind is NextKind.CLAIM and not _claimed_at(step.url, decision.findings):
        return "next_claim_unknown"
    return f"next_{step.kind}"


def _claimed_at(url: str | None, found: tuple[Finding, ...]) -> bool:
    """Say whether claims are taken there, and it is not only the page of the notice."""
    pages = {
        page
        for one in found
        for page in (
            *(remedy.claim_url for remedy in one.notice.remedies),
            *(contact.url for contact in one.notice.contacts),
        )
    }
    return url is not None and url in pages


def _sources(found: tuple[Finding, ...], view: View) -> Iterator[Block]:
    words = view.words
    for one in found[:1]:
        citation = one.notice.main_source
        yield Block(Role.SOURCE, source_line(one.notice, words), citation.url)
    if len(found) > 1 and found[0].relation is Relation.NAMED:
        named = words.both(_short(one.notice, words) for one in found[1 : MOST_OTHERS + 1])
        more = " …" if len(found) > MOST_OTHERS + 1 else ""
        yield Block(Role.DETAIL, words("also_recalled", notices=named + more))
    yield Block(Role.SOURCE, checked_at(view.now, view.ages, words))


def checked_at(now: datetime, ages: tuple[SourceAge, ...], words: Translator) -> str:
    """Return when we asked, and of which sources of what age."""
    return words("as_of", now=words.day(now.date()), sources=_ages(ages, words))


def source_line(notice: Notice, words: Translator) -> str:
    """Return who published the notice and when, and when we read it."""
    citation = notice.main_source
    fields = {"authority": notice.authority, "seen": words.day(citation.seen)}
    if notice.published is None:
        return words("source_undated", **fields)
    key = "source_news" if citation.kind is SourceKind.NEWS else "source"
    return words(key, published=words.day(notice.published), **fields)


def _short(notice: Notice, words: Translator) -> str:
    day = f" {words.day(notice.published)}" if notice.published else ""
    return f"{notice.authority}{day}"


def _ages(ages: tuple[SourceAge, ...], words: Translator) -> str:
    return words.both(
        words(
            "as_of_source", name=source_name(age.name, words), day=words.day(age.as_of.date())
        )
        for age in ages
    )


def source_name(name: str, words: Translator) -> str:
    """Return what a source is called in a text."""
    key = f"source_{name}"
    return words(key) if words.has(key) else name


def buttons(decision: Decision, words: Translator) -> tuple[Button, ...]:
    """Return the choices that answer the next step; what a button says needs no language."""
    step = decision.next
    whole_code = step.kind is NextKind.LOOK_AT and len(step.choices) < TWO
    if whole_code or step.kind in {NextKind.CONFIRM, NextKind.INSPECT}:
        return yes_or_no(words)
    if step.kind is NextKind.LOOK_AT:
        return tuple(Button(character(one, words), one) for one in step.choices)
    if step.kind is NextKind.CHOOSE_MODEL:
        really = words("button_really", value=_typed_model(decision))
        return (*(Button(choice, choice) for choice in step.choices), Button(really, "no"))
    if step.kind is NextKind.ASK and step.choices:
        return tuple(Button(_choice(choice, step, words), choice) for choice in step.choices)
    return _afterwards(decision, words)


def _choice(choice: str, step: NextStep, words: Translator) -> str:
    return words.region(choice) if step.field == "region" else choice


def _afterwards(decision: Decision, words: Translator) -> tuple[Button, ...]:
    """Return what may be done whatever is answered: remember it, claim."""
    if isinstance(decision, NoRecallFound) and decision.next.kind is not NextKind.REMEMBER:
        return ()
    have = Button(words("button_i_have_this"), words("say_have"))
    if decision.verdict is Verdict.AFFECTED:
        return (Button(words("button_claim"), words("say_claim")), have)
    return (have,)


def yes_or_no(words: Translator) -> tuple[Button, ...]:
    """Return the two plainest choices."""
    return (Button(words("button_yes"), "yes"), Button(words("button_no"), "no"))


def character(one: str, words: Translator) -> str:
    """Return a character with what it is: 0 and O look alike on a screen, too."""
    key = "character_digit" if one.isdigit() else "character_letter"
    return words(key, character=one)


def _typed_model(decision: Decision) -> str:
    return (
        next((e.value for one in decision.findings for e in one.evidence if e.value), "") or ""
    )
