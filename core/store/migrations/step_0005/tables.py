"""The tables of people and of alerts, as 0005_alerts makes them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
# Sealed values, and the digests by which they are found.
BYTES = sa.LargeBinary()


def make_people() -> None:
    """Make the tables of who people are, where they are, and what they wish and watch."""
    _subscribers()
    _addresses()
    _wishes()
    _interests()


def make_chats() -> None:
    """Make the tables of what belongs to chats."""
    _group_feeds()
    _pressed()
    op.create_table(
        "conversation",
        _number("address"),
        sa.Column("body", BYTES, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        _refers("conversation", "address", "address"),
        sa.PrimaryKeyConstraint("address", name="pk_conversation"),
    )


def make_things() -> None:
    """Make the tables of products, of what people own, and of what they were answered."""
    _products()
    _owned_items()
    _answered()


def make_alerts() -> None:
    """Make the tables of what is to be told and what became of it, and note what is old."""
    _alerts()
    _deliveries()
    _claims()
    op.add_column("revision", sa.Column("planned_at", MOMENT, nullable=True))
    # Nothing of the past is announced.
    op.execute("UPDATE revision SET planned_at = seen_at")
    _partial("ix_revision_unplanned", "revision", "seen_at", "planned_at IS NULL")


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _refers(
    table: str, column: str, other: str, *, key: str = "pk", cascade: bool = True
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{other}.{key}"],
        name=f"fk_{table}_{column}_{other}",
        ondelete="CASCADE" if cascade else None,
    )


def _partial(name: str, table: str, columns: str, where: str) -> None:
    holds = sa.text(where)
    op.create_index(name, table, columns.split(), sqlite_where=holds, postgresql_where=holds)


def _subscribers() -> None:
    op.create_table(
        "subscriber",
        _number("pk"),
        _text("lang", nullable=True),
        _text("region", nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.Column("remembers", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("pk", name="pk_subscriber"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscriber_heard_at", "subscriber", ["heard_at"])


def _addresses() -> None:
    op.create_table(
        "address",
        _number("pk"),
        _text("channel"),
        sa.Column("place", BYTES, nullable=False),
        sa.Column("family", BYTES, nullable=False),
        sa.Column("chat", BYTES, nullable=False),
        _number("subscriber", nullable=True),
        _text("takes"),
        sa.Column("gone_at", MOMENT, nullable=True),
        _refers("address", "subscriber", "subscriber"),
        sa.PrimaryKeyConstraint("pk", name="pk_address"),
        sa.UniqueConstraint("place", name="uq_address_place"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_address_family", "address", ["family"])
    op.create_index("ix_address_subscriber", "address", ["subscriber"])
    op.create_table(
        "link_code",
        sa.Column("code", BYTES, nullable=False),
        _number("subscriber"),
        sa.Column("expires_at", MOMENT, nullable=False),
        _refers("link_code", "subscriber", "subscriber"),
        sa.PrimaryKeyConstraint("code", name="pk_link_code"),
    )
    op.create_index("ix_link_code_subscriber", "link_code", ["subscriber"])


def _wishes() -> None:
    op.create_table(
        "wish",
        _number("subscriber"),
        sa.Column("alerts", sa.Boolean(), nullable=False),
        _text("pace"),
        _number("hour"),
        _number("quiet_from", nullable=True),
        _number("quiet_to", nullable=True),
        _text("zone", nullable=True),
        _refers("wish", "subscriber", "subscriber"),
        sa.PrimaryKeyConstraint("subscriber", name="pk_wish"),
    )


def _interests() -> None:
    parts = ("brand", "category", "hazard", "country", "keyword")
    op.create_table(
        "interest_spec",
        _number("pk"),
        *map(_text, parts),
        sa.PrimaryKeyConstraint("pk", name="pk_interest_spec"),
        sa.UniqueConstraint(*parts, name=f"uq_interest_spec_{'_'.join(parts)}"),
    )
    op.create_table(
        "interest",
        _number("spec"),
        _number("subscriber"),
        _text("shown"),
        sa.Column("added_at", MOMENT, nullable=False),
        _refers("interest", "spec", "interest_spec", cascade=False),
        _refers("interest", "subscriber", "subscriber"),
        sa.PrimaryKeyConstraint("spec", "subscriber", name="pk_interest"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_interest_subscriber", "interest", ["subscriber"])


def _group_feeds() -> None:
    lists = ("countries", "hazards", "categories", "brands", "roles")
    op.create_table(
        "group_feed",
        _number("address"),
        sa.Column("active", sa.Boolean(), nullable=False),
        *map(_text, lists),
        _number("budget"),
        _text("style"),
        _text("lang", nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("previewed_at", MOMENT, nullable=True),
        _refers("group_feed", "address", "address"),
        sa.PrimaryKeyConstraint("address", name="pk_group_feed"),
    )


def _pressed() -> None:
    op.create_table(
        "pressed",
        _text("digest"),
        sa.Column("says", BYTES, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_pressed"),
    )
    op.create_index("ix_pressed_used_at", "pressed", ["used_at"])
    op.create_table(
        "pressed_code",
        sa.Column("code", BYTES, nullable=False),
        _text("digest"),
        _refers("pressed_code", "digest", "pressed", key="digest"),
        sa.PrimaryKeyConstraint("code", "digest", name="pk_pressed_code"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pressed_code_digest", "pressed_code", ["digest"])


def _products() -> None:
    op.create_table(
        "product",
        _number("pk"),
        _text("mark"),
        _text("brand", nullable=True),
        _text("model", nullable=True),
        _text("facts"),
        sa.PrimaryKeyConstraint("pk", name="pk_product"),
        sa.UniqueConstraint("mark", name="uq_product_mark"),
    )
    op.create_table(
        "product_key",
        sa.Column("key", BYTEWISE, nullable=False),
        _number("product"),
        _refers("product_key", "product", "product", cascade=False),
        sa.PrimaryKeyConstraint("key", "product", name="pk_product_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_product_key_product", "product_key", ["product"])


def _owned_items() -> None:
    op.create_table(
        "owned_item",
        _number("pk"),
        _number("subscriber"),
        _number("product"),
        *(sa.Column(name, BYTES, nullable=True) for name in ("facts", "nickname", "lent_to")),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        _refers("owned_item", "subscriber", "subscriber"),
        _refers("owned_item", "product", "product", cascade=False),
        sa.PrimaryKeyConstraint("pk", name="pk_owned_item"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_owned_item_subscriber", "owned_item", ["subscriber"])
    op.create_index("ix_owned_item_product_subscriber", "owned_item", ["product", "subscriber"])


def _answered() -> None:
    op.create_table(
        "answered",
        _number("pk"),
        _number("subscriber"),
        _number("product"),
        _text("region", nullable=True),
        _text("verdict"),
        _text("field", nullable=True),
        sa.Column("code", BYTES, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _refers("answered", "subscriber", "subscriber"),
        _refers("answered", "product", "product", cascade=False),
        sa.PrimaryKeyConstraint("pk", name="pk_answered"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answered_subscriber", "answered", ["subscriber"])
    op.create_index("ix_answered_product_subscriber", "answered", ["product", "subscriber"])


def _alerts() -> None:
    op.create_table(
        "alert",
        _number("pk"),
        _number("event"),
        _text("reason"),
        _text("occurrence"),
        _number("notice", nullable=True),
        _number("revision", nullable=True),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("planned_at", MOMENT, nullable=True),
        _refers("alert", "notice", "notice", cascade=False),
        sa.PrimaryKeyConstraint("pk", name="pk_alert"),
        sa.UniqueConstraint(
            "event", "reason", "occurrence", name="uq_alert_event_reason_occurrence"
        ),
    )
    op.create_index("ix_alert_notice", "alert", ["notice"])
    op.create_table(
        "queue",
        _text("channel"),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        _number("alert"),
        _refers("queue", "alert", "alert"),
        sa.PrimaryKeyConstraint("channel", "rank", "alert", name="pk_queue"),
        sqlite_with_rowid=False,
    )


def _deliveries() -> None:
    small = sa.SmallInteger()
    op.create_table(
        "delivery",
        _number("alert"),
        _number("address"),
        sa.Column("rank", small, nullable=False),
        sa.Column("state", small, nullable=False),
        _number("item", nullable=True),
        _number("answered", nullable=True),
        sa.Column("attempts", small, nullable=False, server_default="0"),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        _text("message", nullable=True),
        _text("why", nullable=True),
        sa.Column("remind_at", MOMENT, nullable=True),
        sa.Column("progress", small, nullable=False, server_default="0"),
        _refers("delivery", "alert", "alert"),
        sa.PrimaryKeyConstraint("alert", "address", name="pk_delivery"),
        sqlite_with_rowid=False,
    )
    _partial("ix_delivery_rank", "delivery", "rank due_at", "due_at IS NOT NULL")
    _partial("ix_delivery_remind_at", "delivery", "remind_at", "remind_at IS NOT NULL")


def _claims() -> None:
    op.create_table(
        "claim",
        _number("subscriber"),
        _number("event"),
        _text("steps"),
        sa.Column("updated_at", MOMENT, nullable=False),
        _refers("claim", "subscriber", "subscriber"),
        sa.PrimaryKeyConstraint("subscriber", "event", name="pk_claim"),
    )
