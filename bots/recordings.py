"""Recorded payloads of a source: files, packed or not, in their order and with their times."""

from __future__ import annotations

import csv
import gzip
import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bots.failure import Failure

SEQUENCE = "SEQUENCE.tsv"
TIME, FILE = "observed_at", "file"
PACKED = {".xz": lzma.decompress, ".gz": gzip.decompress}
# More than any authority sends at once, packed or unpacked.
LARGEST = 512 * 1024 * 1024
FIRST_YEAR, LAST_YEAR = 1970, 2200


@dataclass(frozen=True, slots=True)
class Recording:
    """One payload as it was received: its name without the packing, when, and its bytes."""

    name: str
    at: datetime
    path: Path

    def payload(self) -> bytes:
        """Return the bytes, unpacked; raises Failure where they cannot be read."""
        try:
            if self.path.stat().st_size > LARGEST:
                raise Failure(f"{self.path} is too large")
            content = self.path.read_bytes()
            return PACKED.get(self.path.suffix, bytes)(content)
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
            raise Failure(f"{self.path} cannot be read: {error}") from None


def recordings(place: Path, at: datetime) -> list[Recording]:
    """Return the payloads at `place`: a file, or a folder with or without a SEQUENCE.tsv.

    Without one the files come by name, all received `at`. Raises Failure where there are none.
    """
    if place.is_file():
        return [_recording(place, at)]
    if (place / SEQUENCE).is_file():
        return list(_in_sequence(place))
    if not place.is_dir():
        raise Failure(f"there is no {place}")
    shown = (path for path in sorted(place.iterdir()) if not path.name.startswith("."))
    found = [_recording(path, at) for path in shown if path.is_file()]
    if not found:
        raise Failure(f"there is no file in {place}")
    return found


def _recording(path: Path, at: datetime) -> Recording:
    name = path.stem if path.suffix in PACKED else path.name
    return Recording(name, at, path)


def _in_sequence(folder: Path) -> Iterator[Recording]:
    with (folder / SEQUENCE).open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        if not {TIME, FILE} <= set(rows.fieldnames or ()):
            raise Failure(f"{folder / SEQUENCE}: it needs the columns {TIME} and {FILE}")
        for row in rows:
            name, at = str(row[FILE]), moment(str(row[TIME]))
            paths = [folder / f"{name}{packing}" for packing in ("", *PACKED)]
            path = next((path for path in paths if path.is_file()), None)
            if path is None or path.parent != folder:
                raise Failure(f"{folder / SEQUENCE}: there is no file {name}")
            yield _recording(path, at)


def moment(text: str) -> datetime:
    """Return a time written as ISO 8601, in UTC where it names no zone; raises Failure."""
    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Failure(f"{text!r} is no time like 2025-02-03T14:14:29+00:00") from None
    if not FIRST_YEAR <= told.year <= LAST_YEAR:
        raise Failure(f"{text!r} is not a year in which a recall was received")
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
