"""Bringing a database to the newest schema; Alembic is imported only where there is work."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from core.store.engine import PATIENCE, errors_named, sync_engine
from core.store.failure import StoreUnavailable
from core.store.keyring import KeyRing, Seal
from core.store.keys import first_ring, ring_for
from core.store.location import Location
from core.store.marking import first_seal, keep_marking, kept_seal
from core.store.seal import seal_with
from core.store.version import HEAD, HISTORY, VERSION_SQL, VERSION_TABLE, is_sealed

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"
# Any number will do, as long as every version of this program takes the same.
MIGRATION_LOCK = 7_257_001


def stored_version(connection: Connection) -> str | None:
    """Return the schema version of the database, None where it is empty.

    Raises StoreUnavailable where it is newer than this code, or an SQLite file that belongs
    to another program.
    """
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables and connection.dialect.name == "sqlite":
            raise StoreUnavailable(
                f"{connection.engine.url.database} is another program's database"
            )
        return None
    version = connection.execute(text(VERSION_SQL)).scalar()
    if version is not None and version not in HISTORY:
        raise StoreUnavailable(
            f"the database is of a newer version of this program (schema {version}, "
            f"here {HEAD}): update the program"
        )
    return version


def upgrade(
    location: Location, patience: float = PATIENCE, ring: KeyRing | None = None
) -> None:
    """Bring the database to HEAD in one transaction: wholly, or not at all.

    What is personal is sealed with `ring`, or with the key in the file beside the database.
    Raises StoreUnavailable where it cannot be used.
    """
    engine = sync_engine(location, patience)
    try:
        with errors_named(location), engine.begin() as connection:
            if location.path is None:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            # Another process may have been faster while we waited for the lock.
            version = stored_version(connection)
            if version != HEAD:
                _take_steps(connection, _seal(connection, location, version, ring))
        with errors_named(location), engine.connect() as connection:
            _shorten_log(connection)
    finally:
        engine.dispose()


def _seal(
    connection: Connection, location: Location, version: str | None, ring: KeyRing | None
) -> Seal:
    if is_sealed(version):
        return kept_seal(connection, ring or ring_for(location))
    return first_seal(ring or first_ring(location))


def _take_steps(connection: Connection, seal: Seal) -> None:
    from alembic import command  # noqa: PLC0415 - a third of a second, and rarely needed

    seal_with(connection.dialect, seal)
    command.upgrade(configuration(connection), "head")
    keep_marking(connection, seal)
    _refuse_orphans(connection)


def _shorten_log(connection: Connection) -> None:
    """Empty SQLite's write-ahead log: it may hold in plain what has just been sealed."""
    if connection.dialect.name == "sqlite":
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _refuse_orphans(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        if orphans:
            raise StoreUnavailable(f"upgrading would leave {len(orphans)} rows without owner")


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration; no file is read, so that an installed package works."""
    from alembic.config import Config  # noqa: PLC0415 - slow to import

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


def differences(url: str) -> list[str]:
    """Return how the database at `url` differs from the schema in the code; none is right."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - slow to import
    from alembic.migration import MigrationContext  # noqa: PLC0415 - slow to import

    from core.store.schema import METADATA  # noqa: PLC0415 - slow to import

    location = Location.of(url)
    engine = sync_engine(location, PATIENCE)
    try:
        with errors_named(location), engine.connect() as connection:
            context = MigrationContext.configure(connection)
            return [repr(difference) for difference in compare_metadata(context, METADATA)]
    finally:
        engine.dispose()


def check() -> list[str]:
    """Return how a database made by the migrations alone differs from the schema."""
    with tempfile.TemporaryDirectory() as folder:
        location = Location(Path(folder) / "migrated.db")
        upgrade(location)
        return differences(str(location.path))


def main(arguments: list[str]) -> str | None:
    """Check the migrations as the command line asks; return what is wrong, or None."""
    if arguments != ["check"]:
        return "usage: python -m core.store.migrate check"
    return "\n".join(check()) or None


if __name__ == "__main__":  # pragma: no cover - run in a process of its own
    sys.exit(main(sys.argv[1:]))
