"""Where the drafts that the operator has reviewed are kept."""

from __future__ import annotations

from pathlib import Path

from bots.failure import Failure
from core.settings import Settings
from core.store.failure import StoreUnavailable
from core.store.location import Location

NAME = "catalogue"


def folder_of(settings: Settings) -> Path:
    """Return the folder of reviewed drafts; raises Failure where the database has no place."""
    if settings.local_catalogue is not None:
        return settings.local_catalogue
    try:
        path = Location.of(settings.database_url).path
    except StoreUnavailable as error:
        raise Failure(str(error)) from None
    return path.parent / NAME if path else Path(NAME)
