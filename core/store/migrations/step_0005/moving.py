"""What 0004 kept of people, moved over by 0005_alerts: sealed, marked, and nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from core.store.migrations.step_0005.rules import codes_in, product_of
from core.store.seal import Marked, Sealed, place_of

MOMENT = sa.DateTime(timezone=True)
BATCH = 1000
OLD = ("wish", "watched_brand", "owned_item", "group_feed", "pressed", "conversation")
# In an order in which none is referred to any more.
ASIDE = (*OLD, "subscriber")
NUMBERED = ("subscriber", "owned_item")
INDEXES = (("owned_item", "ix_owned_item_subscriber"), ("pressed", "ix_pressed_used_at"))
TOPIC = "/"

Chat = tuple[str, str]
Records = Sequence[sa.Row[Any]]


def _table(name: str, plain: str, **others: Any) -> sa.TableClause:
    columns: list[sa.ColumnClause[Any]] = [sa.column(column) for column in plain.split()]
    return sa.table(name, *columns, *(sa.column(key, kind) for key, kind in others.items()))


SUBSCRIBER = _table("old_subscriber", "pk channel chat", gone_at=MOMENT)
GROUP_FEED = _table("old_group_feed", "channel chat", gone_at=MOMENT)
CONVERSATION = _table("old_conversation", "channel chat body", updated_at=MOMENT)
PRESSED = _table("old_pressed", "digest says", used_at=MOMENT)
OWNED_ITEM = _table(
    "old_owned_item",
    "pk subscriber brand model facts nickname",
    confirmed=sa.Boolean(),
    added_at=MOMENT,
)
NEW_ADDRESS = _table(
    "address",
    "pk channel subscriber takes",
    place=Marked("place"),
    family=Marked("place"),
    chat=Sealed(),
    gone_at=MOMENT,
)
NEW_CONVERSATION = _table("conversation", "address", body=Sealed(), updated_at=MOMENT)
NEW_PRESSED = _table("pressed", "digest", says=Sealed(), used_at=MOMENT)
NEW_PRESSED_CODE = _table("pressed_code", "digest", code=Marked("code"))
NEW_PRODUCT = _table("product", "pk mark brand model facts")
NEW_OWNED_ITEM = _table(
    "owned_item",
    "pk subscriber product",
    facts=Sealed(),
    nickname=Sealed(),
    confirmed=sa.Boolean(),
    added_at=MOMENT,
)
MOVED = sa.table("moved_chat", sa.column("channel"), sa.column("chat"), sa.column("address"))

_PEOPLE = (
    "INSERT INTO subscriber (pk, lang, region, created_at, heard_at)"
    " SELECT old.pk, old.lang, old.region, old.created_at,"
    " CASE WHEN spoken.updated_at > old.created_at THEN spoken.updated_at"
    " ELSE old.created_at END"
    " FROM old_subscriber AS old LEFT JOIN old_conversation AS spoken"
    " ON spoken.channel = old.channel AND spoken.chat = old.chat"
)
_WISHES = (
    "INSERT INTO wish (subscriber, alerts, pace, hour, quiet_from, quiet_to, zone)"
    " SELECT subscriber, alerts, pace, hour, quiet_from, quiet_to, zone FROM old_wish"
)
_SPECS = (
    "INSERT INTO interest_spec (brand, category, hazard, country, keyword)"
    " SELECT DISTINCT key, '', '', '', '' FROM old_watched_brand"
)
_INTERESTS = (
    "INSERT INTO interest (spec, subscriber, shown, added_at)"
    " SELECT spec.pk, old.subscriber, old.brand, old.added_at FROM old_watched_brand AS old"
    " JOIN interest_spec AS spec ON spec.brand = old.key"
)
_FEED_COLUMNS = (
    "active, countries, hazards, categories, brands, roles, budget, style, lang, changed_at"
)
_FEEDS = (
    f"INSERT INTO group_feed (address, {_FEED_COLUMNS})"  # noqa: S608 - fixed words
    f" SELECT moved.address, {_FEED_COLUMNS} FROM old_group_feed AS old"
    " JOIN moved_chat AS moved ON moved.channel = old.channel AND moved.chat = old.chat"
)


def set_aside() -> None:
    """Give the old tables other names, and free the names that the new ones need."""
    for table, index in INDEXES:
        op.drop_index(index, table_name=table)
    for table in ASIDE:
        op.rename_table(table, f"old_{table}")
    if op.get_bind().dialect.name == "postgresql":
        for table in ASIDE:
            op.execute(f"ALTER INDEX pk_{table} RENAME TO pk_old_{table}")
        for table in NUMBERED:
            op.execute(f"ALTER SEQUENCE {table}_pk_seq RENAME TO old_{table}_pk_seq")


def move() -> None:
    """Move everything over, some hundreds of rows at a time."""
    connection = op.get_bind()
    for statement in (_PEOPLE, _WISHES, _SPECS, _INTERESTS):
        connection.execute(sa.text(statement))
    _move_addresses(connection)
    connection.execute(sa.text(_FEEDS))
    _move_conversations(connection)
    _move_pressed(connection)
    _move_items(connection)
    _move_numbers(connection)


def drop_old() -> None:
    """Drop the old tables."""
    for table in ("moved_chat", *(f"old_{table}" for table in ASIDE)):
        op.drop_table(table)


def _batches(connection: sa.Connection, table: sa.TableClause, *by: str) -> Iterator[Records]:
    """Yield all rows of a table in the order of its primary key."""
    key = [table.c[name] for name in by]
    page = sa.select(table).order_by(*key).limit(BATCH)
    rows = connection.execute(page).all()
    while rows:
        yield rows
        last = [getattr(rows[-1], name) for name in by]
        rows = connection.execute(page.where(sa.tuple_(*key) > sa.tuple_(*last))).all()


def _move_addresses(connection: sa.Connection) -> None:
    # Where each chat went; dropped at the end, for it names them in plain.
    op.create_table(
        "moved_chat",
        sa.Column("channel", sa.Text(), primary_key=True),
        sa.Column("chat", sa.Text(), primary_key=True),
        sa.Column("address", sa.Integer(), nullable=False),
    )
    for rows in _batches(connection, SUBSCRIBER, "pk"):
        _add(connection, [(row.channel, row.chat, row.pk, row.gone_at) for row in rows])
    for table in (GROUP_FEED, CONVERSATION):
        for rows in _batches(connection, table, "channel", "chat"):
            known = _addresses(connection, [(row.channel, row.chat) for row in rows])
            fresh = [row for row in rows if (row.channel, row.chat) not in known]
            gone = [getattr(row, "gone_at", None) for row in fresh]
            _add(
                connection,
                [
                    (row.channel, row.chat, None, when)
                    for row, when in zip(fresh, gone, strict=True)
                ],
            )
    # A chat was left where either its person or its feed was marked so.
    connection.execute(
        sa.text(
            "UPDATE address SET gone_at = (SELECT old.gone_at FROM old_group_feed AS old"
            " JOIN moved_chat AS moved ON moved.channel = old.channel"
            " AND moved.chat = old.chat WHERE moved.address = address.pk)"
            " WHERE gone_at IS NULL"
        )
    )


def _add(connection: sa.Connection, chats: list[tuple[str, str, int | None, Any]]) -> None:
    if not chats:
        return
    first = connection.scalar(sa.text("SELECT COALESCE(MAX(pk), 0) FROM address")) + 1
    connection.execute(
        sa.insert(NEW_ADDRESS),
        [
            {
                "pk": number,
                "channel": channel,
                "place": place_of(channel, chat),
                "family": place_of(channel, chat.partition(TOPIC)[0]),
                "chat": chat,
                "subscriber": person,
                "takes": "everything",
                "gone_at": gone_at,
            }
            for number, (channel, chat, person, gone_at) in enumerate(chats, first)
        ],
    )
    connection.execute(
        sa.insert(MOVED),
        [
            {"channel": channel, "chat": chat, "address": number}
            for number, (channel, chat, _, _) in enumerate(chats, first)
        ],
    )


def _addresses(connection: sa.Connection, chats: Iterable[Chat]) -> dict[Chat, int]:
    keys = list(chats)
    found = connection.execute(
        sa.select(MOVED).where(sa.tuple_(MOVED.c.channel, MOVED.c.chat).in_(keys))
    )
    return {(row.channel, row.chat): row.address for row in found}


def _move_conversations(connection: sa.Connection) -> None:
    for rows in _batches(connection, CONVERSATION, "channel", "chat"):
        at = _addresses(connection, [(row.channel, row.chat) for row in rows])
        connection.execute(
            sa.insert(NEW_CONVERSATION),
            [
                {
                    "address": at[row.channel, row.chat],
                    "body": row.body,
                    "updated_at": row.updated_at,
                }
                for row in rows
            ],
        )


def _move_pressed(connection: sa.Connection) -> None:
    for rows in _batches(connection, PRESSED, "digest"):
        connection.execute(
            sa.insert(NEW_PRESSED),
            [{"digest": row.digest, "says": row.says, "used_at": row.used_at} for row in rows],
        )
        codes = [
            {"digest": row.digest, "code": code} for row in rows for code in codes_in(row.says)
        ]
        if codes:
            connection.execute(sa.insert(NEW_PRESSED_CODE), codes)


def _move_items(connection: sa.Connection) -> None:
    for rows in _batches(connection, OWNED_ITEM, "pk"):
        split = [product_of(row.brand, row.model, json.loads(row.facts)) for row in rows]
        numbers = _intern(connection, {product["mark"]: product for product, _ in split})
        connection.execute(
            sa.insert(NEW_OWNED_ITEM),
            [
                {
                    "pk": row.pk,
                    "subscriber": row.subscriber,
                    "product": numbers[product["mark"]],
                    "facts": json.dumps(own) if own else None,
                    "nickname": row.nickname,
                    "confirmed": row.confirmed,
                    "added_at": row.added_at,
                }
                for row, (product, own) in zip(rows, split, strict=True)
            ],
        )


def _intern(
    connection: sa.Connection, products: dict[str | None, dict[str, str | None]]
) -> dict[str | None, int]:
    of_these = sa.select(NEW_PRODUCT.c.mark, NEW_PRODUCT.c.pk).where(
        NEW_PRODUCT.c.mark.in_(products)
    )
    known = {row.mark for row in connection.execute(of_these)}
    fresh = [product for mark, product in products.items() if mark not in known]
    if fresh:
        connection.execute(sa.insert(NEW_PRODUCT), fresh)
    return {row.mark: row.pk for row in connection.execute(of_these)}


def _move_numbers(connection: sa.Connection) -> None:
    """Go on counting where the old tables stood: no number is ever used twice."""
    if connection.dialect.name == "postgresql":
        for table in NUMBERED:
            connection.execute(
                sa.text(
                    f"SELECT setval('{table}_pk_seq', last_value, is_called)"  # noqa: S608 - fixed words
                    f" FROM old_{table}_pk_seq"
                )
            )
        connection.execute(
            sa.text("SELECT setval('address_pk_seq', MAX(pk)) FROM address HAVING MAX(pk) > 0")
        )
        return
    connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'subscriber'"))
    connection.execute(
        sa.text(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'subscriber', seq"
            " FROM sqlite_sequence WHERE name = 'old_subscriber'"
        )
    )
