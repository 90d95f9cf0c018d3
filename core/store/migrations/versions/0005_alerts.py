"""Alerts: who is told what, everything personal sealed, and products kept once."""

from __future__ import annotations

from core.store.migrations.step_0005 import moving, tables

revision = "0005_alerts"
down_revision = "0004_chats"


def upgrade() -> None:
    """Go one step forward; there is no way back but a backup."""
    moving.set_aside()
    tables.make_people()
    tables.make_chats()
    tables.make_things()
    tables.make_alerts()
    moving.move()
    moving.drop_old()
