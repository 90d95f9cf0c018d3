"""What the Discord channel is told from outside."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import load


class DiscordSettings(BaseSettings):
    """Which bot to be; without a token there is no Discord channel."""

    model_config = SettingsConfigDict(
        env_prefix="RECALLBOT_DISCORD_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    token: Annotated[SecretStr, Field(min_length=1)] | None = None
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)] = 50
    proxy: SecretStr | None = None

    @property
    def proxy_url(self) -> str | None:
        """Return the proxy to go through, None for none."""
        return self.proxy.get_secret_value() if self.proxy else None

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raises SettingsError naming the variable that is wrong."""
        return load(cls)
