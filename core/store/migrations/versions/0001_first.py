"""Notices, their keys and versions, the people and what they own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_first"
down_revision = None

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go one step forward; there is no way back but a backup."""
    _notices()
    _keys_and_revisions()
    _sources()
    _people()
    _conversations()


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("published", BYTEWISE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("pk", name="pk_notice"),
        sa.UniqueConstraint("id", name="uq_notice_id"),
    )
    op.create_index("ix_notice_source", "notice", ["source"])
    op.create_index("ix_notice_published_pk_words", "notice", ["published", "pk", "words"])


def _keys_and_revisions() -> None:
    op.create_table(
        "notice_key",
        sa.Column("key", BYTEWISE, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notice.pk"], name="fk_notice_key_notice_notice"),
        sa.PrimaryKeyConstraint("key", "day", "notice", name="pk_notice_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revision",
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notice.pk"], name="fk_revision_notice_notice"),
        sa.PrimaryKeyConstraint("notice", "number", name="pk_revision"),
    )


def _sources() -> None:
    op.create_table(
        "source_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_source_state"),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )


def _people() -> None:
    op.create_table(
        "subscriber",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("pk", name="pk_subscriber"),
        sa.UniqueConstraint("channel", "chat", name="uq_subscriber_channel_chat"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "owned_item",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("subscriber", sa.Integer(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("nickname", sa.Text(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber"],
            ["subscriber.pk"],
            name="fk_owned_item_subscriber_subscriber",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pk", name="pk_owned_item"),
    )
    op.create_index("ix_owned_item_subscriber", "owned_item", ["subscriber"])


def _conversations() -> None:
    op.create_table(
        "conversation",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat", name="pk_conversation"),
    )
