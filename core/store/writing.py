"""Writing versions of notices: the notice as it stands, its revisions, keys and events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.keys import keys_of_notice
from core.model.recall import Notice
from core.store.facets import Listed, first_moment, list_anew
from core.store.schema import NOTICE, NOTICE_KEY, REVISION
from core.store.words import words_of

INTAKE_LOCK = 7_257_002
CATALOGUE = "catalogue"


class RevisionKind(StrEnum):
    """What one version of a notice was; `CHANGED` is all that is known of the catalogue's."""

    NEW = "new"
    CHANGED = "changed"
    EXPANDED = "expanded"
    CORRECTED = "corrected"
    REMEDY_CHANGED = "remedy_changed"
    CLOSED = "closed"
    REOPENED = "reopened"
    RETRACTED = "retracted"


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
    await _update(connection, old)
    written = [*old, *await _insert(connection, source, new, now)]
    await _revise(connection, [v for v in written if v.kind is not None], now)
    await list_anew(connection, source, [_listed(v) for v in written], now)
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


def _listed(version: Version) -> Listed:
    news = version.kind is not None and not version.quiet
    return Listed(version.number, version.notice, version.before, news, version.exercise)


def columns(notice: Notice, *, exercise: bool = False) -> dict[str, object]:
    """Return what is written of a notice; an exercise has no words to be searched by."""
    return {
        "published": notice.published.isoformat() if notice.published else "",
        "state": notice.state.value,
        "brand": notice.brands[0],
        "product": notice.product,
        "words": "" if exercise else words_of(notice),
        "body": notice.model_dump_json(),
        "exercise": exercise,
    }


async def _insert(
    connection: AsyncConnection, source: str, versions: Sequence[Version], now: datetime
) -> list[Version]:
    if not versions:
        return []
    rows = await connection.execute(
        insert(NOTICE).returning(NOTICE.c.id, NOTICE.c.pk),
        [
            {"id": v.notice.id, "source": source, "first_seen": now}
            | {"updated_at": first_moment(v.notice, now, news=_is_news(source, v))}
            | columns(v.notice, exercise=v.exercise)
            for v in versions
        ],
    )
    numbers = {row.id: row.pk for row in rows}
    return [replace(version, pk=numbers[version.notice.id]) for version in versions]


async def _update(connection: AsyncConnection, versions: Sequence[Version]) -> None:
    if versions:
        statement = update(NOTICE).where(NOTICE.c.pk == bindparam("which"))
        rows = [{"which": v.pk} | columns(v.notice, exercise=v.exercise) for v in versions]
        await connection.execute(statement, rows)


async def _revise(
    connection: AsyncConnection, versions: Sequence[Version], now: datetime
) -> None:
    if not versions:
        return
    old = [version.pk for version in versions if version.before is not None]
    last = select(REVISION.c.notice, func.max(REVISION.c.number).label("last"))
    rows = await connection.execute(
        last.where(REVISION.c.notice.in_(old)).group_by(REVISION.c.notice)
    )
    numbers = {row.notice: row.last for row in rows}
    await connection.execute(
        insert(REVISION),
        [
            {
                "notice": version.number,
                "number": numbers.get(version.number, 0) + 1,
                "kind": version.kind.value if version.kind else "",
                "body": version.notice.model_dump_json(),
                "seen_at": now,
                "meaning": version.meaning,
                "quiet": version.quiet,
            }
            for version in versions
        ],
    )


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
    come: list[dict[str, object]] = []
    for pk, (before, after) in changes.items():
        gone += [{"which": k, "on": d, "of": pk} for k, d in before - after]
        come += [{"key": k, "day": d, "notice": pk} for k, d in after - before]
    if gone:
        statement = delete(NOTICE_KEY).where(
            NOTICE_KEY.c.key == bindparam("which"),
            NOTICE_KEY.c.day == bindparam("on"),
            NOTICE_KEY.c.notice == bindparam("of"),
        )
        await connection.execute(statement, gone)
    if come:
        await connection.execute(insert(NOTICE_KEY), come)
