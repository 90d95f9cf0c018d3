"""Where a database is: its URL taken apart once, before any driver is imported."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from core.store.failure import StoreUnavailable

SQLITE = frozenset({"sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"})
POSTGRESQL = frozenset({"postgresql", "postgres", "postgresql+psycopg"})


@dataclass(frozen=True, slots=True)
class Location:
    """A database's place: the file of an SQLite one, or the URL of a PostgreSQL one.

    The URL may hold a password, so it is no part of what is printed.
    """

    path: Path | None
    url: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> Location:
        """Take `url` apart; a text without "://" is the path of an SQLite file.

        Raises StoreUnavailable for every URL that names neither a file nor a server.
        """
        scheme, found, rest = url.strip().partition("://")
        if not found:
            return cls(_file(scheme))
        if scheme.lower() in SQLITE:
            return cls(_file(rest.removeprefix("/")))
        if scheme.lower() in POSTGRESQL:
            return cls(None, f"postgresql+psycopg://{rest}")
        raise StoreUnavailable(
            f'the database URL begins with "{_shown(scheme)}"; it must begin with sqlite:// '
            "or postgresql://"
        )


def _file(path: str) -> Path:
    if not path or path == ":memory:":
        raise StoreUnavailable("the database URL names no file: write sqlite:///FILE")
    if "?" in path or not path.isprintable():
        raise StoreUnavailable("the database file's name has a ? or an odd character in it")
    return Path(path)


def is_file(path: Path) -> bool:
    """Say whether there is a file at `path`, as far as we may see."""
    try:
        return path.is_file()
    except OSError:
        return False


def _shown(scheme: str) -> str:
    """Return no more of a wrong URL than what can only be a scheme."""
    return scheme if len(scheme) <= 20 and scheme.replace("+", "").isalnum() else "…"  # noqa: PLR2004 - longer than any
