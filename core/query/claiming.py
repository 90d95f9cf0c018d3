"""The claim companion: which recall somebody claims for, what they ticked, and what is next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.claim import ClaimProgress, PhotoWants, Step
from core.model.message import Block, Message, Picture, Role
from core.model.recall import Notice, State
from core.model.unit import Unit
from core.model.verdict import Relation, Verdict
from core.query.answer import Answer, Item
from core.query.commands import Command
from core.query.owning import Owner, known_owner
from core.store import subscribers
from core.store.events import event_number, event_of
from core.store.subscribers import Subscriber
from core.store.work import Database
from core.text.claims import (
    COMMAND,
    ITEM,
    TICK,
    UNTICK,
    Claim,
    claim_message,
    photo_legend,
    photo_wanted,
    which_claim,
)
from core.text.compose import View, verdict_blocks
from core.text.translations import Translator

NAME = COMMAND.removeprefix("/")


class Claims(Protocol):
    """Where the ticks of each person and event are kept; they outlive a restart."""

    async def load(
        self, connection: AsyncConnection, subscriber: Subscriber, event: int
    ) -> frozenset[str]:
        """Return the names of the steps that the person ticked, none where they never did."""
        ...

    async def save(
        self,
        connection: AsyncConnection,
        subscriber: Subscriber,
        event: int,
        ticked: frozenset[str],
    ) -> None:
        """Keep exactly these as the steps that the person ticked."""
        ...


Draw = Callable[[PhotoWants], bytes | None]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a claim is walked with: the store, the ticks, and who draws, if somebody does.

    `draw` returns a JPEG, None where it cannot draw.
    """

    database: Database
    claims: Claims
    draw: Draw | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """A step to tick or to open again, by its name or number.

    `notice` is the id of the claim's leading notice, None for the unit spoken of.
    """

    step: str
    done: bool
    notice: str | None = None

    @classmethod
    def of(cls, command: Command | None) -> Tick | None:
        """Return what "/claim tick photo <notice>" asks, None where it is no such command."""
        if command is None or command.name != NAME:
            return None
        verb, *rest = command.rest.split()[:3] or [""]
        if verb.casefold() not in {TICK, UNTICK} or not rest:
            return None
        notice = rest[1] if len(rest) > 1 else None
        return cls(rest[0].casefold(), verb.casefold() == TICK, notice)

    def step_of(self, claim: Claim) -> Step | None:
        """Return the step of this claim that is meant, None where it has none such."""
        if self.step.isascii() and self.step.isdecimal():
            place = int(self.step)
            return claim.steps[place - 1] if 0 < place <= len(claim.steps) else None
        return next((step for step in claim.steps if step == self.step), None)


def item_asked(command: Command | None) -> int | None:
    """Return the number of the owned item in "/claim item 5", None where there is none."""
    if command is None or command.name != NAME:
        return None
    word, _, number = command.rest.casefold().partition(" ")
    known = word == ITEM and number.isascii() and number.isdecimal()
    return int(number) if known else None


def is_walked(command: Command | None) -> bool:
    """Say whether the command is a step in a claim, and names no product.

    It is answered in private alone: it tells what somebody owns.
    """
    return Tick.of(command) is not None or item_asked(command) is not None


async def item_of(number: int, owner: Owner, database: Database) -> Unit | None:
    """Return the unit of that number on the person's own list, None where it is not theirs."""
    place = owner.place
    async with database.reading() as connection:
        owned = await subscribers.owned_items(connection, place.channel, place.chat)
    return next((item.unit for item in owned if item.pk == number), None)


async def opened(found: Answer, owner: Owner, desk: Desk) -> Message:
    """Return the claim for the first unit that a recall names, as far as it was ticked.

    Where none was asked about it is asked which thing on the list is meant; a unit that no
    recall names gets its answer. For its owner alone: it may name the unit's codes.
    """
    claim = _claim(found, owner)
    if claim is not None:
        return _shown(claim, await _progress(claim, owner, desk), owner.words, desk)
    if found.items:
        view = View(owner.words, found.knowledge.now, found.knowledge.ages)
        item = found.items[0]
        blocks = tuple(verdict_blocks(item.unit, item.decision, view))
        return Message(blocks, (), owner.words.lang)
    place = owner.place
    async with desk.database.reading() as connection:
        owned = await subscribers.owned_items(connection, place.channel, place.chat)
    return which_claim([(item.pk, item.unit) for item in owned], owner.words)


async def ticked(tick: Tick, found: Answer, owner: Owner, desk: Desk) -> Message:
    """Tick the step, or open it again, and return the claim as it stands then.

    `found` is the answer on the unit spoken of. An old button still works on the claim it was
    shown with; ticking twice is ticking once.
    """
    claim = _claim(found, owner)
    if tick.notice is not None and not (claim and _tells_of(claim, tick.notice)):
        claim = await _claim_of(tick.notice, owner, desk.database)
    step = tick.step_of(claim) if claim else None
    if claim is None or step is None:
        block = Block(Role.NEXT_STEP, owner.words("button_of_another"))
        return Message((block,), lang=owner.words.lang, anew=True)
    return _shown(claim, await _kept(claim, step, tick, owner, desk), owner.words, desk)


def _claim(found: Answer, owner: Owner) -> Claim | None:
    """Return the claim for the first unit that recalls name, None where none does."""
    for item in found.items:
        named = _named(item)
        if named:
            region = item.unit.region or owner.memory.home
            decided = item.decision.verdict is Verdict.AFFECTED
            return Claim(named, item.unit, region, decided)
    return None


def _named(item: Item) -> tuple[Notice, ...]:
    """Return the notices that name the unit and stand; none where it is known to be excluded.

    In the order of the answer: what leads there leads here.
    """
    if item.decision.verdict is Verdict.NOT_AFFECTED:
        return ()
    named = (one.notice for one in item.decision.findings if one.relation is Relation.NAMED)
    return tuple(one for one in named if one.state is not State.RETRACTED)


def _tells_of(claim: Claim, name: str) -> bool:
    return any(notice.id == name for notice in claim.notices)


async def _claim_of(name: str, owner: Owner, database: Database) -> Claim | None:
    """Return the claim for the event of that notice, of no unit in particular."""
    async with database.reading() as connection:
        event = await event_of(connection, name)
    standing = [notice for notice in event if notice.state is not State.RETRACTED]
    ours = sorted(standing, key=lambda notice: notice.id != name)
    return Claim(tuple(ours), region=owner.memory.home) if ours else None


async def _progress(claim: Claim, owner: Owner, desk: Desk) -> ClaimProgress:
    place = owner.place
    async with desk.database.reading() as connection:
        who = await subscribers.find_subscriber(connection, place.channel, place.chat)
        event = await event_number(connection, claim.event)
        if who is None or event is None:
            return ClaimProgress(event=claim.event)
        names = await desk.claims.load(connection, who, event)
    return ClaimProgress.of(claim.event, names)


async def _kept(
    claim: Claim, step: Step, tick: Tick, owner: Owner, desk: Desk
) -> ClaimProgress:
    """Keep the tick with those there are, in one transaction, and return them all."""
    async with desk.database.writing() as connection:
        who = await known_owner(connection, owner)
        event = await event_number(connection, claim.event)
        if event is None:
            return ClaimProgress(event=claim.event)
        before = ClaimProgress.of(claim.event, await desk.claims.load(connection, who, event))
        after = before.ticking(step) if tick.done else before.unticking(step)
        await desk.claims.save(connection, who, event, after.names)
    return after


def _shown(claim: Claim, progress: ClaimProgress, words: Translator, desk: Desk) -> Message:
    """Return the claim, with an example of the photo where that is the open step."""
    message = claim_message(claim, progress, words)
    wants = photo_wanted(claim, progress)
    jpeg = desk.draw(wants) if wants and desk.draw else None
    if wants is None or jpeg is None:
        return message
    legend = photo_legend(wants, words)
    blocks = (*message.blocks[:-1], Block(Role.DETAIL, legend), message.blocks[-1])
    return replace(message, blocks=blocks, picture=Picture(jpeg, legend))
