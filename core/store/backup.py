"""Copying an SQLite database while it is in use."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from core.store.failure import StoreUnavailable, sqlite_reason
from core.store.location import Location, is_file

PATIENCE = 5.0


def backup(url: str, target: Path) -> None:
    """Write a whole copy of the database at `url` to the new file `target`.

    The copy is one file as of one moment, readable by its owner alone. Raises
    StoreUnavailable where there is nothing to copy, `target` exists, or it cannot be written.
    """
    source = Location.of(url).path
    if source is None:
        raise StoreUnavailable("a PostgreSQL database is backed up with pg_dump")
    if not is_file(source):
        raise StoreUnavailable(f"there is no database at {source}, or it may not be read")
    _claim(target)
    try:
        _copy(source, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _claim(target: Path) -> None:
    """Make the file, so that nobody's is overwritten even if it appears at the same moment."""
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise StoreUnavailable(f"{target} exists already: name a new file") from None
    except OSError as error:
        reason = error.strerror or "it is refused"
        raise StoreUnavailable(f"{target} cannot be written: {reason}") from None


def _copy(source: Path, target: Path) -> None:
    address = f"file:{quote(str(source))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        reason = sqlite_reason(error, source) or f"{source} cannot be copied to {target}"
        raise StoreUnavailable(reason) from error
