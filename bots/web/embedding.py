"""The page for owners of other sites: what to copy into theirs, and how it will look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bots.web.filters import WORLD
from bots.web.frames import LONGEST_QUESTION
from bots.web.pages import THEMES, Pages, theme
from bots.web.reader import Reader
from bots.web.recalls import asked_of
from core.model import facets
from core.text.translations import Translator, spoken

WIDTHS = (240, 360, 600)
_FRAME = Markup(
    '<iframe src="{address}" title="{title}" width="100%" height="{height}"\n'
    '  loading="lazy" referrerpolicy="no-referrer" style="border: 0"></iframe>'
)
_SCRIPT = Markup(
    '<script src="{home}/static/embed.js" data-show="{show}" data-title="{title}"{more} async>'
    "</script>\n"
    '<noscript><a href="{address}">{title}</a></noscript>'
)
_FEED = Markup(
    '<link rel="alternate" type="application/atom+xml" title="{title}" href="{feed}">'
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """What to copy: its name in the page, the key of its heading, the text."""

    name: str
    key: str
    text: str

    @property
    def rows(self) -> int:
        """Return how many lines a field needs to show most of it."""
        return len(self.text.splitlines()) + 2


@dataclass(frozen=True, slots=True)
class Wish:
    """How a site wants its frames; an empty `lang` is each reader's own."""

    home: str
    lang: str
    look: str
    question: str
    country: str

    def options(self, show: str) -> dict[str, str]:
        """Return what a frame's address says beyond its name."""
        said = {"lang": self.lang, "theme": "" if self.look == THEMES[0] else self.look}
        said |= {"q": self.question} if show == "check" else {"country": self.country}
        return {name: value for name, value in said.items() if value}

    def address(self, show: str) -> str:
        """Return the address of a frame below ours."""
        query = urlencode(self.options(show))
        return f"/embed/{show}?{query}" if query else f"/embed/{show}"

    def feed(self, path: str) -> str:
        """Return the address of a list of recalls; what we say in it is in the language."""
        named = {"country": self.country, "lang": self.lang if path == "/feed.atom" else ""}
        query = urlencode({name: value for name, value in named.items() if value})
        return f"{self.home}{path}?{query}" if query else self.home + path


class Embedding:
    """Serves the page; `home` is where other sites reach us, None where nobody said so."""

    def __init__(self, reader: Reader, pages: Pages, home: str | None) -> None:
        """Read the countries from `reader`, show by `pages`."""
        self._reader = reader
        self._pages = pages
        self._home = home

    def routes(self) -> APIRouter:
        """Return the address it answers."""
        router = APIRouter(default_response_class=HTMLResponse)
        both = ["GET", "HEAD"]
        router.add_api_route("/embed", self.page, methods=both, response_model=None)
        return router

    async def page(self, request: Request) -> Response:
        """Show the snippets for what was chosen, and what they will look like."""
        words = self._pages.words(request)
        wish = self._wish(request)
        choices = await self._reader.choices()
        regions = [name for name in choices.get(facets.COUNTRY, ()) if name != WORLD]
        named = sorted(((name, words.region(name)) for name in regions), key=lambda one: one[1])
        return self._pages.show(
            request,
            "embed.html",
            wish=wish,
            snippets=tuple(snippets(wish, self._said(wish, words))),
            regions=named,
            themes=THEMES,
            widths=WIDTHS,
            known=self._home is not None,
            longest=LONGEST_QUESTION,
        )

    def _wish(self, request: Request) -> Wish:
        asked = request.query_params
        return Wish(
            self._home or str(request.base_url).rstrip("/"),
            spoken(asked.get("lang", "")[:40]) or "",
            theme(request),
            " ".join(asked.get("q", "")[:LONGEST_QUESTION].split()),
            asked_of(request).country or "",
        )

    def _said(self, wish: Wish, words: Translator) -> Translator:
        """Return the words of the frames, which are read beside the site's own."""
        return self._pages.translator(wish.lang) if wish.lang else words


def snippets(wish: Wish, words: Translator) -> Iterator[Snippet]:
    """Yield what there is to copy, every value in it escaped."""
    titles = {"check": words("embed_title"), "recalls": words("embed_recalls_title")}
    heights = {"check": 320, "recalls": 640}
    for show, title in titles.items():
        address = wish.home + wish.address(show)
        frame = _FRAME.format(address=address, title=title, height=heights[show])
        yield Snippet(f"{show}-frame", f"embed_{show}_frame", str(frame))
        more = _attributes(wish.options(show))
        script = _SCRIPT.format(
            home=wish.home, show=show, title=title, more=more, address=address
        )
        yield Snippet(f"{show}-script", f"embed_{show}_script", str(script))
    feed = _FEED.format(title=words("web_feed_title"), feed=wish.feed("/feed.atom"))
    yield Snippet("feed", "embed_feed", str(feed))


def _attributes(options: Mapping[str, str]) -> Markup:
    written = (Markup(' data-{}="{}"').format(name, value) for name, value in options.items())
    return Markup("").join(written)
