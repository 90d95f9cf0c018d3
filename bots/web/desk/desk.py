"""The desk put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, FastAPI

from bots.web.desk.advisories import Advisories
from bots.web.desk.afterwards import Afterwards
from bots.web.desk.door import Door
from bots.web.desk.draft import OneDraft
from bots.web.desk.drafts import Queue
from bots.web.desk.editing import Editor
from bots.web.desk.entrance import Entrance
from bots.web.desk.frame import Frame
from bots.web.desk.home import Home
from bots.web.desk.me import Me
from bots.web.desk.money import Money
from bots.web.desk.newsroom import Newsroom
from bots.web.desk.outlets import Outlets
from bots.web.desk.passwords import HASHER, Passwords
from bots.web.desk.people import People
from bots.web.desk.photos import Photos
from bots.web.desk.room import Room
from bots.web.desk.sessions import Sessions
from bots.web.desk.staffed import Staffed
from bots.web.desk.written import Written
from bots.web.pages import Pages
from bots.web.settings import WebSettings
from bots.web.visitor import Visitors
from core.store.work import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """The addresses of the desk, and the frame in which more pages can be put."""

    frame: Frame
    router: APIRouter

    def put_into(self, app: FastAPI) -> None:
        """Serve it with the pages, which show the way to it where somebody works at it."""
        app.include_router(self.router)
        database, now = self.frame.database, self.frame.sessions.now
        app.add_middleware(Staffed, database=database, now=now)


@dataclass(frozen=True, slots=True)
class _Told:
    """A clock that others keep."""

    tells: Callable[[], datetime]

    def now(self) -> datetime:
        return self.tells()


def desk(
    database: Database,
    now: Callable[[], datetime],
    settings: WebSettings,
    newsroom: Newsroom | None = None,
    passwords: Passwords | None = None,
) -> Desk:
    """Return the desk on that database; it is not there until somebody works at it.

    `now` tells the time in UTC, `newsroom` what there is to know of platforms. The caller puts
    it into the application of the pages.
    """
    pages = Pages()
    visitors = Visitors(settings)
    sessions = Sessions(database, now, encrypted=settings.encrypted)
    frame = Frame(database, pages, visitors, sessions)
    door = Door(database, sessions, passwords or Passwords(HASHER))
    entrance = Entrance(frame, door, visitors, behind_proxy=settings.trust_proxy)
    _about_posts(Room(frame, newsroom or Newsroom(), _Told(now)))
    Home(frame)
    Me(frame, door)
    People(frame, settings.public_url or "")
    Written(frame)
    router = APIRouter()
    router.include_router(entrance.routes())
    router.include_router(frame.router)
    return Desk(frame, router)


def _about_posts(room: Room) -> None:
    """Put in what is about drafts and accounts."""
    Queue(room)
    OneDraft(room)
    Editor(room)
    Photos(room)
    Afterwards(room)
    Outlets(room)
    Advisories(room)
    Money(room)
