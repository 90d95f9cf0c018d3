"""How records lie in an authority's page, and every way in which one may be wrong."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Protocol

LONG = "x" * 20_000
WORDY = "model A1263, lot 12-B through 99, " * 60
# What may stand where something else was expected: always these, and some of those in turn.
JSON_KINDS: tuple[Any, ...] = (None, 7, LONG, [], {})
JSON_ODDITIES: tuple[Any, ...] = (
    *(-1.5, 10**400, True, "", WORDY, "\0", "\ud800", "2099-99-99"),
    *([None], [7], [[]], [{}], ["text"], {"a": 1}, [{"Name": 7}]),
)
TEXT_KINDS = (b"", b"7", LONG.encode())
TEXT_ODDITIES = (
    *(b"-1", b"[]", b"{}", b"null", b"\0", b"\xff\xfe", b"&#0;", b"<b>", b"]]>"),
    *(b"2099-99-99", WORDY.encode()),
)
AT_A_TIME = 3
NO_RECORDS = (b"", b"\0", b"\xff\xfe", b"null", b"7", b"{}", b"[]", b"[" * 100_000, b"<", b"a")
Mutants = Callable[[bytes], Iterator[bytes]]


class Shape(Protocol):
    """Where the records of a page are; `broken` are what no record looks like."""

    @property
    def broken(self) -> Sequence[bytes]:
        """Return what may stand in a record's place without the page being any worse."""
        ...

    def records(self, page: bytes) -> list[bytes]:
        """Return the records as they stand in the page."""
        ...

    def page(self, like: bytes, records: Sequence[bytes]) -> bytes:
        """Return a page like that one with these records instead."""
        ...


@dataclass(frozen=True, slots=True)
class JsonList:
    """A list in JSON: the page itself, or what stands at `path` in it."""

    path: tuple[str, ...] = ()
    broken: tuple[bytes, ...] = (b"{}", b"null", b"7", b'"text"', b"[]")

    def records(self, page: bytes) -> list[bytes]:
        """Return every element as JSON."""
        found: Any = json.loads(page)
        for step in self.path:
            found = found[step]
        return [json.dumps(record).encode() for record in found]

    def page(self, like: bytes, records: Sequence[bytes]) -> bytes:
        """Return the JSON with these elements."""
        new: Any = [json.loads(record) for record in records]
        if not self.path:
            return json.dumps(new).encode()
        whole = json.loads(like)
        place = whole
        for step in self.path[:-1]:
            place = place[step]
        place[self.path[-1]] = new
        return json.dumps(whole).encode()


@dataclass(frozen=True, slots=True)
class Pieces:
    """Records as pieces of text, one after the other, each of which matches `pattern`."""

    pattern: bytes
    broken: tuple[bytes, ...]

    def records(self, page: bytes) -> list[bytes]:
        """Return every piece."""
        return [found.group() for found in re.finditer(self.pattern, page, re.DOTALL)]

    def page(self, like: bytes, records: Sequence[bytes]) -> bytes:
        """Return what stands before the first and after the last, and these in between."""
        found = list(re.finditer(self.pattern, like, re.DOTALL))
        return like[: found[0].start()] + b"".join(records) + like[found[-1].end() :]


ITEMS = Pieces(
    rb"<item\b.*?</item>", broken=(b"<item></item>", b"<item><title>7</title></item>")
)
LINES = Pieces(rb"[^\n]+\n", broken=(b"7\n", b"\t\t\n"))


def json_mutants(record: bytes) -> Iterator[bytes]:
    """Yield the record with each value, however deep, replaced by what it cannot be."""
    whole = json.loads(record)
    turns = cycle(JSON_ODDITIES)
    for path in _paths(whole):
        for value in (*JSON_KINDS, *islice(turns, AT_A_TIME)):
            yield json.dumps(_with(whole, path, value)).encode()
        yield json.dumps(_without(whole, path)).encode()


def text_mutants(pattern: bytes) -> Mutants:
    """Return what yields a record with each piece that matches replaced by odd texts."""

    def mutants(record: bytes) -> Iterator[bytes]:
        turns = cycle(TEXT_ODDITIES)
        for found in re.finditer(pattern, record):
            for text in (*TEXT_KINDS, *islice(turns, AT_A_TIME)):
                yield record[: found.start()] + text + record[found.end() :]

    return mutants


# Text between tags and in attributes; cells; lines.
xml_mutants = text_mutants(rb'(?<=>)[^<>]+(?=<)|(?<==")[^"]+(?=")|<[^>]+>')
cell_mutants = text_mutants(rb"[^\t\n]+")
line_mutants = text_mutants(rb"[^\n]+")


def with_years(page: bytes, year: int) -> bytes:
    """Return the page as if everything in it had happened in that year."""
    return re.sub(
        rb"(?<!\d)(?:19|20)\d\d(?=\D|(?:0\d|1[0-2])[0-3]\d(?!\d))", b"%d" % year, page
    )


def _paths(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    steps: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        steps = iter(value.items())
    elif isinstance(value, list):
        # The first element stands for its brothers.
        steps = iter(enumerate(value[:1]))
    for step, inner in steps:
        yield (*before, step)
        yield from _paths(inner, (*before, step))


def _with(whole: Any, path: Sequence[str | int], value: Any) -> Any:
    changed = copy.deepcopy(whole)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _without(whole: Any, path: Sequence[str | int]) -> Any:
    changed = copy.deepcopy(whole)
    del _at(changed, path[:-1])[path[-1]]
    return changed


def _at(place: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        place = place[step]
    return place
