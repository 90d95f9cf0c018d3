"""What columns are made of: how times and texts are kept alike on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, MetaData, Text
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

from core.store.seal import Marked

# Batch migrations on SQLite can only drop what has a name.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# Ranges of keys and newest-first lists need one order on both databases: by code point.
BYTEWISE = Text().with_variant(Text(collation="C"), "postgresql")
PLACE = Marked("place")
CODE = Marked("code")


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


class Row(SQLModel):
    """What every table is: part of one schema whose constraints have names."""

    metadata = MetaData(naming_convention=NAMES)
