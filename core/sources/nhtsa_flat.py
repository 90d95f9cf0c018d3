"""NHTSA's flat file: its rows out of the ZIP or as plain text, together by campaign."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import BinaryIO

from core.sources.contract import SourceUnavailable
from core.sources.reading import MEGABYTE

ZIP = b"PK"
# 305 MB in May 2026.
LARGEST_INSIDE = 1000 * MEGABYTE
# The documented record is 17,108 characters at most.
LONGEST_ROW = 1 << 17
FEWEST_TABS = 20
_PLAIN = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What zipfile raises for a file that is none, is cut short, damaged or encrypted.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


def campaigns(payload: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each campaign's number and its rows, as soon as the last of them was read.

    The running number in the first column is given anew with every build of the file, and the
    same row may stand there twice: so the column is left empty, and the rows are sorted, each
    once. What was not edited is then the same byte by byte. Raises SourceUnavailable.
    """
    awaited = Counter(_number(row) for row in _rows(payload))
    if not awaited:
        raise SourceUnavailable("no campaign at all, where there are thousands")
    begun: dict[str, set[bytes]] = {}
    for row in _rows(payload):
        number = _number(row)
        begun.setdefault(number, set()).add(_without_running_number(row))
        awaited[number] -= 1
        if not awaited[number]:
            yield number, b"\n".join(sorted(begun.pop(number))) + b"\n"


def _rows(payload: bytes) -> Iterator[bytes]:
    """Yield the rows that are not blank; the file is unpacked as it is read."""
    with _inside(payload) as file:
        first = True
        while row := file.readline(LONGEST_ROW):
            if not (bare := row.rstrip(b"\r\n")):
                continue
            if first and bare.count(b"\t") < FEWEST_TABS:
                raise SourceUnavailable("the file is no table of recalls")
            first = False
            yield bare


@contextmanager
def _inside(payload: bytes) -> Iterator[BinaryIO]:
    if not payload.startswith(ZIP):
        yield io.BytesIO(payload)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as packed:
            tables = [one for one in packed.infolist() if one.filename.lower().endswith(".txt")]
            if len(tables) != 1:
                raise SourceUnavailable("the ZIP holds no table, or several")
            if tables[0].file_size > LARGEST_INSIDE or tables[0].compress_type not in _PLAIN:
                raise SourceUnavailable("the ZIP unpacks to more than a table of recalls")
            with packed.open(tables[0]) as file:
                yield file  # type: ignore[misc]  # typeshed calls it IO[bytes]
    except _BROKEN:
        raise SourceUnavailable("the ZIP is broken") from None


def _number(row: bytes) -> str:
    """Return the campaign's number, or a name for a row without one."""
    cells = row.split(b"\t", 2)
    number = cells[1].strip().decode("ascii", "ignore") if len(cells) > 1 else ""
    return number or f"unnumbered-{blake2b(row, digest_size=8).hexdigest()}"


def _without_running_number(row: bytes) -> bytes:
    _, tab, rest = row.partition(b"\t")
    return tab + rest if tab else row
