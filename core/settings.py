"""The only reader of the environment: settings are read once, checked and frozen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as UnreadableValue

S = TypeVar("S", bound=BaseSettings)

DEFAULT_DATABASE = "sqlite:///recallbot.db"
# A secret is a line; a larger file is a mistake, and must not be read into memory.
LONGEST_SECRET = 64_000
# A shorter key could be guessed by somebody who got hold of the database.
SHORTEST_KEY = 16


class SettingsError(Exception):
    """A setting is wrong; the text is one line that names the variable, never its value."""


def database_url(text: str) -> str:
    """Return `text` as a database URL: a bare path is an SQLite file.

    Raises SettingsError where no file can have such a name.
    """
    place = text.strip()
    if "://" in place:
        return place
    if not place or "?" in place or not place.isprintable():
        raise SettingsError(
            "the database must be named by a file path or a URL without odd characters"
        )
    return f"sqlite:///{place}"


def _database(text: object) -> object:
    try:
        return database_url(text) if isinstance(text, str) else text
    except SettingsError as error:
        raise ValueError(str(error)) from error


def _lower(text: object) -> object:
    return text.strip().lower() if isinstance(text, str) else text


DatabaseUrl = Annotated[str, BeforeValidator(_database), Field(repr=False)]


def _by_source(text: object) -> object:
    """Return "cpsc=3, safety_gate=14" as a mapping; anything else is left to be refused."""
    if not isinstance(text, str):
        return text
    pairs = [pair.partition("=") for pair in text.lower().split(",") if pair.strip()]
    return {name.strip(): days.strip() for name, _, days in pairs}


Days = Annotated[int, Field(ge=1, le=36_500)]
# NoDecode: not JSON, as pydantic-settings would have it.
DaysBySource = Annotated[dict[str, Days], NoDecode, BeforeValidator(_by_source)]


def _keys(text: object) -> object:
    """Return secrets with commas or line ends between them, apart."""
    if not isinstance(text, str):
        return text
    keys = tuple(key.strip() for key in text.replace(",", "\n").splitlines() if key.strip())
    if not keys or any(len(key) < SHORTEST_KEY for key in keys):
        raise ValueError(f"each secret key has at least {SHORTEST_KEY} characters")
    return keys


SecretKeys = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_keys), Field(repr=False)]


def _addresses(text: object) -> object:
    """Return "telegram:123, discord:user:5" as pairs of a channel and a chat."""
    if not isinstance(text, str):
        return text
    pairs = [one.partition(":") for one in text.replace("\n", ",").split(",") if one.strip()]
    found = tuple((name.strip().lower(), chat.strip()) for name, _, chat in pairs)
    if not all(name and chat for name, chat in found):
        raise ValueError("each address is named CHANNEL:ADDRESS, with commas between them")
    return found


Addresses = Annotated[
    tuple[tuple[str, str], ...], NoDecode, BeforeValidator(_addresses), Field(repr=False)
]


class Settings(BaseSettings):
    """What the whole bot is told from outside; each channel declares its own beside these."""

    model_config = SettingsConfigDict(
        env_prefix="RECALLBOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    database_url: Annotated[str, BeforeValidator(_database), Field(repr=False)] = (
        DEFAULT_DATABASE
    )
    secret_key: SecretKeys = ()
    sqlite_synchronous: Annotated[Literal["normal", "full"], BeforeValidator(_lower)] = "normal"
    processes: Annotated[int, Field(ge=1, le=1000)] = 1
    retention_days: Days = 1095
    test_audience: Addresses = ()
    catalogue_max_age_days: Days = 90
    feed_max_age_days: Days = 7
    source_max_age_days: DaysBySource = Field(default_factory=dict)
    local_catalogue: Path | None = None
    sources: str = "all"
    contact_url: Annotated[str, Field(pattern=r"^(https?://|mailto:)[!-~]+$")] | None = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)
    ] = "info"
    log_json: bool = False

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raises SettingsError naming the variable that is wrong."""
        return load(cls)


def load(kind: type[S]) -> S:
    """Read settings of `kind`; a value may also stand in the file that NAME_FILE names.

    Raises SettingsError, one line naming the variable.
    """
    try:
        return kind(**_from_files(kind, os.environ))  # noqa: TID251 - the one reader
    except ValidationError as error:
        raise SettingsError(_first_problem(kind, error)) from None
    except UnreadableValue as error:
        raise SettingsError(str(error).splitlines()[0]) from None


def variable(kind: type[BaseSettings], field: str) -> str:
    """Return the environment variable that sets `field` of `kind`."""
    return f"{kind.model_config.get('env_prefix', '')}{field}".upper()


def _from_files(kind: type[BaseSettings], environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in kind.model_fields:
        name = variable(kind, field)
        path = environment.get(f"{name}_FILE")
        if not path:
            continue
        if environment.get(name):
            raise SettingsError(f"{name} and {name}_FILE are both set; keep one of them")
        values[field] = _secret(f"{name}_FILE", Path(path))
    return values


def _secret(name: str, path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST_SECRET + 1).strip()
    except (OSError, ValueError):
        raise SettingsError(f"{name}: the file it names cannot be read") from None
    if not text or len(text) > LONGEST_SECRET:
        raise SettingsError(f"{name}: the file it names is empty or too large")
    return text


def _first_problem(kind: type[BaseSettings], error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    field = str(problem["loc"][0]) if problem["loc"] else ""
    sentence = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{variable(kind, field)}: {sentence}"
