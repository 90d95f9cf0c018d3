"""Everything that is kept of one person, for themselves to read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.delivery import Progress, State
from core.store import (
    addresses,
    answered,
    claims,
    forgetting,
    interests,
    pressed,
    subscribers,
    told,
    wishes,
)
from core.store.addresses import Known
from core.store.schema import CONVERSATION, GROUP_FEED, SUBSCRIBER, WISH

Kept = Mapping[str, object]


async def everything(connection: AsyncConnection, channel: str, chat: str) -> Kept:
    """Return what is kept of the person in that chat, ready for JSON."""
    here = await addresses.find(connection, Address(channel, chat))
    who = await subscribers.find_subscriber(connection, channel, chat)
    chats = await addresses.of_person(connection, who.pk) if who else [here] if here else []
    codes = await forgetting.codes_told(connection, channel, chat)
    return {
        "channel": channel,
        "chat": chat,
        "known_since": who.created_at.isoformat() if who else None,
        "language": who.lang if who else None,
        "country": who.region if who else None,
        **_of_chat(here),
        **await _of_person(connection, who.pk if who else 0),
        "owned_items": await _owned(connection, channel, chat),
        "watched_brands": list(await wishes.watched(connection, channel, chat)),
        "interests": await _interests(connection, channel, chat),
        "conversation": await _conversation(connection, here),
        "feed": await _feed(connection, here),
        "linked_chats": [
            {
                "channel": known.channel,
                "chat": known.chat,
                **_of_chat(known),
                "conversation": await _conversation(connection, known),
                "feed": await _feed(connection, known),
            }
            for known in chats
            if known != here
        ],
        "alerts": await _alerts(connection, chats),
        "buttons": await pressed.naming(connection, codes),
    }


def _of_chat(known: Known | None) -> Kept:
    gone = known.gone_at if known else None
    return {
        "takes": known.takes.value if known else None,
        "not_written_to_since": gone.isoformat() if gone else None,
    }


async def _of_person(connection: AsyncConnection, person: int) -> Kept:
    """Return what is kept under the number of the person; 0 is nobody's."""
    rows = await connection.execute(select(SUBSCRIBER).where(SUBSCRIBER.c.pk == person))
    row = rows.one_or_none()
    return {
        "heard_last": row.heard_at.isoformat() if row else None,
        "answers_are_kept": row.remembers if row else None,
        "wishes": await _row(connection, WISH, "subscriber", person),
        "answers": [
            {
                "brand": one.product.brand,
                "model": one.product.model,
                "facts": dict(one.product.facts),
                "country": one.region,
                "verdict": one.verdict.value,
                "rested_on": one.field,
                "at": one.at.isoformat(),
            }
            for one in await answered.answers_of(connection, person)
        ],
        "claims": [
            {"event": event, "done": sorted(steps)}
            for event, steps in (await claims.claims_of(connection, person)).items()
        ],
    }


async def _owned(connection: AsyncConnection, channel: str, chat: str) -> list[Kept]:
    return [
        {
            "brand": item.unit.brand,
            "model": item.unit.model,
            "facts": dict(item.unit.facts),
            "confirmed": item.unit.confirmed,
            "nickname": item.nickname,
            "lent_to": item.lent_to,
            "added_at": item.added_at.isoformat(),
        }
        for item in await subscribers.owned_items(connection, channel, chat)
    ]


async def _interests(connection: AsyncConnection, channel: str, chat: str) -> list[Kept]:
    return [
        {
            "brand": one.brand,
            "category": one.category,
            "hazard": one.hazard.value if one.hazard else "",
            "country": one.country,
            "keyword": one.keyword,
            "as_written": one.shown,
        }
        for one in await interests.watched(connection, channel, chat)
    ]


async def _alerts(connection: AsyncConnection, chats: Sequence[Known]) -> list[Kept]:
    places = {known.pk: known for known in chats}
    return [
        {
            "channel": places[row.address].channel,
            "chat": places[row.address].chat,
            "notice": row.notice,
            "reason": row.reason,
            "occurrence": row.occurrence,
            "planned_at": row.created_at.isoformat(),
            "state": State(row.state).name.lower(),
            "why": row.why,
            "sent_at": row.sent_at.isoformat() if row.sent_at else None,
            "progress": Progress(row.progress).name.lower() if row.progress else None,
        }
        for row in await told.deliveries_of(connection, list(places))
    ]


async def _row(connection: AsyncConnection, table: Table, key: str, number: int) -> Kept | None:
    """Return a row as it is but for its key, None where there is none."""
    rows = await connection.execute(select(table).where(table.c[key] == number))
    row = rows.mappings().one_or_none()
    return None if row is None else {name: row[name] for name in row if name != key}


async def _conversation(connection: AsyncConnection, known: Known | None) -> Kept | None:
    row = await _row(connection, CONVERSATION, "address", known.pk) if known else None
    if row is None:
        return None
    return {"about": json.loads(str(row["body"])), "updated_at": str(row["updated_at"])}


async def _feed(connection: AsyncConnection, known: Known | None) -> Kept | None:
    row = await _row(connection, GROUP_FEED, "address", known.pk) if known else None
    if row is None:
        return None
    lists = ("countries", "hazards", "categories", "brands", "roles")
    told_lists = {name: json.loads(str(row[name])) for name in lists}
    return {**{name: str(row[name]) for name in row}, **told_lists}
