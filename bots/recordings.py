"""Recorded payloads of a source: files, packed or not, in their order and with their times."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from gzip import GzipFile
from io import BufferedIOBase
from lzma import LZMAError, LZMAFile
from pathlib import Path
from types import MappingProxyType

from bots.failure import Failure

SEQUENCE = "SEQUENCE.tsv"
TIME, FILE = "observed_at", "file"
PACKED: Mapping[str, Callable[[Path], BufferedIOBase]] = MappingProxyType(
    {".xz": LZMAFile, ".gz": GzipFile}
)
# More than any authority sends at once, packed or unpacked.
LARGEST = 512 * 1024 * 1024
FIRST_YEAR, LAST_YEAR = 1970, 2200


@dataclass(frozen=True, slots=True)
class Recording:
    """One payload as it was received: its name without the packing, when, and its bytes."""

    name: str
    at: datetime
    path: Path

    @property
    def kind(self) -> str:
        """Return the ending of its name, which says what kind of file it is."""
        return Path(self.name).suffix.lower()

    def payload(self) -> bytes:
        """Return the bytes, unpacked; raises Failure where they cannot be read."""
        try:
            with PACKED.get(self.path.suffix, _plain)(self.path) as file:
                content = file.read(LARGEST + 1)
        except (OSError, EOFError, LZMAError, zlib.error) as error:
            raise Failure(f"{self.path} cannot be read: {_reason(error)}") from None
        if len(content) > LARGEST:
            raise Failure(f"{self.path} is too large")
        return content


def _plain(path: Path) -> BufferedIOBase:
    return path.open("rb")


def _reason(error: Exception) -> str:
    told = error.strerror if isinstance(error, OSError) else None
    return told or str(error)


def recordings(place: Path, at: datetime) -> list[Recording]:
    """Return the payloads at `place`: a file, or a folder with or without a SEQUENCE.tsv.

    Without one the files come by name, all received `at`; a folder that holds but one other
    stands for that one. Raises Failure where there are none.
    """
    if place.is_file():
        return [_recording(place, at)]
    if (place / SEQUENCE).is_file():
        return list(_in_sequence(place))
    if not place.is_dir():
        raise Failure(f"{place} is no file" if place.exists() else f"there is no {place}")
    shown = [path for path in sorted(place.iterdir()) if not path.name.startswith(".")]
    found = [_recording(path, at) for path in shown if path.is_file()]
    if len(shown) == 1 and not found:
        return recordings(shown[0], at)
    if not found:
        raise Failure(f"there is no file in {place}")
    return found


def _recording(path: Path, at: datetime) -> Recording:
    name = path.stem if path.suffix in PACKED else path.name
    return Recording(name, at, path)


def _in_sequence(folder: Path) -> Iterator[Recording]:
    for row in _rows(folder / SEQUENCE):
        name = str(row[FILE])
        paths = [folder / f"{name}{packing}" for packing in ("", *PACKED)]
        path = next((path for path in paths if path.is_file()), None)
        if path is None or path.parent != folder:
            raise Failure(f"{folder / SEQUENCE}: there is no file {name}")
        try:
            yield _recording(path, moment(str(row[TIME])))
        except Failure as error:
            raise Failure(f"{folder / SEQUENCE}: {error}") from None


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines, delimiter="\t")
            columns = set(rows.fieldnames or ())
            found = list(rows)
    except (OSError, ValueError, csv.Error):
        raise Failure(f"{file} is no table of UTF-8 text") from None
    if not {TIME, FILE} <= columns:
        raise Failure(f"{file}: it needs the columns {TIME} and {FILE}")
    return found


def moment(text: str) -> datetime:
    """Return a time written as ISO 8601, in UTC where it names no zone; raises Failure."""
    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Failure(f"{text!r} is no time like 2025-02-03T14:14:29+00:00") from None
    if not FIRST_YEAR <= told.year <= LAST_YEAR:
        raise Failure(f"{text!r} is not a year in which a recall was received")
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
