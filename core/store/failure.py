"""What a database can refuse us, told in one sentence that an operator can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

# Extended codes carry their family in the low byte (https://sqlite.org/rescode.html).
_FAMILY = 0xFF

_SQLITE: Mapping[int, str] = MappingProxyType(
    {
        sqlite3.SQLITE_BUSY: "the database {path} is locked by another program",
        sqlite3.SQLITE_LOCKED: "the database {path} is locked by another program",
        sqlite3.SQLITE_READONLY: "the database {path} cannot be written: it is read-only",
        sqlite3.SQLITE_PERM: "the database {path} cannot be opened: no permission",
        sqlite3.SQLITE_CANTOPEN: "the database {path} cannot be opened or created",
        sqlite3.SQLITE_NOTADB: "{path} is not an SQLite database",
        sqlite3.SQLITE_CORRUPT: "the database {path} is damaged: restore it from a backup",
        sqlite3.SQLITE_FULL: "the disk that holds the database {path} is full",
        sqlite3.SQLITE_IOERR: "the disk that holds the database {path} failed",
    }
)


class StoreUnavailable(Exception):  # noqa: N818 - it is shown to operators, not to programmers
    """The store cannot be used as asked; `reason` is one sentence without any secret in it."""

    def __init__(self, reason: str) -> None:
        """Keep the sentence."""
        super().__init__(reason)
        self.reason = reason


def sqlite_reason(error: BaseException | None, path: Path) -> str | None:
    """Return the sentence for an error of SQLite's on the file at `path`.

    None where nothing outside is to blame, but a statement of ours.
    """
    sentence = _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & _FAMILY)
    return sentence.format(path=path) if sentence else None
