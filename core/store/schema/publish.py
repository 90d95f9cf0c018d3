"""The tables of the public voice: accounts, drafts, posts, operators, what it costs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Text, true
from sqlmodel import Field

from core.store.schema.kinds import PlainText, Row, UtcDateTime
from core.store.seal import Sealed


class AccountRow(Row, table=True):
    """A public account that posts: its rules and style as JSON."""

    __tablename__ = "account"

    address: int = Field(
        sa_column_args=(ForeignKey("address.pk", ondelete="CASCADE"),), primary_key=True
    )
    name: str = Field(sa_type=PlainText)
    rules: str = Field(sa_type=Text)
    style: str = Field(sa_type=Text)
    active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    # Since when its recalls are drafted: nothing older is.
    since: datetime = Field(sa_type=UtcDateTime)


class DraftRow(Row, table=True):
    """A draft of one account, by the alert its delivery will have.

    `parts`, `edits` and `basis` are JSON; `key` names its posts to the platform.
    """

    __tablename__ = "draft"
    __table_args__ = (
        Index(None, "stage", "due_at"),
        Index(None, "stage", "alert", "account"),
        Index(None, "account", "created_at"),
    )

    alert: int = Field(
        sa_column_args=(ForeignKey("alert.pk", ondelete="CASCADE"),), primary_key=True
    )
    account: int = Field(
        sa_column_args=(ForeignKey("account.address", ondelete="CASCADE"),), primary_key=True
    )
    sort: str = Field(sa_type=Text)
    stage: str = Field(sa_type=Text)
    lang: str = Field(sa_type=Text)
    parts: str = Field(sa_type=Text)
    edits: str = Field(default="[]", sa_type=Text)
    basis: str = Field(default="[]", sa_type=Text)
    key: str = Field(sa_type=Text, unique=True)
    version: int = 1
    edited: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rule: str = Field(default="", sa_type=Text)
    why: str | None = Field(default=None, sa_type=PlainText)
    # The summary that it went into.
    summed_in: int | None = None


class PostedRow(Row, table=True):
    """One post that stands on a platform, or is about to: `message` is its name there.

    `message` is None from before it was first sent until its receipt, empty where the platform
    has it under a name that we do not know.
    """

    __tablename__ = "posted"
    __table_args__ = (Index(None, "account", "at"),)

    alert: int = Field(
        sa_column_args=(ForeignKey("alert.pk", ondelete="CASCADE"),), primary_key=True
    )
    account: int = Field(
        sa_column_args=(ForeignKey("account.address", ondelete="CASCADE"),), primary_key=True
    )
    part: int = Field(primary_key=True)
    message: str | None = Field(default=None, sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)


class ApprovalRow(Row, table=True):
    """That somebody approved one version of a draft."""

    __tablename__ = "approval"

    alert: int = Field(
        sa_column_args=(ForeignKey("alert.pk", ondelete="CASCADE"),), primary_key=True
    )
    account: int = Field(
        sa_column_args=(ForeignKey("account.address", ondelete="CASCADE"),), primary_key=True
    )
    operator: int = Field(
        sa_column_args=(ForeignKey("operator.pk", ondelete="CASCADE"),), primary_key=True
    )
    version: int
    at: datetime = Field(sa_type=UtcDateTime)


class PhotoRow(Row, table=True):
    """A photo that may be shown on cards, and why; never changed once it is there.

    `digest` is that of the picture and of what was stated about it.
    """

    __tablename__ = "photo"

    digest: str = Field(sa_type=Text, primary_key=True)
    jpeg: bytes = Field(sa_type=LargeBinary)
    licence: str = Field(sa_type=PlainText)
    attribution: str = Field(sa_type=PlainText)
    added_by: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)


class OperatorRow(Row, table=True):
    """Somebody who works at the editorial desk.

    `password` is an Argon2 hash, `totp` the shared secret, `recovery` JSON of hashed codes;
    `counter` is the last TOTP step that was used, so that none is used twice.
    """

    __tablename__ = "operator"
    # A number is never used twice, so that the audit log stays true.
    __table_args__ = ({"sqlite_autoincrement": True},)

    pk: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    role: str = Field(sa_type=Text)
    password: str = Field(sa_type=Text)
    totp: str = Field(sa_type=Sealed)
    recovery: str = Field(default="[]", sa_type=Text)
    counter: int = Field(default=0, sa_type=BigInteger)
    active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Failed sign-ins in a row, and until when none is tried.
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DeskSessionRow(Row, table=True):
    """A browser that is signed in; `digest` is that of the secret in its cookie."""

    __tablename__ = "desk_session"

    digest: str = Field(sa_type=Text, primary_key=True)
    operator: int = Field(
        sa_column_args=(ForeignKey("operator.pk", ondelete="CASCADE"),), index=True
    )
    begun_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class AuditRow(Row, table=True):
    """What somebody did at the desk or on the command line; rows are only ever added."""

    __tablename__ = "audit"
    __table_args__ = ({"sqlite_autoincrement": True},)

    pk: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    who: str = Field(sa_type=Text)
    did: str = Field(sa_type=Text)
    alert: int | None = None
    account: int | None = None
    detail: str = Field(default="", sa_type=PlainText)


class ExpenseRow(Row, table=True):
    """What one post costs, in millionths of a dollar; the key is that of the post."""

    __tablename__ = "expense"
    __table_args__ = (Index(None, "month"),)

    key: str = Field(sa_type=Text, primary_key=True)
    month: str = Field(sa_type=Text)
    price: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcDateTime)


class MonthRow(Row, table=True):
    """What a calendar month (UTC, "x 2026-11") has cost so far, in millionths of a dollar."""

    __tablename__ = "spent_month"

    month: str = Field(sa_type=Text, primary_key=True)
    spent: int = Field(sa_type=BigInteger)


class PositionRow(Row, table=True):
    """How far something was read, by the reader's name for it; it may hold a secret."""

    __tablename__ = "position"

    name: str = Field(sa_type=Text, primary_key=True)
    value: str = Field(sa_type=Sealed)


class ReaderRow(Row, table=True):
    """Which process alone reads something, and until when."""

    __tablename__ = "reader"

    name: str = Field(sa_type=Text, primary_key=True)
    holder: str = Field(sa_type=Text)
    until: datetime = Field(sa_type=UtcDateTime)
