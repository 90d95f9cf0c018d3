"""Who is asking: a random id in a signed cookie, and form tokens that only our pages hold."""

from __future__ import annotations

import secrets
from hashlib import sha256
from urllib.parse import urlsplit

from itsdangerous import BadSignature, Signer
from starlette.requests import Request
from starlette.responses import Response

from bots.web.settings import WebSettings

KEPT_SECONDS = 400 * 24 * 60 * 60
# Browsers that send it say for certain where a request began.
OUR_OWN = frozenset({"same-origin", "none"})


class Visitors:
    """Knows visitors again and tells their own forms from forged ones."""

    def __init__(self, settings: WebSettings) -> None:
        """Sign with the secret of the settings, or with one that lasts until the next start."""
        secret = settings.session_secret
        key = secret.get_secret_value() if secret else secrets.token_urlsafe(32)
        self._cookies = Signer(key, salt="recallbot.visitor", digest_method=sha256)
        self._forms = Signer(key, salt="recallbot.form", digest_method=sha256)
        self._encrypted = settings.encrypted
        self._host = urlsplit(settings.public_url or "").netloc.lower()
        self._cookie = "__Host-recallbot" if self._encrypted else "recallbot"

    def known(self, request: Request) -> str | None:
        """Return the visitor that the request's cookie names, or None."""
        try:
            return self._cookies.unsign(request.cookies.get(self._cookie, "")).decode()
        except (BadSignature, UnicodeError):
            return None

    def new(self) -> str:
        """Return an id for somebody we have not met."""
        return secrets.token_urlsafe(18)

    def remember(self, response: Response, visitor: str) -> None:
        """Have the browser keep who it is."""
        response.set_cookie(
            self._cookie,
            self._cookies.sign(visitor).decode(),
            max_age=KEPT_SECONDS,
            path="/",
            secure=self._encrypted,
            httponly=True,
            samesite="strict",
        )

    def token(self, visitor: str) -> str:
        """Return the token that this visitor's forms carry."""
        return self._forms.get_signature(visitor).decode()

    def trusts(self, request: Request, visitor: str, token: str) -> bool:
        """Say whether a form came from our page and from this visitor."""
        return not self.foreign(request) and self._forms.verify_signature(
            visitor.encode(), token.encode("ascii", "replace")
        )

    def foreign(self, request: Request) -> bool:
        """Say whether another site made the browser send this request.

        Our own forms may say "Origin: null", because our pages name no referrer.
        """
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            return site not in OUR_OWN
        origin = request.headers.get("origin", "null")
        ours = {self._host, request.headers.get("host", "").lower()}
        return origin != "null" and urlsplit(origin).netloc.lower() not in ours
