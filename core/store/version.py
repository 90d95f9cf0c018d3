"""Which schema this code speaks; a test holds it against the migrations."""

from __future__ import annotations

HISTORY = ("0001_first", "0002_feeds", "0003_facets", "0004_chats")
HEAD = HISTORY[-1]
VERSION_TABLE = "alembic_version"
VERSION_SQL = "SELECT version_num FROM alembic_version"
