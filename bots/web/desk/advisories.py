"""Writing to everybody: an advisory, how it will look on each account, and its drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from starlette.responses import Response

from bots.web.desk.form import Form
from bots.web.desk.frame import Visit
from bots.web.desk.previews import Shown, previews
from bots.web.desk.roles import Deed
from bots.web.desk.room import QUEUE, Room
from bots.web.desk.seasons import CATEGORIES, Season, season_of, written
from bots.web.desk.when import read, wrong_with
from core.model.public import Account, Draft, Sort, Stage
from core.publish.advising import Advice, Advising, advisory_parts
from core.publish.posts.advisories import Advisory
from core.store import listing
from core.store.listing import Wanted
from core.text.translations import languages, own_name, spoken, translator

NEW = "/desk/advisories/new"
LONGEST_TITLE, LONGEST_TEXT, LONGEST_LINK = 200, 6_000, 500
LINKS = 2
MOST_LISTED = 20
_WEB = frozenset({"https", "http"})


@dataclass(frozen=True, slots=True)
class Look:
    """How it will look on one account; no parts where it fits in no way."""

    account: Account
    parts: tuple[Shown, ...]


class Advisories:
    """Serves the form and takes it."""

    def __init__(self, room: Room) -> None:
        """Stand in the frame of `room`."""
        self._room = room
        room.frame.page(NEW, self.page, Deed.ADVISE)
        room.frame.action(NEW, self.write, Deed.ADVISE)

    async def page(self, visit: Visit) -> Response:
        """Show an empty form, or one that is filled in with what is written beforehand."""
        asked = visit.request.query_params
        lang = spoken(asked.get("lang", "")[:40]) or visit.words.lang
        season = season_of(asked.get("season", ""))
        given: dict[str, str] = {"lang": lang}
        if season:
            given["title"], given["text"] = written(season, translator(lang))
            given["category"] = CATEGORIES[season]
            given["season"] = season.value
        return await self._shown(visit, given, None)

    async def write(self, visit: Visit) -> Response:
        """Show how it will look, or draft it for the accounts that were ticked."""
        given = _given(visit.form)
        chosen = await self._chosen(visit.form, given["lang"])
        errors = {name: visit.words(key) for name, key in _wrong_with(given, chosen).items()}
        at, wrong = _moment(given["at"], chosen, visit.now)
        if wrong:
            errors["at"] = visit.words(wrong)
        advice = await self._advice(given)
        looks = [self._look(visit, one, advice) for one in chosen]
        if not errors and any(not one.parts for one in looks):
            errors["text"] = visit.words("desk_advisory_too_long")
        if errors or visit.form.one("do") == "preview":
            return await self._shown(visit, given, looks, errors)
        advising = Advising(
            self._room.frame.database, self._room.clock, self._room.newsroom.voices
        )
        made = await advising.draft(advice, chosen, at, self._room.who(visit))
        return self._room.frame.done(visit, QUEUE, "desk_done_advised", count=len(made))

    async def _chosen(self, form: Form, lang: str) -> list[Account]:
        ticked = set(form.all("account"))
        return [one for one in await self._of(lang) if str(one.number) in ticked]

    async def _of(self, lang: str) -> list[Account]:
        """Return the accounts that write in that language and can post."""
        voices = self._room.newsroom.voices()
        every = (await self._room.accounts()).values()
        return [
            one
            for one in every
            if one.active and one.channel in voices and spoken(one.style.lang) == lang
        ]

    async def _advice(self, given: Mapping[str, str]) -> Advice:
        texts = [one.strip() for one in given["text"].split("\n\n")]
        links = tuple(
            (given[f"name-{number}"] or given[f"url-{number}"], given[f"url-{number}"])
            for number in range(LINKS)
            if given[f"url-{number}"]
        )
        advisory = Advisory(given["title"], tuple(filter(None, texts)), links)
        if not given["category"]:
            return Advice(advisory)
        async with self._room.frame.database.reading() as connection:
            found = await listing.listed(
                connection, Wanted(category=given["category"]), MOST_LISTED
            )
        return Advice(advisory, tuple(one.notice for one in found.entries))

    def _look(self, visit: Visit, account: Account, advice: Advice) -> Look:
        voice = self._room.newsroom.voices()[account.channel]
        parts = advisory_parts(account, advice, voice, visit.now)
        draft = Draft(
            *(0, account.number, 0, Sort.ADVISORY, Stage.DRAFTED, account.style.lang, parts),
            key="",
            serious=False,
            created_at=visit.now,
        )
        return Look(account, previews(draft, account, self._room.newsroom, visit.words))

    async def _shown(
        self,
        visit: Visit,
        given: Mapping[str, str],
        looks: Sequence[Look] | None,
        errors: Mapping[str, str] | None = None,
    ) -> Response:
        filled = {**_given(Form()), **given}
        known = [(tag, own_name(tag)) for tag in languages()]
        return self._room.frame.show(
            visit,
            "desk/advisory.html",
            status=422 if errors else 200,
            errors=errors or {},
            given=filled,
            looks=looks,
            accounts=await self._of(filled["lang"]),
            ticked={one.account.number for one in looks} if looks is not None else None,
            tongues_offered=known,
            seasons=tuple(Season),
            categories=_categories(visit),
            links=range(LINKS),
        )


def _categories(visit: Visit) -> list[tuple[str, str]]:
    named = [(one, visit.words(f"category_{one}")) for one in sorted(set(CATEGORIES.values()))]
    return [("", visit.words("desk_advisory_no_list")), *named]


def _given(form: Form) -> dict[str, str]:
    """Return the fields as they were typed."""
    given = {
        "lang": spoken(form.one("lang")[:40]) or "en",
        "season": "",
        "title": form.one("title").strip()[:LONGEST_TITLE],
        "text": form.one("text").strip()[:LONGEST_TEXT],
        "at": form.one("at").strip()[:16],
        "category": form.one("category") if form.one("category") in CATEGORIES.values() else "",
    }
    for number in range(LINKS):
        for name in ("name", "url"):
            given[f"{name}-{number}"] = form.one(f"{name}-{number}").strip()[:LONGEST_LINK]
    return given


def _wrong_with(given: Mapping[str, str], chosen: Sequence[Account]) -> Mapping[str, str]:
    """Return what is wrong with the form, by field."""
    errors = {name: "desk_missing" for name in ("title", "text") if not given[name]}
    for number in range(LINKS):
        url = given[f"url-{number}"]
        if url and not _is_link(url):
            errors[f"url-{number}"] = "desk_link_bad"
    if not chosen:
        errors["account"] = "desk_choose_account"
    return errors


def _is_link(url: str) -> bool:
    """Say whether it is an address of the web and nothing else: no words, no other's name."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isprintable() and not any(one.isspace() for one in url)
    return plain and parts.scheme in _WEB and bool(parts.hostname) and "@" not in parts.netloc


def _moment(
    typed: str, chosen: Sequence[Account], now: datetime
) -> tuple[datetime | None, str]:
    """Return when it is to be posted, None for at once; and what is wrong with that.

    The time is meant in the zone of the first account.
    """
    if not typed:
        return None, ""
    at = read(typed, chosen[0].rules.zone if chosen else None)
    return at, wrong_with(at, now)
