"""What was sent and is still to be sent to one person, when their chats become one person's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import BindParameter, Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.delivery import Because, Reason, State
from core.store.schema import UtcDateTime

Delivery = Row[tuple[object, ...]]
# By these somebody hears of an event for the first time; two of them say the same.
FIRST = frozenset({Reason.ALERT.value, Reason.ANSWER.value})
# A digest carries what was gathered for its own chat, and each account posts for itself.
_OF_THE_CHAT = frozenset({Reason.DIGEST.value, Reason.POST.value})
_REACHED = (State.SENT.value, State.UNKNOWN.value)
_TO_COME = frozenset({State.WAITING, State.LATER, State.GATHERED})
_ORDER = (State.SENT, State.UNKNOWN, State.CLAIMED, State.LATER, State.GATHERED, State.WAITING)
_MANY: BindParameter[int] = bindparam("numbers", expanding=True)
# SQLite takes the tables of a cross join in their order: alert by alert, off the primary key.
_OF = (
    text(
        "SELECT d.alert, d.address, d.state, d.item, d.answered, d.sent_at, d.why, d.progress,"
        " a.event, a.reason, a.occurrence, a.created_at, n.id AS notice,"
        " CASE WHEN c.gone_at IS NULL AND c.takes <> 'nothing' THEN 1 ELSE 0 END AS open"
        " FROM alert a CROSS JOIN delivery d LEFT JOIN notice n ON n.pk = a.notice"
        " LEFT JOIN address c ON c.pk = d.address"
        " WHERE d.alert = a.pk AND d.address IN :numbers ORDER BY a.pk, d.address"
    )
    .bindparams(_MANY)
    .columns(sent_at=UtcDateTime(), created_at=UtcDateTime())
)
_OUTDONE = text(
    "DELETE FROM delivery WHERE address = :new AND state NOT IN :reached AND alert IN"
    " (SELECT a.pk FROM alert a CROSS JOIN delivery d WHERE d.alert = a.pk"
    " AND d.address = :old AND d.state IN :reached)"
).bindparams(bindparam("reached", expanding=True))
_MOVE = text(
    "UPDATE delivery SET address = :new WHERE alert IN (SELECT pk FROM alert)"
    " AND address = :old AND NOT EXISTS (SELECT 1 FROM delivery d"
    " WHERE d.alert = delivery.alert AND d.address = :new)"
)
_DROP = text(
    "DELETE FROM delivery WHERE alert IN (SELECT pk FROM alert) AND address IN :numbers"
).bindparams(_MANY)
_DROP_ALL_BUT_POSTS = text(
    "DELETE FROM delivery WHERE alert IN (SELECT pk FROM alert WHERE reason <> 'post')"
    " AND address IN :numbers"
).bindparams(_MANY)
_POSTS_NAMELESS = text(
    "UPDATE posted SET message = '' WHERE account = :number AND message IS NOT NULL"
)
_NAMELESS = text(
    "UPDATE delivery SET message = NULL WHERE alert IN (SELECT pk FROM alert)"
    " AND address = :number AND message IS NOT NULL"
)
_GIVE_UP = text(
    "UPDATE delivery SET state = :state, why = :why, due_at = NULL"
    " WHERE alert = :alert AND address = :address AND state = :was"
)


async def deliveries_of(
    connection: AsyncConnection, numbers: Sequence[int]
) -> Sequence[Delivery]:
    """Return every delivery to these addresses, with its alert, in the order of alerts."""
    return (await connection.execute(_OF, {"numbers": list(numbers)})).all()


async def erase(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Erase every delivery to these addresses."""
    await connection.execute(_DROP, {"numbers": list(numbers)})


async def erase_all_but_posts(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Erase what was sent to these addresses that are accounts, but for public posts."""
    await connection.execute(_DROP_ALL_BUT_POSTS, {"numbers": list(numbers)})


async def move(connection: AsyncConnection, old: int, new: int) -> None:
    """Let what was told one address be told another; what reached either stays so."""
    both = {"old": old, "new": new}
    await connection.execute(_OUTDONE, {**both, "reached": list(_REACHED)})
    await connection.execute(_MOVE, both)
    await erase(connection, [old])


async def forget_names(connection: AsyncConnection, number: int) -> None:
    """Forget what the platform calls the posts to this address: its chat is another now."""
    for statement in (_NAMELESS, _POSTS_NAMELESS):
        await connection.execute(statement, {"number": number})


async def refer(
    connection: AsyncConnection,
    numbers: Sequence[int],
    column: str,
    instead: Mapping[int, int],
) -> None:
    """Let deliveries to these addresses name another `item`, or another thing `answered`."""
    # Only these two names ever come here.
    change = text(
        f"UPDATE delivery SET {column} = :new WHERE alert = :alert AND address = :address"  # noqa: S608 - a name of ours
    )
    changed = [
        {"alert": row.alert, "address": row.address, "new": instead[old]}
        for row in await deliveries_of(connection, numbers)
        if (old := getattr(row, column)) in instead
    ]
    if changed:
        await connection.execute(change, changed)


async def give_up_doubles(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Let a person with these addresses be told each thing once; what is left over rests.

    What was sent, or is just being sent, to one of them counts for all.
    """
    same: dict[tuple[object, ...], list[Delivery]] = defaultdict(list)
    for row in await deliveries_of(connection, numbers):
        same[_matter(row)].append(row)
    given_up = [
        {
            "alert": row.alert,
            "address": row.address,
            "was": row.state,
            "state": State.ABANDONED.value,
            "why": Because.TOLD_ELSEWHERE.value,
        }
        for rows in same.values()
        for row in _doubles(rows)
    ]
    if given_up:
        await connection.execute(_GIVE_UP, given_up)


def _matter(row: Delivery) -> tuple[object, ...]:
    """Return what two deliveries have in common that tell the same."""
    if row.reason in FIRST and row.event:
        return (row.event, *sorted(FIRST))
    if row.reason in _OF_THE_CHAT:
        return (row.alert, row.address)
    return (row.alert,)


def _doubles(rows: Sequence[Delivery]) -> list[Delivery]:
    alive = sorted((row for row in rows if row.state in _ORDER), key=_order)
    return [row for row in alive[1:] if row.state in _TO_COME]


def _order(row: Delivery) -> tuple[bool, int]:
    """Return its place: what reached somebody before what still can."""
    lost = row.state not in _REACHED and not row.open
    return lost, _ORDER.index(State(row.state))
