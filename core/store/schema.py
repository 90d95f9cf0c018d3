"""The tables: what they hold, and how times and texts are kept alike on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

# Batch migrations on SQLite can only drop what has a name.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# Ranges of keys and newest-first lists need one order on both databases: by code point.
BYTEWISE = Text().with_variant(Text(collation="C"), "postgresql")


class NaiveTimeError(ValueError, DontWrapMixin):
    """A time without a zone was about to be stored or compared."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: refuses naive datetimes, and always comes back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC; raises NaiveTimeError where no zone is given."""
        if value is None:
            return None
        if value.tzinfo is None or value.utcoffset() is None:
            raise NaiveTimeError("a stored time needs a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(TypeDecorator[str]):
    """Text that people typed, without the characters that PostgreSQL cannot hold."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> str | None:
        """Return the text without NUL characters and lone surrogates."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """Return `text` without NUL characters and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


class _Row(SQLModel):
    metadata = MetaData(naming_convention=NAMES)


class NoticeRow(_Row, table=True):
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


class RevisionRow(_Row, table=True):
    """One version of a notice, counted from 1.

    `meaning` names what it means, None for the catalogue's; a `quiet` one is announced to
    nobody: it came with a first reading, a drill, or a better parser of ours.
    """

    __tablename__ = "revision"

    notice: int = Field(sa_column_args=(ForeignKey("notice.pk"),), primary_key=True)
    number: int = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    meaning: str | None = Field(default=None, sa_type=Text)
    quiet: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class NoticeKeyRow(_Row, table=True):
    """A key under which a notice is found.

    `day` is the day of publication as a proleptic ordinal, 0 where unknown: it lets the newest
    notices of a brand be read off the primary key, without sorting all of them.
    """

    __tablename__ = "notice_key"
    __table_args__ = {"sqlite_with_rowid": False}

    key: str = Field(sa_type=BYTEWISE, primary_key=True)
    day: int = Field(primary_key=True)
    notice: int = Field(sa_column_args=(ForeignKey("notice.pk"),), primary_key=True)


class NoticeFacetRow(_Row, table=True):
    """A word by which lists are narrowed; each list is read off the key, newest first.

    `at` is the notice's `updated_at` in seconds since 1970. Exercises have none.
    """

    __tablename__ = "notice_facet"
    __table_args__ = {"sqlite_with_rowid": False}

    facet: str = Field(sa_type=BYTEWISE, primary_key=True)
    at: int = Field(sa_type=BigInteger, primary_key=True)
    notice: int = Field(sa_column_args=(ForeignKey("notice.pk"),), primary_key=True)


class EventKeyRow(_Row, table=True):
    """What names the event behind a notice: a page, a case number."""

    __tablename__ = "event_key"
    __table_args__ = {"sqlite_with_rowid": False}

    key: str = Field(sa_type=BYTEWISE, primary_key=True)
    notice: int = Field(sa_column_args=(ForeignKey("notice.pk"),), primary_key=True)


class RawRecordRow(_Row, table=True):
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


class SourceRunRow(_Row, table=True):
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


class SourceRow(_Row, table=True):
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


class SubscriberRow(_Row, table=True):
    """A person in one chat of one channel."""

    __tablename__ = "subscriber"
    # A number is never used twice, so that nothing of a forgotten person falls to another.
    __table_args__ = (UniqueConstraint("channel", "chat"), {"sqlite_autoincrement": True})

    pk: int | None = Field(default=None, primary_key=True)
    channel: str = Field(sa_type=Text)
    chat: str = Field(sa_type=Text)
    lang: str | None = Field(default=None, sa_type=Text)
    region: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Since when nothing is sent there; whatever they say next brings them back.
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WishRow(_Row, table=True):
    """When a subscriber wants to be written to; times are minutes after midnight in `zone`.

    `pace` is kept while `alerts` are off; `hour` is that of digests; `zone` is an IANA name,
    None for UTC.
    """

    __tablename__ = "wish"

    subscriber: int = Field(
        sa_column_args=(ForeignKey("subscriber.pk", ondelete="CASCADE"),), primary_key=True
    )
    alerts: bool = True
    pace: str = Field(sa_type=Text)
    hour: int
    quiet_from: int | None = None
    quiet_to: int | None = None
    zone: str | None = Field(default=None, sa_type=Text)


class WatchedBrandRow(_Row, table=True):
    """A brand that a subscriber watches without owning it; `key` is it folded."""

    __tablename__ = "watched_brand"

    subscriber: int = Field(
        sa_column_args=(ForeignKey("subscriber.pk", ondelete="CASCADE"),), primary_key=True
    )
    key: str = Field(sa_type=Text, primary_key=True)
    brand: str = Field(sa_type=PlainText)
    added_at: datetime = Field(sa_type=UtcDateTime)


class GroupFeedRow(_Row, table=True):
    """Which recalls a group is told; lists and `roles` are JSON, and no person is in it.

    `budget` is the most posts of a day; `gone_at` as in `subscriber`.
    """

    __tablename__ = "group_feed"

    channel: str = Field(sa_type=Text, primary_key=True)
    chat: str = Field(sa_type=Text, primary_key=True)
    active: bool = False
    countries: str = Field(sa_type=Text)
    hazards: str = Field(sa_type=Text)
    categories: str = Field(sa_type=Text)
    brands: str = Field(sa_type=PlainText)
    roles: str = Field(sa_type=PlainText)
    budget: int
    style: str = Field(sa_type=Text)
    lang: str | None = Field(default=None, sa_type=Text)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PressedRow(_Row, table=True):
    """What a button stands for, by the beginning of its digest."""

    __tablename__ = "pressed"

    digest: str = Field(sa_type=Text, primary_key=True)
    says: str = Field(sa_type=PlainText)
    used_at: datetime = Field(sa_type=UtcDateTime, index=True)


class OwnedItemRow(_Row, table=True):
    """One thing a subscriber owns; `facts` is JSON, and holds every code of the unit."""

    __tablename__ = "owned_item"

    pk: int | None = Field(default=None, primary_key=True)
    subscriber: int = Field(
        sa_column_args=(ForeignKey("subscriber.pk", ondelete="CASCADE"),), index=True
    )
    brand: str | None = Field(default=None, sa_type=PlainText)
    model: str | None = Field(default=None, sa_type=PlainText)
    facts: str = Field(sa_type=Text)
    nickname: str | None = Field(default=None, sa_type=PlainText)
    confirmed: bool = False
    added_at: datetime = Field(sa_type=UtcDateTime)


class ConversationRow(_Row, table=True):
    """What one chat is about, as JSON."""

    __tablename__ = "conversation"

    channel: str = Field(sa_type=Text, primary_key=True)
    chat: str = Field(sa_type=Text, primary_key=True)
    body: str = Field(sa_type=Text)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class MetaRow(_Row, table=True):
    """A value that belongs to the whole database, such as the lexicon."""

    __tablename__ = "meta"

    name: str = Field(sa_type=Text, primary_key=True)
    value: str = Field(sa_type=Text)


METADATA = _Row.metadata
NOTICE = METADATA.tables["notice"]
REVISION = METADATA.tables["revision"]
NOTICE_KEY = METADATA.tables["notice_key"]
NOTICE_FACET = METADATA.tables["notice_facet"]
EVENT_KEY = METADATA.tables["event_key"]
RAW_RECORD = METADATA.tables["raw_record"]
SOURCE_RUN = METADATA.tables["source_run"]
SOURCE_STATE = METADATA.tables["source_state"]
SUBSCRIBER = METADATA.tables["subscriber"]
OWNED_ITEM = METADATA.tables["owned_item"]
WISH = METADATA.tables["wish"]
WATCHED_BRAND = METADATA.tables["watched_brand"]
GROUP_FEED = METADATA.tables["group_feed"]
PRESSED = METADATA.tables["pressed"]
CONVERSATION = METADATA.tables["conversation"]
META = METADATA.tables["meta"]
