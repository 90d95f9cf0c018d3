"""Facets: the words by which lists of notices are narrowed, and when a notice last moved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time

import sqlalchemy as sa
from alembic import op

from core.model.identifier import fold

revision = "0003_facets"
down_revision = "0002_feeds"

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
BATCH = 500


def upgrade() -> None:
    """Go one step forward; there is no way back but a backup."""
    op.add_column("notice", sa.Column("updated_at", MOMENT, nullable=True))
    op.create_table(
        "notice_facet",
        sa.Column("facet", BYTEWISE, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice"], ["notice.pk"], name="fk_notice_facet_notice_notice"
        ),
        sa.PrimaryKeyConstraint("facet", "at", "notice", name="pk_notice_facet"),
        sqlite_with_rowid=False,
    )
    _fill()


def _fill() -> None:
    connection = op.get_bind()
    notice = sa.table(
        "notice",
        *(sa.column(name) for name in ("pk", "source", "body", "exercise")),
        sa.column("first_seen", MOMENT),
        sa.column("updated_at", MOMENT),
    )
    facet = sa.table("notice_facet", *(sa.column(name) for name in ("facet", "at", "notice")))
    after = 0
    while rows := connection.execute(
        sa.select(notice).where(notice.c.pk > after).order_by(notice.c.pk).limit(BATCH)
    ).all():
        after = rows[-1].pk
        moments = {row.pk: _moment(connection, row) for row in rows}
        connection.execute(
            sa.update(notice)
            .where(notice.c.pk == sa.bindparam("which"))
            .values(updated_at=sa.bindparam("when", type_=MOMENT)),
            [{"which": pk, "when": when} for pk, when in moments.items()],
        )
        found = [
            {"facet": name, "at": int(moments[row.pk].timestamp()), "notice": row.pk}
            for row in rows
            if not row.exercise
            for name in set(_facets(json.loads(row.body), row.source))
        ]
        if found:
            connection.execute(sa.insert(facet), found)


def _moment(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> datetime:
    revision_row = sa.table(
        "revision",
        *(sa.column(name) for name in ("notice", "number", "quiet")),
        sa.column("seen_at", MOMENT),
    )
    later = sa.select(sa.func.max(revision_row.c.seen_at, type_=MOMENT)).where(
        revision_row.c.notice == row.pk,
        revision_row.c.number > 1,
        revision_row.c.quiet.is_(sa.false()),
    )
    moved: datetime | None = connection.scalar(later)
    published = json.loads(row.body).get("published")
    seen = _zoned(row.first_seen)
    if moved is not None:
        return _zoned(moved)
    if published:
        day = datetime.fromisoformat(published).date()
        return min(seen, datetime.combine(day, time(), UTC))
    return seen


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _facets(body: dict[str, object], source: str) -> Iterator[str]:
    """Yield what facets were when this step was written."""
    yield "all"
    yield f"s:{source}"
    yield f"c:{body.get('category', 'power-bank')}"
    regions = body["regions"]
    brands = body["brands"]
    hazard = body["hazard"]
    assert isinstance(regions, list)  # noqa: S101 - for the type checker; a notice was checked
    assert isinstance(brands, list)  # noqa: S101 - the same
    assert isinstance(hazard, dict)  # noqa: S101 - the same
    yield from (f"r:{code}" for code in (["WORLD"] if "WORLD" in regions else regions))
    yield from (f"b:{fold(brand)}" for brand in brands if fold(brand))
    yield from (f"h:{kind}" for kind in hazard["kinds"])
