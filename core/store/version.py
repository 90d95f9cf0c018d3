"""Which schema this code speaks; a test holds it against the migrations."""

from __future__ import annotations

HISTORY = (
    "0001_first",
    "0002_feeds",
    "0003_facets",
    "0004_chats",
    "0005_alerts",
    "0006_publishing",
)
HEAD = HISTORY[-1]
# The first one in which what is personal is sealed.
SEALED_SINCE = "0005_alerts"
VERSION_TABLE = "alembic_version"
VERSION_SQL = "SELECT version_num FROM alembic_version"


def is_sealed(version: str | None) -> bool:
    """Say whether a database at this version is sealed, so that its own keys are needed."""
    return version is not None and HISTORY.index(version) >= HISTORY.index(SEALED_SINCE)
