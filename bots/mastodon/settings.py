"""What the Mastodon channel is told from outside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import load

_ENTRY = re.compile(
    r"@?(?P<name>\w+)@(?P<host>(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::\d{1,5})?):(?P<token>[!-~]+)",
    re.ASCII | re.IGNORECASE,
)
# What is shorter is the port of a host behind which the token was forgotten.
SHORTEST_TOKEN = 8


@dataclass(frozen=True, slots=True)
class Login:
    """One account: its name, the host of its instance, with a port if any, and its token."""

    name: str
    host: str
    token: str = field(repr=False)

    @property
    def chat(self) -> str:
        """Return the account as people write it: name@host."""
        return f"{self.name}@{self.host}"

    @property
    def url(self) -> str:
        """Return where the instance is reached: by TLS, unless it is this very machine."""
        return f"{'http' if _is_this_machine(self.host) else 'https'}://{self.host}"


def _is_this_machine(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def logins_in(text: str) -> tuple[Login, ...]:
    """Return the accounts in "name@host:token", with commas or line ends between them.

    Raises ValueError, which quotes nothing.
    """
    entries = [entry.strip() for entry in text.replace(",", "\n").splitlines() if entry.strip()]
    logins = tuple(_login(entry) for entry in entries)
    if len({login.chat for login in logins}) < len(logins):
        raise ValueError("an account is named twice")
    return logins


def _login(entry: str) -> Login:
    found = _ENTRY.fullmatch(entry)
    if found is None or len(found["token"]) < SHORTEST_TOKEN:
        raise ValueError("each account is written name@host:token, with commas between them")
    return Login(found["name"].lower(), found["host"].lower(), found["token"])


def _readable(accounts: SecretStr) -> SecretStr:
    logins_in(accounts.get_secret_value())
    return accounts


class MastodonSettings(BaseSettings):
    """Which accounts to post from; without one there is no Mastodon channel."""

    model_config = SettingsConfigDict(
        env_prefix="RECALLBOT_MASTODON_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    accounts: Annotated[SecretStr, AfterValidator(_readable)] | None = None

    @property
    def logins(self) -> tuple[Login, ...]:
        """Return the accounts with their tokens."""
        return logins_in(self.accounts.get_secret_value()) if self.accounts else ()

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raises SettingsError naming the variable that is wrong."""
        return load(cls)


def accounts_of(settings: MastodonSettings) -> tuple[str, ...]:
    """Return the chats of the accounts that are set up."""
    return tuple(login.chat for login in settings.logins)
