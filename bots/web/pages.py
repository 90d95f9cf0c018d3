"""Pages from templates: every value escaped, every word in the reader's language."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bots.web.openness import is_framed, is_open, problem
from core.text.translations import Translator, own_name, spoken, translator
from core.text.translations import languages as known_languages

HERE = Path(__file__).parent
STATIC = HERE / "static"
MOST_LANGUAGES = 8
LANGUAGE_COOKIE = "recallbot_lang"
# A page shown in answer to a form cannot be asked for again; the chat can.
FORMS_ONLY = "/messages"
THEMES = ("auto", "light", "dark")
KNOWN_ERRORS = (400, 403, 404, 405, 408, 413, 415, 429, 500, 503)
# Where a page of ours shows what went wrong while the rest of it stays as it is.
NOTICE = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}

Words = Callable[..., Translator]


class Pages:
    """Shows templates; knows which language a visitor reads."""

    def __init__(self, words: Words = translator) -> None:
        """Speak through `words`, which turns language tags into a translator."""
        self._words = words
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            # A bot that runs keeps the pages that belong to its code, also while it is updated.
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["asset"] = asset

    def words(self, request: Request) -> Translator:
        """Return the words of the language the visitor chose, or their browser asks for."""
        return self._words(*languages(request))

    def translator(self, lang: str) -> Translator:
        """Return the words of a language."""
        return self._words(lang)

    def html(self, request: Request, template: str, **fields: object) -> str:
        """Return a template filled in."""
        words = self.words(request)
        return self._templates.get_template(template).render(
            words=words,
            rtl=words.locale.character_order == "right-to-left",
            path=request.url.path,
            tongues=[(tag, own_name(tag)) for tag in known_languages()],
            # Set by bots/web/desk/staffed.py; without the desk nothing shows the way to it.
            staffed=getattr(request.state, "staffed", False),
            **{"here": _here(request), **fields},
        )

    def show(self, request: Request, template: str, **fields: object) -> HTMLResponse:
        """Return a page."""
        return HTMLResponse(self.html(request, template, **fields))

    def error(self, request: Request, status: int, wait: timedelta | None = None) -> Response:
        """Return the page that says what went wrong.

        A page of ours gets the words alone, a program the same as JSON.
        """
        known = status if status in KNOWN_ERRORS else 500 if status >= 500 else 400  # noqa: PLR2004 - of HTTP
        framed = {"theme": theme(request)} if is_framed(request.url.path) else {}
        whole = "embed_error.html" if framed else "error.html"
        template = "error_notice.html" if partial(request) else whole
        headers = {"Retry-After": seconds(wait)} if wait else {}
        if is_open(request.url.path):
            return problem(status, self.words(request)(f"web_error_{known}"), headers)
        if partial(request):
            headers |= NOTICE
        key = f"web_error_{known}"
        text = self.html(request, template, status=status, key=key, **framed)
        return HTMLResponse(text, status, headers)


def partial(request: Request) -> bool:
    """Say whether a page of ours asks for a part of itself."""
    return request.headers.get("hx-request") == "true"


def seconds(wait: timedelta) -> str:
    """Return a wait as HTTP writes it, never too short."""
    return str(max(1, math.ceil(wait.total_seconds())))


def _here(request: Request) -> str:
    """Return where this page can be found again."""
    if request.method not in {"GET", "HEAD"} or request.url.path == FORMS_ONLY:
        return "/"
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def theme(request: Request) -> str:
    """Return how a frame is to look: light, dark, or as the reader's device has it."""
    wanted = request.query_params.get("theme", "")
    return wanted if wanted in THEMES else THEMES[0]


def languages(request: Request) -> list[str]:
    """Return the language the visitor chose, then those the browser asks for, best first.

    In a frame the site around it chooses, and no cookie counts.
    """
    framed = is_framed(request.url.path)
    named = request.query_params if framed else request.cookies
    chosen = spoken(named.get("lang" if framed else LANGUAGE_COOKIE, "")[:40])
    return [*([chosen] if chosen else []), *_accepted(request)]


def _accepted(request: Request) -> list[str]:
    wanted = []
    for part in request.headers.get("accept-language", "")[:400].split(",")[:MOST_LANGUAGES]:
        tag, _, weight = part.partition(";q=")
        if tag.strip() not in {"", "*"}:
            wanted.append((_weight(weight), tag.strip()))
    return [tag for _, tag in sorted(wanted, key=lambda pair: -pair[0])]


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


@cache
def asset(name: str) -> str:
    """Return the address of a static file; it changes when the file does."""
    mark = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"
