"""Chats: when people want to hear from us, what groups are told, and what buttons stand for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_chats"
down_revision = "0003_facets"

MOMENT = sa.DateTime(timezone=True)
TABLES = ("pressed", "group_feed", "watched_brand", "wish")


def upgrade() -> None:
    """Go one step forward."""
    op.add_column("subscriber", sa.Column("gone_at", MOMENT, nullable=True))
    _wishes()
    _group_feeds()
    op.create_table(
        "pressed",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_pressed"),
    )
    op.create_index("ix_pressed_used_at", "pressed", ["used_at"])


def downgrade() -> None:
    """Go back; what these tables held is lost."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("subscriber", "gone_at")


def _wishes() -> None:
    op.create_table(
        "wish",
        sa.Column("subscriber", sa.Integer(), nullable=False),
        sa.Column("alerts", sa.Boolean(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        _of_subscriber("wish"),
        sa.PrimaryKeyConstraint("subscriber", name="pk_wish"),
    )
    op.create_table(
        "watched_brand",
        sa.Column("subscriber", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        _of_subscriber("watched_brand"),
        sa.PrimaryKeyConstraint("subscriber", "key", name="pk_watched_brand"),
    )


def _of_subscriber(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["subscriber"],
        ["subscriber.pk"],
        name=f"fk_{table}_subscriber_subscriber",
        ondelete="CASCADE",
    )


def _group_feeds() -> None:
    lists = ("countries", "hazards", "categories", "brands", "roles")
    op.create_table(
        "group_feed",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in lists),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("style", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("channel", "chat", name="pk_group_feed"),
    )
