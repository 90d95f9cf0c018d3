"""What the Bluesky channel is told from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import load

SERVICE = "https://bsky.social"
_BETWEEN = re.compile(r"[,\r\n]+")
_HANDLE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?")


def _server(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"should be a web address such as {SERVICE}")
    return url.rstrip("/")


def passwords_in(text: str) -> Mapping[str, str]:
    """Return the passwords by handle; raises ValueError, which names none of them."""
    found: dict[str, str] = {}
    for entry in filter(None, (piece.strip() for piece in _BETWEEN.split(text))):
        handle, _, password = (part.strip() for part in entry.partition(":"))
        handle = handle.removeprefix("@").lower()
        if not _HANDLE.fullmatch(handle) or not password:
            raise ValueError(
                "should be handle:app-password such as name.bsky.social:xxxx-xxxx-xxxx-xxxx, "
                "several with commas or line ends between them"
            )
        if handle in found:
            raise ValueError(f"names {handle} twice")
        found[handle] = password
    return MappingProxyType(found)


def _accounts(value: SecretStr) -> SecretStr:
    if not passwords_in(value.get_secret_value()):
        raise ValueError("names no account")
    return value


class BlueskySettings(BaseSettings):
    """Which accounts post, and where they are; without one there is no Bluesky channel."""

    model_config = SettingsConfigDict(
        env_prefix="RECALLBOT_BLUESKY_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    accounts: Annotated[SecretStr, AfterValidator(_accounts)] | None = None
    service: Annotated[str, AfterValidator(_server)] = SERVICE

    @property
    def passwords(self) -> Mapping[str, str]:
        """Return the password of each account by its handle."""
        return passwords_in(self.accounts.get_secret_value() if self.accounts else "")

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raises SettingsError naming the variable that is wrong."""
        return load(cls)


def accounts_of(settings: BlueskySettings) -> tuple[str, ...]:
    """Return the handles of the accounts that are set up."""
    return tuple(settings.passwords)
