"""What the web chat is told from outside."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import load

SHORTEST_SECRET = 16


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("should be a web address such as https://recalls.example.org")
    return url.rstrip("/")


class WebSettings(BaseSettings):
    """Where the pages are served, and how much one visitor may write."""

    model_config = SettingsConfigDict(
        env_prefix="RECALLBOT_WEB_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    public_url: Annotated[str, AfterValidator(_web_address)] | None = None
    session_secret: Annotated[SecretStr, Field(min_length=SHORTEST_SECRET)] | None = None
    trust_proxy: bool = False
    messages_per_minute: Annotated[int, Field(ge=1, le=10_000)] = 30

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raises SettingsError naming the variable that is wrong."""
        return load(cls)

    @property
    def encrypted(self) -> bool:
        """Say whether people reach the pages by https."""
        return (self.public_url or "").startswith("https:")
