"""The pages of the recalls: search, and one recall with everything we know of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bots.web.asked import NARROWING, Asked
from bots.web.facts import host, number, regions, revision_name, sold
from bots.web.filters import filters_of
from bots.web.pages import Pages
from bots.web.reader import Reader
from core.model.recall import Notice
from core.model.rule import Model, walk
from core.store.listing import Wanted
from core.text.advice import action_of
from core.text.names import is_battery, option_names, region_names
from core.text.units import in_words

MOST_RESULTS = 50
# So many are looked at where a search is narrowed besides.
MOST_SEARCHED = 500
LONGEST_SEARCH = 200
TERMS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "host": host,
        "regions": regions,
        "number": number,
        "sold": sold,
        "revision_name": revision_name,
    }
)
NOTICE_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")


class Recalls:
    """Serves the search and the recall pages."""

    def __init__(self, reader: Reader, pages: Pages) -> None:
        """Read from `reader`, show by `pages`."""
        self._reader = reader
        self._pages = pages

    def routes(self) -> APIRouter:
        """Return the addresses it answers."""
        router = APIRouter(default_response_class=HTMLResponse)
        both = ["GET", "HEAD"]
        router.add_api_route("/recalls", self.search, methods=both, response_model=None)
        router.add_api_route("/recalls/{name}", self.recall, methods=both, response_model=None)
        return router

    async def search(self, request: Request) -> Response:
        """Show what a search finds, or the newest notices where nothing is searched for."""
        words = self._pages.words(request)
        wanted = " ".join(request.query_params.get("q", "")[:LONGEST_SEARCH].split())
        asked = asked_of(request)
        following = None
        if wanted:
            found = await self._searched(wanted, asked.wanted)
        else:
            part = await self._reader.listed(asked.wanted, MOST_RESULTS, asked.after)
            found = [entry.notice for entry in part.entries]
            following = asked.going_on(part.following)
        filters = filters_of(await self._reader.choices(), asked, self._reader, words)
        fields = {"wanted": wanted, "found": found, "most": MOST_RESULTS, "asked": asked}
        fields |= {"filters": filters, "following": following, "region_names": region_names}
        return self._pages.show(request, "search.html", **fields, **TERMS)

    async def _searched(self, words: str, wanted: Wanted) -> Sequence[Notice]:
        if not wanted.narrow:
            return await self._reader.search(words, MOST_RESULTS)
        found = await self._reader.search(words, MOST_SEARCHED)
        return (await self._reader.fitting(wanted, found))[:MOST_RESULTS]

    async def recall(self, request: Request, name: str) -> Response:
        """Show one notice, every version of it, and where each fact was read."""
        notice = await self._reader.notice(name) if NOTICE_ID.fullmatch(name) else None
        if notice is None:
            raise HTTPException(404)
        revisions = sorted(
            await self._reader.revisions(name), key=lambda each: each.number, reverse=True
        )
        return self._pages.show(
            request,
            "recall.html",
            notice=notice,
            revisions=revisions,
            question=question(notice),
            action_of=action_of,
            battery=is_battery(notice),
            in_words=in_words,
            option_names=option_names,
            **TERMS,
        )


def asked_of(request: Request, more: str = "cursor") -> Asked:
    """Return what narrows the list, and `more`; what else is given is not for us.

    Raises HTTPException where that cannot be understood.
    """
    given = request.query_params.multi_items()
    names = [name for name, _ in given]
    known = {name: value for name, value in given if name in {*NARROWING, more}}
    if any(names.count(name) > 1 for name in known):
        raise HTTPException(400)
    try:
        return Asked.model_validate(known)
    except ValidationError:
        raise HTTPException(400) from None


def question(notice: Notice) -> str:
    """Return what to write in the chat to ask about a unit of this notice."""
    models = [
        value for node in walk(notice.units) if isinstance(node, Model) for value in node.any_of
    ]
    return " ".join(dict.fromkeys((notice.brands[0], models[0] if models else notice.product)))
