"""Taking in a stretch of records: within one transaction, each becomes a version or stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.ingest.linking import is_exercise, says_expansion
from core.ingest.reading import Read
from core.ingest.report import SEEDED, UNREADABLE
from core.ingest.revise import Change, Outcome, Returning, Stored, revise
from core.model.recall import Notice
from core.model.revision import RevisionKind
from core.sources.contract import LATE, THIN
from core.store import feed
from core.store.feed import Held
from core.store.raw import keep_raw
from core.store.writing import Version, one_at_a_time


@dataclass(frozen=True, slots=True)
class Intake:
    """One reading of a source while it goes on: whose, as of when, and what has come of it.

    While `seeding`, and where `quiet`, nothing is announced. A notice we never held that is
    older than `oldest_news` is kept without being announced either: it is no news, whatever
    stamp the authority put on it.
    """

    source: str
    at: datetime
    seeding: bool
    quiet: bool = False
    oldest_news: date | None = None
    counts: Counter[str] = field(default_factory=Counter)
    expansions: set[str] = field(default_factory=set)


async def take_in(connection: AsyncConnection, intake: Intake, records: Sequence[Read]) -> None:
    """Keep these records and what they change; no record and no notice may come twice."""
    await one_at_a_time(connection)
    notices = [one.notice for one in records if one.notice is not None]
    known = await feed.held(connection, [notice.id for notice in notices])
    strangers = {name for name, held in known.items() if held.source != intake.source}
    records = [_refused(one) if _is_of(one, strangers) else one for one in records]
    await keep_raw(connection, intake.source, [one.kept for one in records], intake.at)
    versions = []
    for one in records:
        if one.notice is None:
            intake.counts[UNREADABLE] += 1
            continue
        held = known.get(one.notice.id)
        if held is not None and _is_in(one, THIN):
            intake.counts[Change.SAME.value] += 1
            continue
        outcome = revise(_stored(held), one.notice, intake.at)
        await _note(connection, held, outcome)
        stale = held is None and (_old(intake, one.notice) or _is_in(one, LATE))
        version = _version(intake, held, one.notice, outcome, stale=stale)
        if version is not None:
            versions.append(version)
    await feed.keep(connection, intake.source, versions, intake.at)
    if intake.expansions or any(version.kind for version in versions):
        await feed.note_unsettled(connection, intake.source, intake.expansions)


def _is_in(one: Read, formats: frozenset[tuple[str, str]]) -> bool:
    record = one.packed.record
    return (record.source, record.format) in formats


def _is_of(one: Read, names: set[str]) -> bool:
    return one.notice is not None and one.notice.id in names


def _refused(one: Read) -> Read:
    return replace(one, notice=None, problem="another source has a notice of the same id")


def _stored(held: Held | None) -> Stored | None:
    if held is None:
        return None
    returning = None
    if held.back_to is not None and held.back_since is not None:
        returning = Returning(held.back_to, held.back_since)
    return Stored(held.notice, held.meanings, returning)


async def _note(connection: AsyncConnection, held: Held | None, outcome: Outcome) -> None:
    """Remember what is coming back, and that it no longer is."""
    back = outcome.returning
    if held is not None and (held.back_to is not None or back is not None):
        since = back.since if back else None
        await feed.note_return(connection, held.pk, back.meaning if back else None, since)


def _version(
    intake: Intake, held: Held | None, incoming: Notice, outcome: Outcome, *, stale: bool
) -> Version | None:
    """Return what is to be written, None where all stays as it is; count it."""
    exercise = is_exercise(incoming)
    seeded = held is None and (intake.seeding or stale)
    intake.counts[SEEDED if seeded else outcome.change.value] += 1
    if not outcome.stands:
        return None
    if says_expansion(incoming):
        intake.expansions.add(incoming.id)
    same = outcome.change is Change.SAME
    notice = _with_links(incoming, held)
    if held is not None and same and _unchanged(held.notice, notice):
        return None
    return Version(
        notice=notice,
        kind=None if same else RevisionKind(outcome.change.value),
        pk=held.pk if held else None,
        before=held.notice if held else None,
        meaning=outcome.meaning,
        quiet=intake.seeding or intake.quiet or seeded or exercise,
        hidden=exercise or (held is not None and held.reviewed),
        was_hidden=held is not None and (held.exercise or held.reviewed),
        exercise=exercise,
    )


def _old(intake: Intake, notice: Notice) -> bool:
    if intake.quiet:
        return True
    return (
        intake.oldest_news is not None
        and notice.published is not None
        and notice.published < intake.oldest_news
    )


def _with_links(incoming: Notice, held: Held | None) -> Notice:
    """Return the notice with the expansion that we found of it earlier."""
    if held is None or incoming.expands or not held.notice.expands:
        return incoming
    return incoming.model_copy(update={"expands": held.notice.expands})


def _unchanged(held: Notice, notice: Notice) -> bool:
    """Say whether both are alike but for the day on which we saw them."""
    if held == notice:
        return True
    seen = {source.id: source.seen for source in held.sources}
    sources = tuple(
        source.model_copy(update={"seen": seen.get(source.id, source.seen)})
        for source in notice.sources
    )
    return held == notice.model_copy(update={"sources": sources})
