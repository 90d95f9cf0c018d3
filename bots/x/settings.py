"""What the X channel is told from outside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import load

# The host that tweepy asks and signs for; X answers there as it does at api.x.com.
API = "https://api.twitter.com"
MILLION = 1_000_000
_ACCOUNT = re.compile(r"@?(\w{1,15}):([!-9;-~]+):([!-9;-~]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Identity:
    """One account that posts: its handle without the @, and what proves that we may."""

    handle: str
    token: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prices:
    """What X takes, and the most a month may cost: all in millionths of a dollar."""

    post: int
    url_post: int
    reply: int
    read: int
    own_read: int
    cap: int


def _server(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"should be a web address such as {API}")
    return url.rstrip("/")


def _accounts(given: SecretStr, info: ValidationInfo) -> SecretStr:
    if not identities_in(given.get_secret_value()):
        raise ValueError("names no account; each is HANDLE:ACCESS_TOKEN:ACCESS_SECRET")
    if not (info.data.get("api_key") and info.data.get("api_secret")):
        raise ValueError("needs RECALLBOT_X_API_KEY and RECALLBOT_X_API_SECRET beside it")
    return given


def _one_of_ours(handle: str, info: ValidationInfo) -> str:
    given = info.data.get("accounts")
    known = identities_in(given.get_secret_value()) if given else ()
    wanted = handle.removeprefix("@").casefold()
    found = [one.handle for one in known if one.handle.casefold() == wanted]
    if not found:
        raise ValueError("should be one of RECALLBOT_X_ACCOUNTS")
    return found[0]


def identities_in(text: str) -> tuple[Identity, ...]:
    """Return the accounts written there; raises ValueError, which shows none of them."""
    lines = [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
    found = [_ACCOUNT.fullmatch(line) for line in lines]
    known = tuple(Identity(*one.groups()) for one in found if one)
    if len(known) < len(lines):
        raise ValueError("each account is HANDLE:ACCESS_TOKEN:ACCESS_SECRET")
    if len({one.handle.casefold() for one in known}) < len(known):
        raise ValueError("names an account twice")
    return known


Dollars = Annotated[Decimal, Field(ge=0, le=100_000, allow_inf_nan=False)]


class XSettings(BaseSettings):
    """Which accounts to post as, what that may cost, and who may be asked."""

    model_config = SettingsConfigDict(
        env_prefix="RECALLBOT_X_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    api_key: Annotated[SecretStr, Field(min_length=1)] | None = None
    api_secret: Annotated[SecretStr, Field(min_length=1)] | None = None
    accounts: Annotated[SecretStr, AfterValidator(_accounts)] | None = None
    mentions: Annotated[str, AfterValidator(_one_of_ours)] | None = None
    mentions_seconds: Annotated[int, Field(ge=1, le=86_400)] = 90
    monthly_cap: Dollars = Decimal("20.00")
    price_post: Dollars = Decimal("0.015")
    price_url_post: Dollars = Decimal("0.20")
    price_reply: Dollars = Decimal("0.010")
    price_read: Dollars = Decimal("0.005")
    price_own_read: Dollars = Decimal("0.001")
    replies: bool = False
    api_url: Annotated[str, AfterValidator(_server)] = API

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Return the accounts, none where the channel is not set up."""
        return identities_in(self.accounts.get_secret_value()) if self.accounts else ()

    @property
    def listening(self) -> Identity | None:
        """Return the account whose mentions are answered, None for none."""
        return next((one for one in self.identities if one.handle == self.mentions), None)

    @property
    def prices(self) -> Prices:
        """Return what things cost, in millionths of a dollar."""
        posts = (self.price_post, self.price_url_post, self.price_reply)
        dollars = (*posts, self.price_read, self.price_own_read, self.monthly_cap)
        return Prices(*(int(one * MILLION) for one in dollars))

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raises SettingsError naming the variable that is wrong."""
        return load(cls)


def accounts(settings: XSettings) -> tuple[str, ...]:
    """Return the chats of the accounts that are set up: their handles."""
    return tuple(one.handle for one in settings.identities)
