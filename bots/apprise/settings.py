"""What the Apprise channel is told from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import load

# A comma may stand in a URL; one that a name follows stands between two targets.
_BETWEEN = re.compile(r"[\r\n]+|,(?=\s*[\w.-]+\s*=\s*[a-z][a-z0-9+.-]*://)", re.IGNORECASE)
_TARGET = re.compile(r"(?P<name>[\w.-]+)\s*=\s*(?P<url>[a-z][a-z0-9+.-]*://\S+)", re.IGNORECASE)


def targets_in(text: str) -> Mapping[str, str]:
    """Return the URLs in "name=url" by their names, with commas or line ends between them.

    Raises ValueError, which quotes nothing.
    """
    entries = [one.strip().rstrip(",") for one in _BETWEEN.split(text) if one.strip(" ,")]
    read = [_TARGET.fullmatch(entry) for entry in entries]
    found = {one["name"].lower(): one["url"] for one in read if one}
    if None in read:
        raise ValueError("each target is written name=url, with line ends between them")
    if len(found) < len(read):
        raise ValueError("a target is named twice")
    return found


def _readable(targets: SecretStr) -> SecretStr:
    targets_in(targets.get_secret_value())
    return targets


class AppriseSettings(BaseSettings):
    """Where to write; without a target there is no Apprise channel."""

    model_config = SettingsConfigDict(
        env_prefix="RECALLBOT_APPRISE_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    targets: Annotated[SecretStr, AfterValidator(_readable)] | None = None

    @property
    def urls(self) -> Mapping[str, str]:
        """Return the URLs by the names of their targets."""
        return targets_in(self.targets.get_secret_value()) if self.targets else {}

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raises SettingsError naming the variable that is wrong."""
        return load(cls)


def accounts_of(settings: AppriseSettings) -> tuple[str, ...]:
    """Return the chats of the targets that are set up."""
    return tuple(settings.urls)
