"""What a person says of an alert: stopped, claimed, not mine, which, remind, enough …"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from core.alert.reminders import is_done, next_reminder, remind_tomorrow
from core.model.delivery import Progress
from core.model.message import Block, Button, Message, Role
from core.model.products import unit_of
from core.model.subscriber import zone_of
from core.model.unit import Unit
from core.query.commands import Command
from core.query.owning import Owner
from core.store import answered, follow_ups, outbox, progress, subscribers, wishes
from core.store.events import event_number
from core.store.follow_ups import Told
from core.store.work import Database
from core.text.names import unit_name
from core.text.translations import Translator

NAME = "told"
WHICH = "which"
LONGEST_NUMBER = 15


@dataclass(frozen=True, slots=True)
class Which:
    """The thing that an alert was about, to be asked about now; `item` is its number."""

    unit: Unit
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One event as a person was told of it: every delivery, the one that reminds first.

    `unit` is the thing it concerns, None for who owns none and for what is gone since;
    `alert` is how the person named it.
    """

    told: tuple[Told, ...]
    alert: str
    unit: Unit | None = None
    day: str | None = None

    @property
    def lead(self) -> Told:
        """Return the delivery whose owner is reminded."""
        return self.told[0]

    @property
    def item(self) -> int | None:
        """Return the number of the owned item, None where it is owned no more."""
        return self.lead.item if self.unit is not None else None


async def tell(command: Command, owner: Owner, database: Database) -> Message | Which:
    """Note what the person says of an alert, and return the next step; pressing twice is once.

    An alert that is none of theirs is unknown: the button is old.
    """
    word, _, alert = command.rest.partition(" ")
    act = _ACTS.get(word.casefold())
    async with database.writing() as connection:
        case = await _case(connection, alert.strip(), owner) if act else None
        if act is not None and case is not None:
            return await act(connection, case, owner)
        over = word.casefold() in _OVER and await _is_event(connection, alert.strip())
    if over:
        # Claimed without ever having been told: nothing to note, and nobody to remind.
        return _said(owner.words, owner.words(f"told_{word.casefold()}"))
    return old_button(owner.words)


def old_button(words: Translator) -> Message:
    """Return that a button belongs to something that is no more."""
    return _said(words, words("button_of_another"))


async def _is_event(connection: AsyncConnection, name: str) -> bool:
    return await event_number(connection, name) is not None


async def _case(connection: AsyncConnection, named: str, owner: Owner) -> Case | None:
    """Return the event of that alert, by its number, or of the notice of that id."""
    place = owner.place
    who = await subscribers.find_subscriber(connection, place.channel, place.chat)
    if who is None:
        return None
    alert = await _alert(connection, named, who.pk)
    found = await follow_ups.told_of(connection, who.pk, alert) if alert is not None else ()
    if not found:
        return None
    told = tuple(sorted(found, key=lambda one: _order(one, alert, who.address)))
    return Case(
        told,
        str(alert),
        await _unit(connection, told[0], who.pk),
        await _day(connection, told[0].sent_at, owner),
    )


async def _alert(connection: AsyncConnection, named: str, who: int) -> int | None:
    if named.isascii() and named.isdecimal():
        return int(named) if len(named) <= LONGEST_NUMBER else None
    event = await event_number(connection, named) if named else None
    return await progress.alert_of_event(connection, who, event) if event else None


def _order(one: Told, alert: int | None, address: int) -> tuple[bool, bool, bool, bool]:
    """Return which of several deliveries goes on reminding: one that came, of a thing, here."""
    of_a_thing = one.item is not None or one.answered is not None
    return one.sent_at is None, not of_a_thing, one.address != address, one.alert != alert


async def _unit(connection: AsyncConnection, told: Told, who: int) -> Unit | None:
    if told.item is not None:
        return (await outbox.units_of(connection, [told.item])).get(told.item)
    asked = await answered.answers_of(connection, who) if told.answered is not None else ()
    for one in asked:
        if one.pk == told.answered:
            facts = {"region": one.region} if one.region else {}
            return unit_of(one.product, MappingProxyType(facts))
    return None


async def _day(
    connection: AsyncConnection, moment: datetime | None, owner: Owner
) -> str | None:
    """Return the person's own day of a moment, in their words."""
    if moment is None:
        return None
    wished = await wishes.wishes(connection, owner.place.channel, owner.place.chat)
    return owner.words.day(moment.astimezone(zone_of(wished.zone)).date())


def further(before: Progress | None, now: Progress) -> Progress:
    """Return how far a person is who says `now`: whoever takes "not mine" back has it."""
    if before is None or before is Progress.NOT_MINE:
        return now
    return max(before, now)


async def _note(
    connection: AsyncConnection, case: Case, said: Progress, then: datetime | None
) -> None:
    """Note it for every delivery of the event; of several one at most goes on reminding."""
    for one in case.told:
        due = then if one is case.lead else None
        await follow_ups.note_progress(connection, one, further(one.progress, said), due)


async def _stopped(connection: AsyncConnection, case: Case, owner: Owner) -> Message:
    words, lead = owner.words, case.lead
    now = further(lead.progress, Progress.STOPPED)
    then = None
    if case.unit is not None:
        sent = lead.sent_at or owner.now
        then = next_reminder(sent, lead.already, now, owner.now)
    await _note(connection, case, Progress.STOPPED, then)
    buttons = (Button(words("button_claim"), _command("claim", case)),)
    return _said(words, words("told_stopped"), buttons=buttons)


async def _claimed(connection: AsyncConnection, case: Case, owner: Owner) -> Message:
    return await _over(connection, case, owner, Progress.CLAIMED, "told_claimed")


async def _done(connection: AsyncConnection, case: Case, owner: Owner) -> Message:
    return await _over(connection, case, owner, Progress.CLAIMED, "told_done")


async def _over(
    connection: AsyncConnection, case: Case, owner: Owner, said: Progress, key: str
) -> Message:
    """End the reminders; what is left to do is to get rid of it."""
    words = owner.words
    await _note(connection, case, said, None)
    buttons = (
        Button(words("command_dispose"), _command("dispose", case)),
        Button(words("alert_button_disposed"), f"/{NAME} disposed {case.alert}"),
    )
    return _said(words, words(key), buttons=buttons)


async def _disposed(connection: AsyncConnection, case: Case, owner: Owner) -> Message:
    await _note(connection, case, Progress.DISPOSED, None)
    since = [owner.words("told_since", day=case.day)] if case.day else []
    return _off_the_list(case, owner, owner.words("told_disposed"), *since)


async def _not_mine(connection: AsyncConnection, case: Case, owner: Owner) -> Message:
    await _note(connection, case, Progress.NOT_MINE, None)
    return _off_the_list(case, owner, owner.words("told_notmine"))


def _off_the_list(case: Case, owner: Owner, *texts: str) -> Message:
    """Return these texts, and where it is on the person's list, the way to take it off."""
    words = owner.words
    if case.item is None or case.unit is None:
        return _said(words, *texts)
    asked = words("told_take_off", product=unit_name(case.unit, words))
    button = Button(words("button_take_off"), f"/mine remove {case.item}")
    return _said(words, *texts, asked, buttons=(button,))


async def _remind(connection: AsyncConnection, case: Case, owner: Owner) -> Message:
    words, lead = owner.words, case.lead
    then = None
    if case.unit is not None:
        then = remind_tomorrow(owner.now, lead.already, lead.progress)
    if then is not None:
        await follow_ups.remind_at(connection, lead.alert, lead.address, then)
        return _said(words, words("told_remind"))
    return _said(
        words, words("told_remind_over" if is_done(lead.progress) else "told_remind_last")
    )


async def _enough(connection: AsyncConnection, case: Case, owner: Owner) -> Message:
    for one in case.told:
        await follow_ups.remind_at(connection, one.alert, one.address, None)
    return _said(owner.words, owner.words("told_enough"))


async def _which(connection: AsyncConnection, case: Case, owner: Owner) -> Message | Which:
    del connection
    return old_button(owner.words) if case.unit is None else Which(case.unit, case.item)


Act = Callable[[AsyncConnection, Case, Owner], Awaitable[Message | Which]]
_ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "stopped": _stopped,
        "claimed": _claimed,
        "disposed": _disposed,
        "done": _done,
        "notmine": _not_mine,
        WHICH: _which,
        "remind": _remind,
        "enough": _enough,
    }
)
# What somebody can say of a claim of which we never told them.
_OVER = frozenset({"claimed", "disposed"})


def _command(name: str, case: Case) -> str:
    """Return the command about the thing, as far as it can be named."""
    if name == "claim" and case.item is not None:
        return f"/claim item {case.item}"
    unit = case.unit or Unit()
    return " ".join((f"/{name}", *filter(None, (unit.brand, unit.model))))


def _said(words: Translator, *texts: str, buttons: Sequence[Button] = ()) -> Message:
    """Return a message that stands below the alert, never in its place."""
    last = len(texts) - 1
    blocks = tuple(
        Block(Role.NEXT_STEP if place == last else Role.DETAIL, text)
        for place, text in enumerate(texts)
    )
    return Message(blocks, tuple(buttons), words.lang, anew=True)


def about_which(unit: Unit, found: Message, words: Translator) -> Message:
    """Return the answer on the thing of an alert, which says what it is about first."""
    first = Block(Role.DETAIL, words("told_which", product=unit_name(unit, words)))
    return Message((first, *found.blocks), found.buttons, words.lang, anew=True)
