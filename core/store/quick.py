"""Looking up in an SQLite file at once, with the standard library alone: starts in no time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from core.model.keys import Probe
from core.model.lexicon import Lexicon
from core.model.recall import Notice
from core.store.failure import StoreUnavailable, sqlite_reason
from core.store.location import Location, is_file
from core.store.lookup import (
    CHAT_SQL,
    LEXICON,
    META_SQL,
    SOURCES_SQL,
    Found,
    Statement,
    asking,
    chosen,
    finding,
    newest_first,
)
from core.store.version import HEAD, VERSION_SQL

if TYPE_CHECKING:
    from core.store.keyring import Seal

PATIENCE = 5.0
# The kind of mark by which a chat is found, as in the schema.
PLACE = "place"


class QuickDatabase:
    """An SQLite database at the newest schema, for reading only; made by `open`.

    Every look-up answers as its namesake in `notices`, and `chat` as `chats.state`; all raise
    StoreUnavailable.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, secrets: Sequence[str] = ()
    ) -> None:
        """Read over this connection to the file at `path`."""
        self._connection = connection
        self._path = path
        self._secrets = secrets
        self._seal: Seal | None = None

    @classmethod
    def open(cls, url: str, secrets: Sequence[str] = ()) -> QuickDatabase | None:
        """Open the file that `url` names; None unless it is there, whole, and at HEAD.

        Only `chat` needs keys: they are made of the `secrets`, or else of those in the key
        file. Raises StoreUnavailable where the URL itself is wrong.
        """
        path = Location.of(url).path
        if path is None or not is_file(path):
            return None
        # A file in a folder that cannot be written has no room for WAL's companions; it is read
        # as something that does not change.
        try:
            return _at_head(_connected(path, "mode=ro"), path, secrets)
        except sqlite3.Error as error:
            if not _lies_still(error, path):
                return None
        with suppress(sqlite3.Error):
            return _at_head(_connected(path, "mode=ro&immutable=1"), path, secrets)
        return None

    def candidates(self, probe: Probe, limit: int) -> tuple[Notice, ...]:
        """Return at most `limit` notices that may concern a unit, the last published first."""
        with self._named_errors():
            return newest_first(chosen(self._rows(finding(probe, limit)), limit))

    def lexicon(self) -> Lexicon:
        """Return the names we know, an empty lexicon where none was put."""
        with self._named_errors():
            row = self._connection.execute(META_SQL, {"name": LEXICON}).fetchone()
        return Lexicon() if row is None else Lexicon.model_validate_json(row[0])

    def chat(self, channel: str, chat: str) -> tuple[str | None, bool]:
        """Return the conversation kept of the chat, and whether it was left."""
        seal = self._seal = self._seal or self._found_seal()
        places = {name: seal.mark(PLACE, text) for name, text in asking(channel, chat).items()}
        with self._named_errors():
            row = self._connection.execute(CHAT_SQL, places).fetchone()
        return (None if row[0] is None else seal.read(row[0])), bool(row[1])

    def source_ages(self) -> list[tuple[str, datetime, str | None]]:
        """Return every source, how fresh it is (UTC), and its version, by name."""
        with self._named_errors():
            rows = self._connection.execute(SOURCES_SQL).fetchall()
        return [
            (name, datetime.fromisoformat(as_of).replace(tzinfo=UTC), digest)
            for name, as_of, digest in rows
        ]

    def _found_seal(self) -> Seal:
        # Loading what unseals takes longer than most look-ups, which need none of it.
        from core.store.keys import MARKING, seal_for  # noqa: PLC0415

        with self._named_errors():
            row = self._connection.execute(META_SQL, {"name": MARKING}).fetchone()
        return seal_for(Location(self._path), self._secrets, None if row is None else row[0])

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._connection.close()

    def _rows(self, statements: Iterable[Statement]) -> Iterator[Found]:
        for statement in statements:
            yield from self._connection.execute(statement.sql, statement.values)

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            reason = sqlite_reason(error, self._path)
            if reason is None:
                raise
            raise StoreUnavailable(reason) from error


def _connected(path: Path, way: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path))}?{way}"
    return sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)


def _at_head(
    connection: sqlite3.Connection, path: Path, secrets: Sequence[str]
) -> QuickDatabase | None:
    try:
        version = connection.execute(VERSION_SQL).fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    if version == [(HEAD,)]:
        return QuickDatabase(connection, path, secrets)
    connection.close()
    return None


def _lies_still(error: sqlite3.Error, path: Path) -> bool:
    """Say whether only WAL's companions had no room, and nobody can be writing either."""
    no_room = error.sqlite_errorcode & 0xFF in {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
    return no_room and not path.with_name(f"{path.name}-wal").exists()
