"""The tables of alerts: what is to be told, to whom, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlmodel import Field

from core.store.schema.kinds import Row, UtcDateTime

# What the partial indexes hold: what waits for a time, and whose owner is to be reminded.
_DUE, _TOLD = text("due_at IS NOT NULL"), text("remind_at IS NOT NULL")


class AlertRow(Row, table=True):
    """One decision to tell people something: about which event, why, and which time that is.

    `event` is the number of the first notice of it, 0 where it is about none; `notice` and
    `revision` are what led to it. Its deliveries are all there since `planned_at`.
    """

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("event", "reason", "occurrence"),)

    pk: int | None = Field(default=None, primary_key=True)
    event: int
    reason: str = Field(sa_type=Text)
    occurrence: str = Field(sa_type=Text)
    notice: int | None = Field(
        default=None, sa_column_args=(ForeignKey("notice.pk"),), index=True
    )
    revision: int | None = None
    serious: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    planned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class QueueRow(Row, table=True):
    """Deliveries of one alert, rank and channel that may still be waiting to be sent.

    It is taken away when none is; what waits is what the deliveries say.
    """

    __tablename__ = "queue"
    __table_args__ = ({"sqlite_with_rowid": False},)

    channel: str = Field(sa_type=Text, primary_key=True)
    rank: int = Field(sa_type=SmallInteger, primary_key=True)
    alert: int = Field(
        sa_column_args=(ForeignKey("alert.pk", ondelete="CASCADE"),), primary_key=True
    )


class DeliveryRow(Row, table=True):
    """An alert to one address, and what became of it; `state` is a `core.model.delivery.State`.

    `due_at` is when it is to be tried again, or until when somebody who took it holds it; what
    waits for the first time has none. `message` is the platform's name of the post, `why` the
    reason of a state that needs one. `remind_at` is when its owner is reminded, `progress` how
    far they came.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_rank", "rank", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_delivery_remind_at", "remind_at", sqlite_where=_TOLD, postgresql_where=_TOLD),
        {"sqlite_with_rowid": False},
    )

    alert: int = Field(
        sa_column_args=(ForeignKey("alert.pk", ondelete="CASCADE"),), primary_key=True
    )
    # Not a foreign key: that would need an index, which costs as much as the rows themselves.
    # Whoever erases an address erases its deliveries alert by alert, off the primary key.
    address: int = Field(primary_key=True)
    rank: int = Field(sa_type=SmallInteger)
    state: int = Field(sa_type=SmallInteger)
    item: int | None = None
    answered: int | None = None
    attempts: int = Field(
        default=0, sa_type=SmallInteger, sa_column_kwargs={"server_default": "0"}
    )
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    message: str | None = Field(default=None, sa_type=Text)
    why: str | None = Field(default=None, sa_type=Text)
    remind_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    progress: int = Field(
        default=0, sa_type=SmallInteger, sa_column_kwargs={"server_default": "0"}
    )
