"""A claim as a list to tick: what to do now, how to ask, where the old one goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.model.claim import ClaimProgress, PhotoWants, Step, steps_of
from core.model.message import Block, Button, Message, Quote, Role
from core.model.recall import Notice, Remedy
from core.model.unit import Unit
from core.text.claim_letter import Letter, facts_to_copy, letter_of, local_words
from core.text.names import is_battery, product_name, unit_name
from core.text.remedies import (
    contact_blocks,
    contacts_for,
    disposal_blocks,
    remedies_for,
    remedy_blocks,
    remedy_line,
)
from core.text.translations import Translator

COMMAND, TELL = "/claim", "/told"
TICK, UNTICK, ITEM = "tick", "untick", "item"
OPEN, TICKED = "☐", "☑"
NOTHING_KNOWN = Unit()


@dataclass(frozen=True, slots=True)
class Claim:
    """A unit, the notices that name it, the leading one first, and where its owner is.

    `decided` says that the unit is known to be one of the recalled ones.
    """

    notices: tuple[Notice, ...]
    unit: Unit = NOTHING_KNOWN
    region: str | None = None
    decided: bool = False

    @property
    def event(self) -> str:
        """Return the id of the leading notice, by which the claim is found again."""
        return self.notices[0].id

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """Return what its owner gets where they are; every remedy where that is unknown."""
        return remedies_for(self.notices, self.region)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return its steps, in their order."""
        return steps_of(self.notices, self.remedies, decided=self.decided)

    @property
    def place(self) -> str:
        """Return the country whose language is spoken to makers and collection sites."""
        return self.region or self.notices[0].regions[0]

    @property
    def is_battery(self) -> bool:
        """Say whether the advice for lithium batteries applies."""
        return any(is_battery(notice) for notice in self.notices)


def claim_message(claim: Claim, progress: ClaimProgress, words: Translator) -> Message:
    """Return the whole claim: every step with its box, and the open one in full.

    Everything said of the recall stands in its notices. It may name the unit's codes, so it is
    for its owner alone.
    """
    blocks = (
        *_before(claim, progress, words),
        *_walk(claim, progress, words),
        *_sources(claim),
    )
    return Message(blocks, _buttons(claim, progress, words), words.lang)


def photo_wanted(claim: Claim, progress: ClaimProgress) -> PhotoWants | None:
    """Return the photo that is to be drawn as an example now, None where none is."""
    if progress.next_of(claim.steps) is not Step.PHOTO:
        return None
    photos = (PhotoWants.read(remedy.photo) for remedy in claim.remedies if remedy.photo)
    return next((one for one in photos if one is not None), None)


def photo_legend(wants: PhotoWants, words: Translator) -> str:
    """Return what each number on the drawing stands for, a line each."""
    lines = (
        f"{number}. {words(f'claim_photo_{part}', word=wants.word or '')}"
        for number, part in enumerate(wants.parts, 1)
    )
    return "\n".join((words("claim_photo_example"), *lines))


def disposal_walk(
    notices: Sequence[Notice], region: str | None, words: Translator
) -> Iterator[Block]:
    """Yield what to do with the old unit: whom to call first and with which words, what not."""
    yield from disposal_blocks(notices, words)
    if notices and not any(is_battery(notice) for notice in notices):
        return
    yield Block(Role.ACTION, words("dispose_never"))
    script = words("dispose_call_script")
    yield Block(Role.DETAIL, words("dispose_call", script=script))
    local = local_words(region, words)
    if local.lang != words.lang:
        said = Quote(local("dispose_call_script"), local.lang)
        yield Block(Role.DETAIL, words("dispose_call_local"), quote=said)


def _before(claim: Claim, progress: ClaimProgress, words: Translator) -> Iterator[Block]:
    leading = claim.notices[0]
    named = claim.unit.brand or claim.unit.model
    product = product_name(claim.unit, leading, words) if named else leading.product
    yield Block(Role.HEADLINE, words("claim_headline", product=product))
    kind = "battery" if claim.is_battery else "other"
    known = claim.decided or Step.CHECK in progress.ticked
    key = f"action_{kind}" if known else f"action_{kind}_until"
    yield Block(Role.ACTION, words(key))
    if Step.AWAY in claim.steps:
        yield Block(Role.VERDICT, words("claim_before_disposal"))
    yield from _remedies(claim, words)


def _remedies(claim: Claim, words: Translator) -> Iterator[Block]:
    """Yield what the owner gets where they are, or that nothing is known of it there."""
    if not claim.remedies:
        yield from remedy_blocks(claim.notices, claim.region, words)
        return
    form = _form(claim)
    for remedy in claim.remedies:
        url = remedy.claim_url if remedy.claim_url != form else None
        yield Block(Role.REMEDY, remedy_line(remedy, words), url, Quote(remedy.text))
    if claim.region is None and len(claim.remedies) > 1:
        yield Block(Role.DETAIL, words("claim_which_country"))


def _form(claim: Claim) -> str | None:
    return next((one.claim_url for one in claim.remedies if one.claim_url), None)


def _walk(claim: Claim, progress: ClaimProgress, words: Translator) -> Iterator[Block]:
    steps = claim.steps
    open_step = progress.next_of(steps)
    yield Block(Role.DETAIL, words("claim_steps"))
    for number, step in enumerate(steps, 1):
        line, url = _line(step, claim, words)
        ticked = words("claim_ticked", number=number, step=line)
        text = ticked if step in progress.ticked else f"{OPEN} {number}. {line}"
        yield Block(Role.NEXT_STEP if step is open_step else Role.DETAIL, text, url)
        if step is open_step:
            yield from _IN_FULL[step](claim, words)
    if open_step is None:
        yield Block(Role.NEXT_STEP, words("claim_done"))


def _line(step: Step, claim: Claim, words: Translator) -> tuple[str, str | None]:
    """Return one step in a line, and the page it is done on."""
    match step:
        case Step.CHECK:
            return words("claim_step_check"), claim.notices[0].checker
        case Step.ASK:
            return _asking(claim, words)
    return words(f"claim_step_{step}"), None


def _asking(claim: Claim, words: Translator) -> tuple[str, str | None]:
    form = _form(claim)
    if form:
        return words("claim_step_form"), form
    if contacts_for(claim.notices, claim.region):
        return words("claim_step_contact"), None
    leading = claim.notices[0]
    asked = words("claim_step_authority", authority=leading.authority)
    return asked, leading.main_source.url


def _stop(claim: Claim, words: Translator) -> Iterator[Block]:
    # What to do at once stands above every list already.
    del claim, words
    yield from ()


def _check(claim: Claim, words: Translator) -> Iterator[Block]:
    for notice in claim.notices[:1]:
        if notice.find_it:
            yield Block(Role.DETAIL, words("find_it"), quote=Quote(notice.find_it.text))


def _photo(claim: Claim, words: Translator) -> Iterator[Block]:
    texts = dict.fromkeys(remedy.photo for remedy in claim.remedies if remedy.photo)
    for text in texts:
        yield Block(Role.DETAIL, words("remedy_photo"), quote=Quote(text))
    yield Block(Role.DETAIL, words("claim_photo_yours"))


def _proof(claim: Claim, words: Translator) -> Iterator[Block]:
    kinds = (remedy.proof_of_purchase for remedy in claim.remedies)
    for kind in dict.fromkeys(kind for kind in kinds if kind):
        yield Block(Role.DETAIL, words(f"remedy_proof_{kind}"))


def _ask(claim: Claim, words: Translator) -> Iterator[Block]:
    if Step.PROOF not in claim.steps:
        yield from _proof(claim, words)
    copied = facts_to_copy(claim.unit, claim.notices, claim.region, words)
    yield Block(Role.DETAIL, words("claim_copy", facts=copied))
    letter = _letter(claim, words)
    if letter is not None:
        subject = words("claim_mail", subject=letter.subject)
        yield Block(Role.DETAIL, subject, letter.mailto)
    yield from contact_blocks(claim.notices, claim.region, words)
    if not claim.remedies and contacts_for(claim.notices, claim.region):
        leading = claim.notices[0]
        asked = words("claim_step_authority", authority=leading.authority)
        yield Block(Role.DETAIL, asked, leading.main_source.url)


def _letter(claim: Claim, words: Translator) -> Letter | None:
    photo = Step.PHOTO in claim.steps
    local = local_words(claim.place, words)
    return letter_of(claim.unit, claim.notices, local, region=claim.region, photo=photo)


def _away(claim: Claim, words: Translator) -> Iterator[Block]:
    yield Block(Role.DETAIL, words("claim_away_first"))
    yield from disposal_walk(claim.notices, claim.place, words)


_IN_FULL: Mapping[Step, Callable[[Claim, Translator], Iterator[Block]]] = MappingProxyType(
    {
        Step.STOP: _stop,
        Step.CHECK: _check,
        Step.PHOTO: _photo,
        Step.PROOF: _proof,
        Step.ASK: _ask,
        Step.AWAY: _away,
    }
)


def _sources(claim: Claim) -> Iterator[Block]:
    """Yield who says so: the leading notice, and each that a remedy above comes from."""
    used = claim.remedies
    for place, notice in enumerate(claim.notices):
        if not place or any(remedy in used for remedy in notice.remedies):
            yield Block(Role.SOURCE, notice.authority, notice.main_source.url)


def _buttons(claim: Claim, progress: ClaimProgress, words: Translator) -> tuple[Button, ...]:
    """Return a box for each step, and behind the last tick how to tell that it is over."""
    boxes = []
    for number, step in enumerate(claim.steps, 1):
        box, verb = (TICKED, UNTICK) if step in progress.ticked else (OPEN, TICK)
        label = f"{box} {number} {words(f'claim_tick_{step}')}"
        boxes.append(Button(label, f"{COMMAND} {verb} {step} {claim.event}"))
    if progress.next_of(claim.steps) is not None:
        return tuple(boxes)
    over = "disposed" if Step.AWAY in claim.steps else "claimed"
    return (Button(words(f"claim_over_{over}"), f"{TELL} {over} {claim.event}"), *boxes)


def which_claim(choices: Sequence[tuple[int, Unit]], words: Translator) -> Message:
    """Return the question which of the things on somebody's list it is about."""
    buttons = tuple(
        Button(unit_name(unit, words), f"{COMMAND} {ITEM} {number}") for number, unit in choices
    )
    return Message((Block(Role.NEXT_STEP, words("which_product")),), buttons, words.lang)
