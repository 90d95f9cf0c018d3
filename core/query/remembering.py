"""What a person was answered, kept so that they are told when it is no longer so."""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.message import Block, Message, Role
from core.model.products import Product
from core.model.rule import PRODUCT_KEYS
from core.model.unit import Unit, code_to_mark
from core.model.verdict import Relation
from core.query.answer import Answer, Item
from core.query.owning import Owner, known_owner
from core.query.query import Intent
from core.store import answered, progress, subscribers
from core.store.answered import Told
from core.store.subscribers import REMEMBERED, Subscriber
from core.text.translations import Translator

log = structlog.get_logger(__name__)
SWITCH_OFF = "/alerts answers off"
# What is told of a unit and is no code of it.
_NO_CODES = frozenset({*REMEMBERED, *PRODUCT_KEYS, "colour", "name", "product"})


def to_remember(found: Answer) -> tuple[Told, ...]:
    """Return what was answered of each product of a check: the verdict, and which code said so.

    A code that was not confirmed proves nothing, so it is left out.
    """
    if found.query.intent is not Intent.CHECK or found.query.guess is not None:
        return ()
    return tuple(_told(item) for item in found.items if _is_product(item.unit))


def _is_product(unit: Unit) -> bool:
    product = Product.of(unit)
    return bool(product.brand or product.model or product.facts)


def _told(item: Item) -> Told:
    for field in _codes(item):
        code = code_to_mark(item.unit, field)
        if code is not None:
            # As lists of codes are compared with it.
            return Told(item.unit.knowing(**{field: code}), item.decision.verdict, field)
    return Told(item.unit, item.decision.verdict)


def _codes(item: Item) -> Iterator[str]:
    """Yield the codes that were told, those that a notice goes by first."""
    asked = [e.field for one in item.decision.findings for e in one.evidence]
    told = item.unit.facts.keys() - _NO_CODES
    yield from (field for field in dict.fromkeys((*asked, *sorted(told))) if field in told)


async def note(connection: AsyncConnection, found: Answer, owner: Owner) -> bool:
    """Keep what the person was answered; False where nothing is kept.

    Nothing that goes wrong here spoils the answer, or what else is written with it.
    """
    what = to_remember(found)
    if not what:
        return False
    try:
        async with connection.begin_nested():
            return await _note(connection, what, found, owner)
    except SQLAlchemyError as error:
        log.warning("answer_not_remembered", reason=type(error).__name__)
        return False


async def _note(
    connection: AsyncConnection, what: tuple[Told, ...], found: Answer, owner: Owner
) -> bool:
    who = await _who(connection, owner)
    await _add_to_list(connection, who, found, owner)
    for item in found.items:
        if any(_codes(item)):
            for one in item.decision.findings:
                if one.relation is Relation.NAMED:
                    await progress.note_checked(connection, who.pk, one.notice.id)
    if not who.remembers:
        return False
    for told in what:
        await answered.remember(connection, who, told, owner.now)
    return True


async def _who(connection: AsyncConnection, owner: Owner) -> Subscriber:
    """Return the person, at one look where nothing of them is new: an answer must be quick."""
    place, memory = owner.place, owner.memory
    who = await subscribers.find_subscriber(connection, place.channel, place.chat)
    if who is None or who.lang is None:
        return await known_owner(connection, owner)
    known = memory.lang in {None, who.lang} and memory.home in {None, who.region}
    return who if known else await known_owner(connection, owner)


async def _add_to_list(
    connection: AsyncConnection, who: Subscriber, found: Answer, owner: Owner
) -> None:
    """Keep what was told of a thing on the list, where we had asked for just that."""
    if owner.memory.item is None or len(found.items) != 1:
        return
    owned = await subscribers.owned_by(connection, who.pk)
    asked = [one for one in owned if one.pk == owner.memory.item]
    known = subscribers.same_item(asked, found.items[0].unit)
    if known is not None:
        await subscribers.add_to_item(connection, known, found.items[0].unit, None)


def telling_so(message: Message, words: Translator) -> Message:
    """Return the answer with the line that we will tell if it changes, and how to stop that."""
    line = Block(Role.DETAIL, words("answers_noted", example=SWITCH_OFF))
    return Message(
        (*message.blocks, line),
        message.buttons,
        message.lang,
        message.picture,
        message.attachment,
        message.anew,
    )
