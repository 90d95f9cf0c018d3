"""The tables of people: where they are, what they own, watch and were told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, true
from sqlmodel import Field

from core.store.schema.kinds import BYTEWISE, CODE, PLACE, PlainText, Row, UtcDateTime
from core.store.seal import Sealed


class SubscriberRow(Row, table=True):
    """A person, in one chat or in several that they linked.

    `heard_at` is when they last said something; answers are kept while `remembers`.
    """

    __tablename__ = "subscriber"
    # A number is never used twice, so that nothing of a forgotten person falls to another.
    __table_args__ = ({"sqlite_autoincrement": True},)

    pk: int | None = Field(default=None, primary_key=True)
    lang: str | None = Field(default=None, sa_type=Text)
    region: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)
    heard_at: datetime = Field(sa_type=UtcDateTime, index=True)
    remembers: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class AddressRow(Row, table=True):
    """One chat of one channel, of a person or of a group, which has no `subscriber`.

    It is found by its `place`, and the topics of a group by the group's, which is their
    `family`. What it `takes` is everything, only what is serious, or nothing; since `gone_at`
    nothing is sent there, and whatever is said there next brings it back.
    """

    __tablename__ = "address"
    __table_args__ = ({"sqlite_autoincrement": True},)

    pk: int | None = Field(default=None, primary_key=True)
    channel: str = Field(sa_type=Text)
    place: str = Field(sa_type=PLACE, unique=True)
    family: str = Field(sa_type=PLACE, index=True)
    chat: str = Field(sa_type=Sealed)
    subscriber: int | None = Field(
        default=None,
        sa_column_args=(ForeignKey("subscriber.pk", ondelete="CASCADE"),),
        index=True,
    )
    takes: str = Field(default="everything", sa_type=Text)
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LinkCodeRow(Row, table=True):
    """A code by which a person links another chat of theirs, once and soon."""

    __tablename__ = "link_code"

    code: str = Field(sa_type=CODE, primary_key=True)
    subscriber: int = Field(
        sa_column_args=(ForeignKey("subscriber.pk", ondelete="CASCADE"),), index=True
    )
    expires_at: datetime = Field(sa_type=UtcDateTime)


class WishRow(Row, table=True):
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


class InterestSpecRow(Row, table=True):
    """What somebody watches without owning it: every part that is not empty must hold.

    `brand` and `keyword` are folded.
    """

    __tablename__ = "interest_spec"
    __table_args__ = (UniqueConstraint("brand", "category", "hazard", "country", "keyword"),)

    pk: int | None = Field(default=None, primary_key=True)
    brand: str = Field(default="", sa_type=PlainText)
    category: str = Field(default="", sa_type=Text)
    hazard: str = Field(default="", sa_type=Text)
    country: str = Field(default="", sa_type=Text)
    keyword: str = Field(default="", sa_type=PlainText)


class InterestRow(Row, table=True):
    """That a subscriber watches something; `shown` is how they wrote it."""

    __tablename__ = "interest"
    __table_args__ = (Index(None, "subscriber"), {"sqlite_with_rowid": False})

    spec: int = Field(sa_column_args=(ForeignKey("interest_spec.pk"),), primary_key=True)
    subscriber: int = Field(
        sa_column_args=(ForeignKey("subscriber.pk", ondelete="CASCADE"),), primary_key=True
    )
    shown: str = Field(sa_type=PlainText)
    added_at: datetime = Field(sa_type=UtcDateTime)


class GroupFeedRow(Row, table=True):
    """Which recalls a group is told; lists and `roles` are JSON, and no person is in it.

    `budget` is the most posts of a day; before `previewed_at` its first post is held.
    """

    __tablename__ = "group_feed"

    address: int = Field(
        sa_column_args=(ForeignKey("address.pk", ondelete="CASCADE"),), primary_key=True
    )
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
    previewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PressedRow(Row, table=True):
    """What a button stands for, by the beginning of its digest."""

    __tablename__ = "pressed"

    digest: str = Field(sa_type=Text, primary_key=True)
    says: str = Field(sa_type=Sealed)
    used_at: datetime = Field(sa_type=UtcDateTime, index=True)


class PressedCodeRow(Row, table=True):
    """Which buttons name something that may be a code of somebody's unit."""

    __tablename__ = "pressed_code"
    __table_args__ = ({"sqlite_with_rowid": False},)

    code: str = Field(sa_type=CODE, primary_key=True)
    digest: str = Field(
        sa_type=Text,
        sa_column_args=(ForeignKey("pressed.digest", ondelete="CASCADE"),),
        primary_key=True,
        index=True,
    )


class ProductRow(Row, table=True):
    """A product that somebody owns or asked about, kept once: `mark` is it folded.

    `facts` is JSON and holds what is printed alike on every unit of it.
    """

    __tablename__ = "product"

    pk: int | None = Field(default=None, primary_key=True)
    mark: str = Field(sa_type=Text, unique=True)
    brand: str | None = Field(default=None, sa_type=PlainText)
    model: str | None = Field(default=None, sa_type=PlainText)
    facts: str = Field(sa_type=PlainText)


class ProductKeyRow(Row, table=True):
    """A key under which a notice finds a product that somebody owns or asked about."""

    __tablename__ = "product_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: str = Field(sa_type=BYTEWISE, primary_key=True)
    # Indexed, so that a product nobody has any more goes without reading all keys.
    product: int = Field(
        sa_column_args=(ForeignKey("product.pk"),), primary_key=True, index=True
    )


class OwnedItemRow(Row, table=True):
    """One thing a subscriber owns; `facts` is JSON, and holds every code of the unit."""

    __tablename__ = "owned_item"
    # The owners of a product are read off this index alone. A number is never used twice:
    # deliveries and buttons name it after the item is gone.
    __table_args__ = (Index(None, "product", "subscriber"), {"sqlite_autoincrement": True})

    pk: int | None = Field(default=None, primary_key=True)
    subscriber: int = Field(
        sa_column_args=(ForeignKey("subscriber.pk", ondelete="CASCADE"),), index=True
    )
    product: int = Field(sa_column_args=(ForeignKey("product.pk"),))
    facts: str | None = Field(default=None, sa_type=Sealed)
    nickname: str | None = Field(default=None, sa_type=Sealed)
    lent_to: str | None = Field(default=None, sa_type=Sealed)
    confirmed: bool = False
    added_at: datetime = Field(sa_type=UtcDateTime)


class AnsweredRow(Row, table=True):
    """What we told a subscriber of a product: the verdict, and when.

    `code` is a keyed digest of the code they gave, which tells only whether a list names it;
    `field` says which code that was.
    """

    __tablename__ = "answered"
    # No number is used twice: deliveries name it after the answer is forgotten.
    __table_args__ = (Index(None, "product", "subscriber"), {"sqlite_autoincrement": True})

    pk: int | None = Field(default=None, primary_key=True)
    subscriber: int = Field(
        sa_column_args=(ForeignKey("subscriber.pk", ondelete="CASCADE"),), index=True
    )
    product: int = Field(sa_column_args=(ForeignKey("product.pk"),))
    region: str | None = Field(default=None, sa_type=Text)
    verdict: str = Field(sa_type=Text)
    field: str | None = Field(default=None, sa_type=Text)
    code: str | None = Field(default=None, sa_type=CODE)
    at: datetime = Field(sa_type=UtcDateTime)


class ClaimRow(Row, table=True):
    """Which steps of a claim a subscriber has ticked off; `steps` is JSON."""

    __tablename__ = "claim"

    subscriber: int = Field(
        sa_column_args=(ForeignKey("subscriber.pk", ondelete="CASCADE"),), primary_key=True
    )
    event: int = Field(primary_key=True)
    steps: str = Field(sa_type=Text)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class ConversationRow(Row, table=True):
    """What one chat is about, as JSON."""

    __tablename__ = "conversation"

    address: int = Field(
        sa_column_args=(ForeignKey("address.pk", ondelete="CASCADE"),), primary_key=True
    )
    body: str = Field(sa_type=Sealed)
    updated_at: datetime = Field(sa_type=UtcDateTime)
