"""Where the command line finds its database, and how it asks it the quick way or the whole."""

from __future__ import annotations

from dataclasses import dataclass

from bots.failure import Failure
from core.settings import Settings, SettingsError, database_url


@dataclass(frozen=True, slots=True)
class Place:
    """The database named on the command line, if any."""

    named: str | None = None

    def settings(self) -> Settings:
        """Return the settings with that database; raises Failure where one is wrong."""
        try:
            settings = Settings.load()
            if self.named is None:
                return settings
            return settings.model_copy(update={"database_url": database_url(self.named)})
        except SettingsError as error:
            raise Failure(str(error)) from None
