"""The public voice: accounts, drafts, what was posted, operators, the audit log, expenses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_publishing"
down_revision = "0005_alerts"

MOMENT = sa.DateTime(timezone=True)
_UNDRAFTED = sa.text("drafted_at IS NULL")


def upgrade() -> None:
    """Go one step forward; there is no way back but a backup."""
    _drafted()
    _accounts()
    _operators()
    _drafts()
    _sessions()
    _expenses()


def _drafted() -> None:
    """Note when each revision was drafted; none that is here already will be."""
    op.add_column("revision", sa.Column("drafted_at", MOMENT, nullable=True))
    op.execute("UPDATE revision SET drafted_at = seen_at")
    op.create_index(
        "ix_revision_undrafted",
        "revision",
        ["seen_at"],
        sqlite_where=_UNDRAFTED,
        postgresql_where=_UNDRAFTED,
    )


def _accounts() -> None:
    op.create_table(
        "account",
        _number("address"),
        _text("name"),
        _text("rules"),
        _text("style"),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        _moment("since"),
        _refers("account", "address", "address.pk"),
        sa.PrimaryKeyConstraint("address", name="pk_account"),
    )


def _operators() -> None:
    op.create_table(
        "operator",
        sa.Column("pk", sa.Integer(), nullable=False),
        _text("name"),
        _text("role"),
        _text("password"),
        sa.Column("totp", sa.LargeBinary(), nullable=False),
        _text("recovery"),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        _moment("created_at"),
        _number("failures"),
        _moment("locked_until", nullable=True),
        sa.PrimaryKeyConstraint("pk", name="pk_operator"),
        sa.UniqueConstraint("name", name="uq_operator_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit",
        sa.Column("pk", sa.Integer(), nullable=False),
        _moment("at"),
        _text("who"),
        _text("did"),
        _number("alert", nullable=True),
        _number("account", nullable=True),
        _text("detail"),
        sa.PrimaryKeyConstraint("pk", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])


def _drafts() -> None:
    op.create_table(
        "draft",
        *_of_a_draft("draft"),
        _text("sort"),
        _text("stage"),
        _text("lang"),
        _text("parts"),
        _text("edits"),
        _text("basis"),
        _text("key"),
        _number("version"),
        sa.Column("edited", sa.Boolean(), nullable=False),
        _moment("created_at"),
        _moment("due_at", nullable=True),
        _text("rule"),
        _text("why", nullable=True),
        _number("summed_in", nullable=True),
        sa.PrimaryKeyConstraint("alert", "account", name="pk_draft"),
        sa.UniqueConstraint("key", name="uq_draft_key"),
    )
    op.create_index("ix_draft_stage_due_at", "draft", ["stage", "due_at"])
    op.create_index("ix_draft_stage_alert_account", "draft", ["stage", "alert", "account"])
    op.create_index("ix_draft_account_created_at", "draft", ["account", "created_at"])
    _decisions()


def _decisions() -> None:
    op.create_table(
        "posted",
        *_of_a_draft("posted"),
        _number("part"),
        _text("message", nullable=True),
        _moment("at"),
        sa.PrimaryKeyConstraint("alert", "account", "part", name="pk_posted"),
    )
    op.create_index("ix_posted_account_at", "posted", ["account", "at"])
    op.create_table(
        "approval",
        *_of_a_draft("approval"),
        _number("operator"),
        _number("version"),
        _moment("at"),
        _refers("approval", "operator", "operator.pk"),
        sa.PrimaryKeyConstraint("alert", "account", "operator", name="pk_approval"),
    )
    op.create_table(
        "photo",
        _text("digest"),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        _text("licence"),
        _text("attribution"),
        _text("added_by"),
        _moment("at"),
        sa.PrimaryKeyConstraint("digest", name="pk_photo"),
    )


def _sessions() -> None:
    op.create_table(
        "desk_session",
        _text("digest"),
        _number("operator"),
        _moment("begun_at"),
        _moment("seen_at"),
        _refers("desk_session", "operator", "operator.pk"),
        sa.PrimaryKeyConstraint("digest", name="pk_desk_session"),
    )
    op.create_index("ix_desk_session_operator", "desk_session", ["operator"])


def _expenses() -> None:
    op.create_table(
        "expense",
        _text("key"),
        _text("month"),
        sa.Column("price", sa.BigInteger(), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("key", name="pk_expense"),
    )
    op.create_index("ix_expense_month", "expense", ["month"])
    op.create_table(
        "spent_month",
        _text("month"),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_spent_month"),
    )
    op.create_table(
        "position",
        _text("name"),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_position"),
    )
    op.create_table(
        "reader",
        _text("name"),
        _text("holder"),
        _moment("until"),
        sa.PrimaryKeyConstraint("name", name="pk_reader"),
    )


def _of_a_draft(table: str) -> tuple[sa.Column[int] | sa.ForeignKeyConstraint, ...]:
    """Return the columns that name a draft, and what they refer to."""
    return (
        _number("alert"),
        _number("account"),
        _refers(table, "alert", "alert.pk"),
        _refers(table, "account", "account.address"),
    )


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=nullable)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to.partition('.')[0]}"
    return sa.ForeignKeyConstraint([column], [to], name=name, ondelete="CASCADE")
