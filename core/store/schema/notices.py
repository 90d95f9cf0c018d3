"""The tables of notices: what authorities published, its revisions, and how it is found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlmodel import Field

from core.store.schema.kinds import BYTEWISE, PlainText, Row, UtcDateTime

_NEW, _UNDRAFTED = text("planned_at IS NULL"), text("drafted_at IS NULL")


class NoticeRow(Row, table=True):
    """A notice as it stands now: `body` is all of it, the rest is for lists and search."""

    __tablename__ = "notice"
    # Newest-first lists and searches read this index alone, never a body they do not show.
    __table_args__ = (Index(None, "published", "pk", "words"),)

    pk: int | None = Field(default=None, primary_key=True)
    id: str = Field(sa_type=Text, unique=True)
    source: str = Field(sa_type=Text, index=True)
    published: str = Field(sa_type=BYTEWISE)
    state: str = Field(sa_type=Text)
    brand: str = Field(sa_type=PlainText)
    product: str = Field(sa_type=PlainText)
    words: str = Field(sa_type=PlainText)
    body: str = Field(sa_type=Text)
    first_seen: datetime = Field(sa_type=UtcDateTime)
    # The number of the first notice of the same event, where other authorities tell of it too.
    event: int | None = Field(default=None, index=True)
    # A test or an exercise of the authority: kept, and never found, listed or announced.
    exercise: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    # The id of the reviewed notice that answers in its place; its keys are left out.
    reviewed_as: str | None = Field(default=None, sa_type=Text)
    # An earlier meaning that came back, and since when it alone has been seen.
    back_to: str | None = Field(default=None, sa_type=Text)
    back_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Where it stands in lists: when it was published, or last said something else.
    updated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RevisionRow(Row, table=True):
    """One version of a notice, counted from 1.

    `meaning` names what it means, None for the catalogue's; a `quiet` one is announced to
    nobody: it came with a first reading, a drill, or a better parser of ours.
    """

    __tablename__ = "revision"
    __table_args__ = (
        Index("ix_revision_unplanned", "seen_at", sqlite_where=_NEW, postgresql_where=_NEW),
        Index(
            "ix_revision_undrafted",
            "seen_at",
            sqlite_where=_UNDRAFTED,
            postgresql_where=_UNDRAFTED,
        ),
    )

    notice: int = Field(sa_column_args=(ForeignKey("notice.pk"),), primary_key=True)
    number: int = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    meaning: str | None = Field(default=None, sa_type=Text)
    quiet: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    # Since when everybody it concerns has a delivery.
    planned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Since when every account that posts it has a draft.
    drafted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class NoticeKeyRow(Row, table=True):
    """A key under which a notice is found.

    `day` is the day of publication as a proleptic ordinal, 0 where unknown: it lets the newest
    notices of a brand be read off the primary key, without sorting all of them.
    """

    __tablename__ = "notice_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: str = Field(sa_type=BYTEWISE, primary_key=True)
    day: int = Field(primary_key=True)
    notice: int = Field(sa_column_args=(ForeignKey("notice.pk"),), primary_key=True)


class NoticeFacetRow(Row, table=True):
    """A word by which lists are narrowed; each list is read off the key, newest first.

    `at` is the notice's `updated_at` in seconds since 1970. Exercises have none.
    """

    __tablename__ = "notice_facet"
    __table_args__ = ({"sqlite_with_rowid": False},)

    facet: str = Field(sa_type=BYTEWISE, primary_key=True)
    at: int = Field(sa_type=BigInteger, primary_key=True)
    notice: int = Field(sa_column_args=(ForeignKey("notice.pk"),), primary_key=True)


class EventKeyRow(Row, table=True):
    """What names the event behind a notice: a page, a case number."""

    __tablename__ = "event_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: str = Field(sa_type=BYTEWISE, primary_key=True)
    notice: int = Field(sa_column_args=(ForeignKey("notice.pk"),), primary_key=True)


class RawRecordRow(Row, table=True):
    """One version of a record as the authority sent it; the same bytes are kept once.

    `body` is compressed by zlib, `current_at` when this version was last the one that came
    after another, `notice` the id of what it says, `problem` why it says nothing.
    """

    __tablename__ = "raw_record"
    __table_args__ = (UniqueConstraint("source", "key", "format", "digest"),)

    pk: int | None = Field(default=None, primary_key=True)
    source: str = Field(sa_type=Text)
    key: str = Field(sa_type=PlainText)
    format: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)
    url: str = Field(sa_type=PlainText)
    fetched_at: datetime = Field(sa_type=UtcDateTime)
    current_at: datetime = Field(sa_type=UtcDateTime)
    body: bytes = Field(sa_type=LargeBinary)
    notice: str | None = Field(default=None, sa_type=Text)
    problem: str | None = Field(default=None, sa_type=PlainText)


class SourceRunRow(Row, table=True):
    """One reading of a source: when, how much of it, what came of it, what went wrong.

    `since` is None where everything was read; `counts` is JSON.
    """

    __tablename__ = "source_run"
    __table_args__ = (Index(None, "source", "started_at"),)

    pk: int | None = Field(default=None, primary_key=True)
    source: str = Field(sa_type=Text)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime = Field(sa_type=UtcDateTime)
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    counts: str = Field(sa_type=Text)
    error: str | None = Field(default=None, sa_type=PlainText)


class SourceRow(Row, table=True):
    """How fresh what we hold of one source is, and which version of it that was.

    `seeded_at` is when all of it had been taken in for the first time: what comes before that
    is announced to nobody. A source that `proves` nothing supports no negative answer.
    """

    __tablename__ = "source_state"

    name: str = Field(sa_type=Text, primary_key=True)
    as_of: datetime = Field(sa_type=UtcDateTime)
    digest: str | None = Field(default=None, sa_type=Text)
    seeded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proves: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class MetaRow(Row, table=True):
    """A value that belongs to the whole database, such as the lexicon."""

    __tablename__ = "meta"

    name: str = Field(sa_type=Text, primary_key=True)
    value: str = Field(sa_type=Text)
