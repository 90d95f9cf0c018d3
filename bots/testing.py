"""One message to one address, and in one line what became of it."""

from __future__ import annotations

from uuid import uuid4

from bots.app import open_database
from bots.channels import opened
from bots.failure import Failure
from bots.registry import PLATFORMS, found
from bots.surroundings import Surroundings
from core.channel import (
    Address,
    AddressGone,
    Channel,
    DeliveryError,
    DeliveryUnknown,
    Receipt,
    TryLater,
)
from core.clock import SystemClock
from core.model.message import Block, Message, Role
from core.settings import Settings, variable
from core.store.positions import KeptPositions
from core.store.pressed import Pressed
from core.store.purse import KeptPurse
from core.text.translations import translator


async def send_test_message(settings: Settings, to: Address, lang: str | None) -> Receipt:
    """Return the receipt of a marked test message; raises Failure saying what to do."""
    if to.channel not in PLATFORMS:
        known = ", ".join(PLATFORMS)
        raise Failure(f"there is no channel {to.channel!r} to write through; there are {known}")
    clock = SystemClock()
    database = await open_database(settings, clock)
    try:
        around = Surroundings(
            clock.now,
            Pressed(database, clock),
            lambda *_: (),
            purse=KeptPurse(database, clock),
            positions=KeptPositions(database),
        )
        channel = await opened(to.channel, around, None)
        if channel is None:
            kind = found(PLATFORMS[to.channel].settings)
            needed = variable(kind, PLATFORMS[to.channel].needs)
            raise Failure(f"{needed} is not set; `recallbot doctor` says how to get one")
        try:
            return await _sent(channel, to, lang)
        finally:
            await channel.close()
    finally:
        await database.close()


async def _sent(channel: Channel, to: Address, lang: str | None) -> Receipt:
    words = translator(lang)
    message = Message((Block(Role.DETAIL, words("test_message")),), lang=words.lang)
    (post,) = channel.render(message)
    try:
        return await channel.send(post, to, key=f"test:{uuid4().hex}")
    except DeliveryError as error:
        raise Failure(f"{channel.kind}: {_advice(error)}") from None


def _advice(error: DeliveryError) -> str:
    """Return what became of the message, and what to do."""
    match error:
        case TryLater(retry_after=None, said=said):
            return (
                f"not sent, {said or 'it cannot be reached now'}; `recallbot doctor` says more"
            )
        case TryLater(retry_after=wait):
            return f"not sent, it is to be tried again in {wait}"
        case AddressGone(moved_to=Address(chat=chat)):
            return f"not sent, the chat has moved: its address is now {chat}"
        case AddressGone():
            return (
                "not sent, nobody is reached there: look at the address; people must have "
                "written to the bot first, and groups must let it write"
            )
        case DeliveryUnknown():
            return f"it may have arrived or not ({error}): look there before you repeat it"
    return f"not sent, it does not take the message: {error}"
