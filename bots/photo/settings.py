"""What the reader of photos is told from outside."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import load

# The loaded models alone take nearly that much address space.
LEAST_MEMORY_MB = 900


class PhotoSettings(BaseSettings):
    """How large a photo may be, and what reading one may cost."""

    model_config = SettingsConfigDict(
        env_prefix="RECALLBOT_PHOTO_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    timeout: Annotated[int, Field(ge=1, le=600)] = 20
    memory_mb: Annotated[int, Field(ge=LEAST_MEMORY_MB, le=65_536)] = 2048
    max_mb: Annotated[int, Field(ge=1, le=100)] = 15

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raises SettingsError naming the variable that is wrong."""
        return load(cls)
