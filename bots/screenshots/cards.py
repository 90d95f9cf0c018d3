"""The standard cards: real answers of the real conversation, on a database of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.channel import Address, Inbound
from core.model.message import Message
from core.query.talk import Talk

LINK = "https://t.me/your_bot?start={payload}"


@dataclass(frozen=True, slots=True)
class Card:
    """What somebody says, message after message; the last answer is shown.

    The last message carries a `photo` of the label with these lines, where there are any.
    """

    name: str
    says: tuple[str, ...]
    group: bool = False
    photo: tuple[str, ...] = ()


CARDS = (
    Card("check-needed", ("anker powercore A1263",)),
    Card("affected", ("INIU BI-B41", "000G211234567")),
    Card("not-affected", ("IKEA CALYPSO 1820", "yes")),
    Card("no-recall-found", ("Anker A9999",)),
    Card("photo", ("",), photo=("ANKER", "Model: A1263", "SN: AFVDC20G17301234")),
    Card("alerts", ("/alerts",)),
    Card("feed", ("/feed",), group=True),
    Card("long", ("Anker A1647",)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One card as it came out: what was said last, and the answer."""

    name: str
    said: str
    photo: bytes | None
    message: Message


async def shown(card: Card, talk: Talk, lang: str | None, labels: Mapping[str, bytes]) -> Shown:
    """Return the answer of `talk` to a card, in a chat of its own; `labels` are by card."""
    chat = Address("web", card.name)
    photo = labels.get(card.name)
    said = card.says[-1]
    message = Message(())
    for place, text in enumerate(card.says, 1):
        last = place == len(card.says)
        inbound = Inbound(
            chat,
            text,
            talk.clock.now(),
            lang,
            photo if last else None,
            group=card.group,
            private_link=LINK if card.group else None,
            may_set_up=card.group,
        )
        message = await talk.reply(inbound)
    return Shown(card.name, said, photo, message)
