"""The recalls for programs: an Atom feed, JSON, and warnings in CAP, all of them documented."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bots.web import atom, cap
from bots.web.asked import Asked, AskedFeed, cursor_text
from bots.web.openness import KEPT, PROBLEM, fresh
from bots.web.pages import Pages
from bots.web.published import Problem, Recall, RecallInFull, Recalls, in_full, recall
from bots.web.reader import Reader
from bots.web.recalls import NOTICE_ID
from core.store.listing import Entry
from core.text.translations import translator

BOTH = ["GET", "HEAD"]
UNPROCESSABLE = 422
DESCRIPTION = (
    "Product recalls of many authorities, newest first. Nothing here needs a key. Every answer "
    "has an `ETag`: ask again with `If-None-Match`. A recall that is not found here may exist "
    "all the same. Keep the attribution of each source. Dates and times are UTC."
)
_REFUSED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Unchanged since the `ETag` or the time that was sent along."},
    **{
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM: {"schema": Problem.model_json_schema()}},
        }
        for status in (404, UNPROCESSABLE, 429)
    },
}


def asked_once(request: Request) -> None:
    """Refuse a parameter that is given twice: one of the two would be ignored unsaid.

    Raises RequestValidationError.
    """
    names = [name for name, _ in request.query_params.multi_items()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        where = ("query", twice[0])
        raise RequestValidationError([{"loc": where, "msg": "is given more than once"}])


def what_is_wrong(error: Exception) -> str:
    """Return in one line what cannot be understood; what was sent is not repeated."""
    if not isinstance(error, RequestValidationError):
        return "cannot be understood"
    first = error.errors()[0]
    field = ".".join(str(part)[:40] for part in first.get("loc", ())[1:])
    said = str(first.get("msg", "cannot be understood")).removeprefix("Value error, ")
    return f"{field}: {said}" if field else said


class SpokenIn(BaseModel):
    """The language of what we say ourselves."""

    lang: Annotated[str, Query(max_length=40)] = "en"


class Outputs:
    """Serves them; pages lie below `base`, an address without a path, or "" where unknown."""

    def __init__(self, reader: Reader, pages: Pages, base: str) -> None:
        """Read from `reader`, show the documentation by `pages`."""
        self._reader = reader
        self._pages = pages
        self._base = base

    def routes(self) -> APIRouter:
        """Return the addresses it answers."""
        router = self._documented()
        plain = {"methods": BOTH, "response_model": None, "include_in_schema": False}
        router.add_api_route("/api/openapi.json", self.schema, **plain)  # type: ignore[arg-type]
        router.add_api_route("/api/docs", self.documentation, **plain)  # type: ignore[arg-type]
        return router

    def _documented(self) -> APIRouter:
        router = APIRouter(dependencies=[Depends(asked_once)], responses=_REFUSED)
        for path, answer, model, media_type in (
            ("/api/recalls", self.recalls, Recalls, "application/json"),
            ("/api/recalls/{name}", self.recall, RecallInFull, "application/json"),
            ("/feed.atom", self.feed, None, atom.MEDIA_TYPE),
            ("/recalls/{name}/cap.xml", self.warning, None, cap.MEDIA_TYPE),
        ):
            shown: dict[str, Any] = {"model": model} if model else {"content": {media_type: {}}}
            # For the documentation only: what is sent has been put together already.
            router.add_api_route(
                path,
                answer,
                methods=["GET"],
                response_model=None,
                response_class=Response if model is None else JSONResponse,
                responses={200: {"description": answer.__doc__ or "", **shown}},
                summary=(answer.__doc__ or "").partition(".")[0],
            )
            router.add_api_route(
                path, answer, methods=["HEAD"], response_model=None, include_in_schema=False
            )
        return router

    async def recalls(self, request: Request, asked: Annotated[Asked, Query()]) -> Response:
        """Return the recalls that fit, the last published or changed first."""
        part = await self._reader.listed(asked.wanted, asked.limit, asked.after)
        going_on = asked.going_on(part.following)
        following = f"{self._base}/api/recalls{going_on}" if going_on else None
        body = Recalls(
            recalls=tuple(self._recall(entry) for entry in part.entries),
            next_cursor=cursor_text(part.following) if part.following else None,
            next=following,
        )
        changed = max((entry.updated for entry in part.entries), default=None)
        answer = fresh(request, _json(body), "application/json", changed)
        if following:
            answer.headers["Link"] = f'<{following}>; rel="next"'
        return answer

    async def recall(self, request: Request, name: str) -> Response:
        """Return one recall with everything that is known of it."""
        entry = await self._entry(name)
        versions = await self._reader.revisions(name)
        body = in_full(self._recall(entry), entry.notice, versions)
        return fresh(request, _json(body), "application/json", entry.updated)

    async def feed(self, request: Request, asked: Annotated[AskedFeed, Query()]) -> Response:
        """Return the recalls that fit as an Atom feed, the last published or changed first.

        An entry keeps its id, and is marked as updated when a revision changed its meaning.
        """
        part = await self._reader.listed(asked.wanted, asked.limit, asked.after)
        going_on = asked.going_on(part.following)
        query = request.url.query
        feed = atom.Feed(
            part.entries,
            self._base,
            f"/feed.atom?{query}" if query else "/feed.atom",
            f"/recalls{asked.narrowing}",
            f"/feed.atom{going_on}" if going_on else None,
        )
        body = atom.atom(feed, self._reader.authority, translator(asked.lang))
        changed = max((entry.updated for entry in part.entries), default=None)
        return fresh(request, body, f"{atom.MEDIA_TYPE}; charset=utf-8", changed)

    async def warning(
        self, request: Request, name: str, asked: Annotated[SpokenIn, Query()]
    ) -> Response:
        """Return one recall as a warning in the Common Alerting Protocol 1.2."""
        entry = await self._entry(name)
        revisions = await self._reader.revisions(name)
        authority = self._reader.authority(entry.source)
        warned = cap.Warned(entry, revisions, authority, self._base)
        body = cap.cap(warned, translator(asked.lang))
        return fresh(request, body, cap.MEDIA_TYPE, entry.updated)

    async def schema(self) -> Response:
        """Return the documentation for machines."""
        return JSONResponse(self._schema, headers={"Cache-Control": KEPT})

    async def documentation(self, request: Request) -> Response:
        """Show the same to people."""
        return self._pages.show(request, "api.html", schema=self._schema)

    @cached_property
    def _schema(self) -> dict[str, Any]:
        return get_openapi(
            title="recallbot",
            version="1",
            description=DESCRIPTION,
            routes=self._documented().routes,
            servers=[{"url": self._base or "/"}],
        )

    def _recall(self, entry: Entry) -> Recall:
        return recall(entry, self._reader.authority(entry.source), self._base)

    async def _entry(self, name: str) -> Entry:
        entry = await self._reader.entry(name) if NOTICE_ID.fullmatch(name) else None
        if entry is None:
            raise HTTPException(404)
        return entry


def _json(body: BaseModel) -> bytes:
    return body.model_dump_json().encode()
