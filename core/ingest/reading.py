"""Reading records: which are the bytes we know, and what the others say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import structlog

from core.model.recall import Notice
from core.sources.contract import RawRecord, RecordUnreadable, Source
from core.store.raw import Kept, Latest, Packed, digest_of, pack
from core.store.schema import storable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """A record that is not as it was: packed, and the notice it is or the reason it is none."""

    packed: Packed
    notice: Notice | None = None
    problem: str | None = None

    @property
    def kept(self) -> Kept:
        """Return what is kept of the record itself."""
        return Kept(self.packed, self.notice.id if self.notice else None, self.problem)


def told_apart(
    records: Iterable[RawRecord], latest: Mapping[tuple[str, str], Latest]
) -> tuple[list[Latest], list[tuple[RawRecord, str]]]:
    """Return what is known of the records that are as they were, and the others by digest."""
    known, others = [], []
    for record in records:
        digest = digest_of(record)
        last = latest.get((storable(record.key), record.format))
        if last is not None and last.digest == digest and last.settled:
            known.append(last)
        else:
            others.append((record, digest))
    return known, others


def read_all(source: Source, records: Iterable[tuple[RawRecord, str]]) -> list[Read]:
    """Read these records; takes a while, so it is done beside the event loop."""
    return [read(source, pack(record, digest), record) for record, digest in records]


def read(source: Source, packed: Packed, record: RawRecord) -> Read:
    """Return what the record says; a record that says nothing keeps its reason.

    A mistake of ours in a parser costs the one record, not the feed, and is logged whole.
    """
    try:
        return Read(packed, source.parse(record))
    except RecordUnreadable as error:
        return Read(packed, problem=str(error) or "no reason given")
    except Exception as error:
        log.exception("parser_failed", source=source.name, record=record.key)
        return Read(packed, problem=f"the parser failed: {type(error).__name__}")


def without_repeats(read_ones: Iterable[Read]) -> Iterator[list[Read]]:
    """Yield the records in order, in stretches where no notice and no record comes twice."""
    stretch: list[Read] = []
    names: set[object] = set()
    for one in read_ones:
        record = one.packed.record
        own: set[object] = {(record.key, record.format)}
        if one.notice is not None:
            own.add(one.notice.id)
        if own & names:
            yield stretch
            stretch, names = [], set()
        stretch.append(one)
        names |= own
    if stretch:
        yield stretch
