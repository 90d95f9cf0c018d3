"""The pages put together."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from bots.web.channel import Web
from bots.web.charts import Charts
from bots.web.conversation import Conversation
from bots.web.embedding import Embedding
from bots.web.frames import Frames
from bots.web.guard import Failures, Headers, Pace, Size
from bots.web.health import Health
from bots.web.language import Language
from bots.web.limits import Limits
from bots.web.openness import Open, problem
from bots.web.outbox import Outbox
from bots.web.outputs import UNPROCESSABLE, Outputs, what_is_wrong
from bots.web.pages import STATIC, Pages, Words
from bots.web.reader import Reader
from bots.web.recalls import Recalls
from bots.web.settings import WebSettings
from bots.web.sources import Sources
from bots.web.visitor import Visitors
from core.text.translations import translator


def site(
    web: Web,
    reader: Reader,
    settings: WebSettings,
    words: Words = translator,
    photo_limit: int | None = None,
) -> FastAPI:
    """Return the application that serves the chat of `web` and the recalls of `reader`.

    The chat takes photos of at most `photo_limit` bytes, and none where that is None.
    """
    pages = Pages(words)
    limits = Limits(settings, photo_limit)
    visitors = Visitors(settings)
    app = FastAPI(
        openapi_url=None,
        # A redirect would repeat the host that the visitor claims to have asked.
        redirect_slashes=False,
        middleware=[
            Middleware(Headers, encrypted=settings.encrypted),
            Middleware(Open),
            Middleware(Failures, pages=pages),
            Middleware(Pace, pages=pages, limits=limits, now=web.now),
            Middleware(Size, pages=pages, limits=limits),
        ],
    )
    app.include_router(Conversation(web, pages, limits, visitors).routes())
    app.include_router(Language(web, pages, limits, visitors).routes())
    app.include_router(Outputs(reader, pages, settings.public_url or "").routes())
    app.include_router(Recalls(reader, pages).routes())
    app.include_router(Frames(web, reader, pages, limits).routes())
    app.include_router(Embedding(reader, pages, settings.public_url).routes())
    app.include_router(Charts(reader, pages, web.now).routes())
    app.include_router(Sources(reader, pages, web.now).routes())
    app.include_router(Outbox(reader, pages).routes())
    app.include_router(Health(reader, pages, web.now).routes())
    app.add_api_route("/favicon.ico", _icon, methods=["GET", "HEAD"], response_model=None)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    _tell_errors(app, pages)
    return app


def _tell_errors(app: FastAPI, pages: Pages) -> None:
    async def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return pages.error(request, status)

    async def misunderstood(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework hands it over
        return problem(UNPROCESSABLE, what_is_wrong(error))

    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, misunderstood)


async def _icon() -> FileResponse:
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")
