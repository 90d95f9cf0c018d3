"""A folder of catalogue files: read, checked against one another, and told apart cheaply."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path

from core.catalogue.file import (
    FOLDER,
    Catalogue,
    CatalogueError,
    CatalogueFile,
    Judge,
    Problem,
)
from core.catalogue.lint import problems_between, problems_of
from core.catalogue.read import read
from core.catalogue.schema import json_schema

__all__ = ["FOLDER", "digest", "json_schema", "load", "reviewed", "reviewed_at"]


def load(folder: Path, judge: Judge) -> Catalogue:
    """Return every file of `folder`, checked; raises CatalogueError with every problem.

    Each example is judged, so that no rule enters the store that means another thing.
    """
    files: list[tuple[str, CatalogueFile]] = []
    problems: list[Problem] = []
    for path in _files(folder):
        try:
            files.append((path.name, read(path)))
        except CatalogueError as error:
            problems += error.problems
    for name, file in files:
        problems += problems_of(name, file, judge)
    if problems := [*problems, *problems_between(files)]:
        raise CatalogueError(problems)
    return Catalogue(tuple(file for _, file in files))


def _files(folder: Path) -> list[Path]:
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise CatalogueError([Problem(str(folder), None, "holds no catalogue file")])
    return paths


def digest(folder: Path) -> str:
    """Return a fingerprint of the folder's catalogue files, for "has anything changed?"."""
    fingerprint = hashlib.sha256()
    for path in sorted(folder.glob("*.json")):
        content = _content(path)
        fingerprint.update(f"{path.name} {len(content)}\n".encode())
        fingerprint.update(content)
    return fingerprint.hexdigest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # load says what is wrong with it


def reviewed(files: Iterable[CatalogueFile]) -> date:
    """Return when the oldest of the files was reviewed; raises ValueError for no files."""
    return min(file.reviewed for file in files)


def reviewed_at(files: Iterable[CatalogueFile]) -> datetime:
    """Return the start, in UTC, of the day the oldest of the files was reviewed."""
    return datetime.combine(reviewed(files), time(), UTC)
