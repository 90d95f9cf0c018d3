"""What people say of what they were told: found by the recall, checked, held back."""

from __future__ import annotations

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.channel import Address
from core.model.delivery import Because, Progress, State
from core.store.keyring import place_of
from core.store.schema import PLACE

_OF_EVENT = text(
    "SELECT l.pk FROM alert l JOIN address b ON b.subscriber = :subscriber"
    " JOIN delivery d ON d.alert = l.pk AND d.address = b.pk"
    " WHERE l.event = :event AND l.reason IN ('alert', 'answer') ORDER BY l.pk LIMIT 1"
)
_CHECKED = text(
    "UPDATE delivery SET progress = :checked WHERE progress < :checked AND state IN (4, 5)"
    " AND address IN (SELECT pk FROM address WHERE subscriber = :subscriber)"
    " AND alert IN (SELECT l.pk FROM notice n JOIN alert l ON l.event = COALESCE(n.event, n.pk)"
    " WHERE n.id = :notice AND l.reason IN ('alert', 'answer'))"
)
_HOLD_BACK = text(
    "UPDATE delivery SET state = :given_up, why = :why, due_at = NULL"
    " WHERE alert = :alert AND state IN (0, 2, 3)"
    " AND address = (SELECT pk FROM address WHERE place = :place)"
).bindparams(bindparam("place", type_=PLACE))


async def alert_of_event(
    connection: AsyncConnection, subscriber: int, event: int
) -> int | None:
    """Return the first alert by which the person was told of the event, None for none."""
    values = {"subscriber": subscriber, "event": event}
    found: int | None = await connection.scalar(_OF_EVENT, values)
    return found


async def note_checked(connection: AsyncConnection, subscriber: int, notice: str) -> None:
    """Note that the person, if they were told of that notice, has had their unit checked."""
    values = {"checked": int(Progress.CHECKED), "subscriber": subscriber, "notice": notice}
    await connection.execute(_CHECKED, values)


async def hold_back(connection: AsyncConnection, place: Address, alert: int) -> bool:
    """Never send what still waits for that chat; False where nothing of the alert does."""
    values = {
        "alert": alert,
        "place": place_of(place.channel, place.chat),
        "given_up": int(State.ABANDONED),
        "why": Because.HELD_BACK.value,
    }
    return (await connection.execute(_HOLD_BACK, values)).rowcount > 0
