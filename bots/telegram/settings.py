"""What the Telegram channel is told from outside."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import load

API = "https://api.telegram.org"


def _server(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"should be a web address such as {API}")
    return url.rstrip("/")


class TelegramSettings(BaseSettings):
    """Which bot to be, and how to hear what people say to it."""

    model_config = SettingsConfigDict(
        env_prefix="RECALLBOT_TELEGRAM_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    token: Annotated[SecretStr, Field(min_length=1)] | None = None
    webhook: bool = False
    messages_per_second: Annotated[int, Field(ge=1, le=1_000)] = 30
    proxy: SecretStr | None = None
    api_url: Annotated[str, AfterValidator(_server)] = API

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raises SettingsError naming the variable that is wrong."""
        return load(cls)
