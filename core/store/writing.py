"""Writing versions of notices: the notice as it stands, its revisions, keys and events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.keys import keys_of_notice
from core.model.recall import Notice
from core.model.revision import RevisionKind
from core.store.facets import Listed, first_moment, list_anew
from core.store.rows import Into, put_rows
from core.store.schema import NOTICE, NOTICE_KEY, REVISION
from core.store.words import words_of

INTAKE_LOCK = 7_257_002
CATALOGUE = "catalogue"
_NOTICES = Into(
    NOTICE,
    (
        *("id", "source", "first_seen", "updated_at"),
        *("published", "state", "brand", "product", "words", "body", "exercise"),
    ),
    " RETURNING id, pk",
)
_REVISIONS = Into(REVISION, ("notice", "number", "kind", "body", "seen_at", "meaning", "quiet"))
_KEYS = Into(NOTICE_KEY, ("key", "day", "notice"))


@dataclass(frozen=True, slots=True)
class Version:
    """A notice as it is to stand from now on.

    `pk` and `before` are its number in the database and what stood there, None for a new one;
    `kind` None means that it is no revision, only another wording. A `quiet` revision is
    announced to nobody; a `hidden` notice is under no key, an `exercise` in no list either, and
    `was_hidden` says that there are no keys of it now.
    """

    notice: Notice
    kind: RevisionKind | None
    pk: int | None = None
    before: Notice | None = None
    meaning: str | None = None
    quiet: bool = False
    hidden: bool = False
    was_hidden: bool = False
    exercise: bool = False

    @property
    def number(self) -> int:
        """Return its number in the database; it has one as soon as it is written."""
        if self.pk is None:
            raise ValueError(f"{self.notice.id} is not in the database yet")
        return self.pk


async def one_at_a_time(connection: AsyncConnection) -> None:
    """Let no other process put notices meanwhile; on SQLite the transaction sees to it."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({INTAKE_LOCK})"))


async def write(
    connection: AsyncConnection, source: str, versions: Iterable[Version], now: datetime
) -> list[Version]:
    """Write these versions of the source's notices, no notice twice; return them numbered."""
    every = list(versions)
    old = [version for version in every if version.pk is not None]
    new = [version for version in every if version.pk is None]
    # A body is written twice, as the notice and as its revision, and made once.
    bodies = {version.notice.id: version.notice.model_dump_json() for version in every}
    await _update(connection, old, bodies)
    written = [*old, *await _insert(connection, source, new, bodies, now)]
    await _revise(connection, [v for v in written if v.kind is not None], bodies, now)
    await list_anew(connection, source, [_listed(source, v, now) for v in written], now)
    await reindex(
        connection,
        {
            v.number: (_index(v.before, v.was_hidden), _index(v.notice, v.hidden))
            for v in written
        },
    )
    return written


def _is_news(source: str, version: Version) -> bool:
    # The shipped catalogue is old when it comes, and not marked as quiet.
    return source != CATALOGUE and not version.quiet


def _listed(source: str, version: Version, now: datetime) -> Listed:
    news = version.kind is not None and not version.quiet
    stands = None
    if version.before is None and version.kind is not None:
        stands = first_moment(version.notice, now, news=_is_news(source, version))
    return Listed(
        version.number, version.notice, version.before, news, version.exercise, stands
    )


def _columns(version: Version, body: str) -> dict[str, object]:
    """Return what is written of a notice; an exercise has no words to be searched by."""
    notice = version.notice
    return {
        "published": notice.published.isoformat() if notice.published else "",
        "state": notice.state.value,
        "brand": notice.brands[0],
        "product": notice.product,
        "words": "" if version.exercise else words_of(notice),
        "body": body,
        "exercise": version.exercise,
    }


async def _insert(
    connection: AsyncConnection,
    source: str,
    versions: Sequence[Version],
    bodies: Mapping[str, str],
    now: datetime,
) -> list[Version]:
    rows = [
        (
            *(v.notice.id, source, now),
            first_moment(v.notice, now, news=_is_news(source, v)),
            *_columns(v, bodies[v.notice.id]).values(),
        )
        for v in versions
    ]
    numbers = {row.id: row.pk for row in await put_rows(connection, _NOTICES, rows)}
    return [replace(version, pk=numbers[version.notice.id]) for version in versions]


async def _update(
    connection: AsyncConnection, versions: Sequence[Version], bodies: Mapping[str, str]
) -> None:
    if versions:
        statement = update(NOTICE).where(NOTICE.c.pk == bindparam("which"))
        rows = [{"which": v.pk} | _columns(v, bodies[v.notice.id]) for v in versions]
        await connection.execute(statement, rows)


async def _revise(
    connection: AsyncConnection,
    versions: Sequence[Version],
    bodies: Mapping[str, str],
    now: datetime,
) -> None:
    numbers = await _last_numbers(connection, [v.number for v in versions if v.before])
    rows = [
        (
            *(v.number, numbers.get(v.number, 0) + 1, v.kind.value if v.kind else ""),
            *(bodies[v.notice.id], now, v.meaning, v.quiet),
        )
        for v in versions
    ]
    await put_rows(connection, _REVISIONS, rows)


async def _last_numbers(connection: AsyncConnection, pks: Sequence[int]) -> dict[int, int]:
    """Return the number of each notice's last revision."""
    if not pks:
        return {}
    last = select(REVISION.c.notice, func.max(REVISION.c.number).label("last"))
    rows = await connection.execute(
        last.where(REVISION.c.notice.in_(pks)).group_by(REVISION.c.notice)
    )
    return {row.notice: row.last for row in rows}


Keys = set[tuple[str, int]]


def _index(notice: Notice | None, hidden: bool) -> Keys:  # noqa: FBT001 - one of two
    return set() if notice is None or hidden else index_of(notice)


def index_of(notice: Notice) -> Keys:
    """Return the keys under which a notice is found, each with the day of publication."""
    day = notice.published.toordinal() if notice.published else 0
    return {(key, day) for key in keys_of_notice(notice)}


async def reindex(
    connection: AsyncConnection, changes: Mapping[int, tuple[Keys, Keys]]
) -> None:
    """Replace each notice's keys: those it had, and those it is to have."""
    gone: list[dict[str, object]] = []
    come: list[tuple[str, int, int]] = []
    for pk, (before, after) in changes.items():
        gone += [{"which": k, "on": d, "of": pk} for k, d in before - after]
        come += [(key, day, pk) for key, day in after - before]
    if gone:
        statement = delete(NOTICE_KEY).where(
            NOTICE_KEY.c.key == bindparam("which"),
            NOTICE_KEY.c.day == bindparam("on"),
            NOTICE_KEY.c.notice == bindparam("of"),
        )
        await connection.execute(statement, gone)
    # In the order of the index, so that neighbours go into one page one after another.
    await put_rows(connection, _KEYS, sorted(come))
