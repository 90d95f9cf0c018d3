"""Feeds: raw records, what was read when, what is news of a notice, and events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_feeds"
down_revision = "0001_first"

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go one step forward; there is no way back but a backup."""
    _columns()
    _events()
    _raw_records()
    _runs()
    # The catalogue is put again at this start, and so finds its events.
    op.execute("UPDATE source_state SET digest = NULL WHERE name = 'catalogue'")


def _columns() -> None:
    # Added one by one: SQLite does that in place, where a batch would copy every notice.
    no = sa.false()
    op.add_column("notice", sa.Column("event", sa.Integer(), nullable=True))
    op.add_column(
        "notice", sa.Column("exercise", sa.Boolean(), nullable=False, server_default=no)
    )
    op.add_column("notice", sa.Column("reviewed_as", sa.Text(), nullable=True))
    op.add_column("notice", sa.Column("back_to", sa.Text(), nullable=True))
    op.add_column("notice", sa.Column("back_since", MOMENT, nullable=True))
    op.create_index("ix_notice_event", "notice", ["event"])
    op.add_column("revision", sa.Column("meaning", sa.Text(), nullable=True))
    op.add_column(
        "revision", sa.Column("quiet", sa.Boolean(), nullable=False, server_default=no)
    )
    op.add_column("source_state", sa.Column("seeded_at", MOMENT, nullable=True))
    op.add_column(
        "source_state",
        sa.Column("proves", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def _events() -> None:
    op.create_table(
        "event_key",
        sa.Column("key", BYTEWISE, nullable=False),
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notice.pk"], name="fk_event_key_notice_notice"),
        sa.PrimaryKeyConstraint("key", "notice", name="pk_event_key"),
        sqlite_with_rowid=False,
    )


def _raw_records() -> None:
    op.create_table(
        "raw_record",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("current_at", MOMENT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("pk", name="pk_raw_record"),
        sa.UniqueConstraint(
            "source", "key", "format", "digest", name="uq_raw_record_source_key_format_digest"
        ),
    )


def _runs() -> None:
    op.create_table(
        "source_run",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("since", MOMENT, nullable=True),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("pk", name="pk_source_run"),
    )
    op.create_index("ix_source_run_source_started_at", "source_run", ["source", "started_at"])
