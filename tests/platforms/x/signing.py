"""Checks OAuth 1.0a signatures (RFC 5849) made for the address of X, whatever carried them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote

from aiohttp import web

from tests.platforms.x.accounts import Account
from tests.platforms.x.problems import TYPES, Refused, problem

HOSTS = ("https://api.twitter.com", "https://api.x.com")
OUT_OF_TIME = 300.0
NEEDED = ("consumer_key", "token", "signature", "signature_method", "timestamp", "nonce")
APP_ONLY = (
    "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported "
    "authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context]."
)


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")


def _header(request: web.Request) -> dict[str, str]:
    """Return the oauth_ parameters without their prefix."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        title = "Unsupported Authentication"
        told = {"title": title, "detail": APP_ONLY, "status": 403}
        raise Refused(403, {**told, "type": f"{TYPES}unsupported-authentication"})
    if scheme != "OAuth":
        raise problem(401)
    pairs = (part.strip().partition("=") for part in rest.split(","))
    given = {name: unquote(value.strip('"')) for name, _, value in pairs}
    return {name.removeprefix("oauth_"): value for name, value in given.items()}


def signature(method: str, url: str, pairs: list[tuple[str, str]], key: str) -> str:
    """Return the HMAC-SHA1 signature over a request; `key` is both secrets joined by &."""
    ordered = sorted((_quoted(name), _quoted(value)) for name, value in pairs)
    joined = "&".join(f"{name}={value}" for name, value in ordered)
    base = "&".join(map(_quoted, (method.upper(), url, joined)))
    signed = hmac.new(key.encode(), base.encode(), hashlib.sha1)
    return base64.b64encode(signed.digest()).decode()


@dataclass(slots=True)
class Gate:
    """Tells which account a request acts for; every nonce passes once."""

    api_key: str
    api_secret: str
    now: Callable[[], float]
    used: set[tuple[str, str, str]] = field(default_factory=set)

    async def account(self, request: web.Request, accounts: Mapping[str, Account]) -> Account:
        """Return who signed it, by access token; refused as X refuses it."""
        given = _header(request)
        account = accounts.get(given.get("token", ""))
        if not all(given.get(name) for name in NEEDED) or account is None or account.revoked:
            raise problem(401)
        if given["consumer_key"] != self.api_key or not self._fresh(given):
            raise problem(401)
        pairs = [(f"oauth_{name}", value) for name, value in given.items()]
        pairs = [pair for pair in pairs if pair[0] not in {"oauth_signature", "oauth_realm"}]
        pairs += parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True)
        if request.content_type == "application/x-www-form-urlencoded":
            pairs += parse_qsl(await request.text(), keep_blank_values=True)
        key = f"{_quoted(self.api_secret)}&{_quoted(account.secret)}"
        path = request.rel_url.raw_path
        signed = (signature(request.method, host + path, pairs, key) for host in HOSTS)
        if not any(hmac.compare_digest(made, given["signature"]) for made in signed):
            raise problem(401)
        return account

    def _fresh(self, given: Mapping[str, str]) -> bool:
        at = given["timestamp"]
        if not at.isdigit() or abs(int(at) - self.now()) > OUT_OF_TIME:
            return False
        once = (given["token"], at, given["nonce"])
        if once in self.used or given["signature_method"] != "HMAC-SHA1":
            return False
        self.used.add(once)
        return True
