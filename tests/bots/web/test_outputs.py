"""The recalls for programs: lists, one recall, feeds and warnings, from a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser  # type: ignore[import-untyped]
import pytest
from lxml import etree

from bots.store_reader import StoreReader
from bots.web.settings import WebSettings
from core.clock import SystemClock
from core.model.recall import HazardKind, Notice, State
from core.model.revision import RevisionKind
from core.settings import Settings
from core.store import notices
from core.store.feed import keep
from core.store.work import Database
from core.store.writing import Version
from tests.bots.web.stage import Shelf, Stage, a_full_notice, on_stage
from tests.builders import a_notice

SEEN = datetime(2026, 6, 1, 12, 30, 15, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
# The order of the standard's schema, as far as we write it.
ALERT = (
    *("identifier", "sender", "sent", "status", "msgType", "source", "scope"),
    *("restriction", "addresses", "code", "note", "references", "incidents", "info"),
)
INFO = (
    *("language", "category", "event", "responseType", "urgency", "severity", "certainty"),
    *("audience", "eventCode", "effective", "onset", "expires", "senderName", "headline"),
    *("description", "instruction", "web", "contact", "parameter", "resource", "area"),
)


def published(number: int, **facts: Any) -> Notice:
    """Return notice `number`, published that many days before the newest."""
    day = date(2026, 5, 31) - timedelta(days=number)
    return a_notice(id=f"cpsc-{number}", published=day, product=f"Lamp {number}", **facts)


def of_hazard(*kinds: str) -> dict[str, Any]:
    return {"kinds": kinds, "text": "It can hurt.", "source": "cpsc"}


HELD = (
    published(1, brands=("Acme", "Black & Decker"), hazard=of_hazard("fire", "burn")),
    published(2, category="toy", hazard=of_hazard("choking"), regions=("CA", "US")),
    published(3, category="toy", brands=("Brïo",), regions=("FR",)),
    published(4, regions=("WORLD",)),
)


@asynccontextmanager
async def shelved(
    folder: Path, *held: Notice, public_url: str | None = None
) -> AsyncIterator[tuple[Stage, Database]]:
    """Yield the pages on a real database that a source has seeded with these notices."""
    database = await Database.open(str(folder / "recallbot.db"))
    async with database.writing() as connection:
        quiet = [Version(one, RevisionKind.NEW, quiet=True) for one in held]
        await keep(connection, "cpsc", quiet, SEEN)
    settings = Settings(database_url=str(folder / "recallbot.db"), sources="none")
    reader: Any = StoreReader(database, settings, SystemClock())
    web = WebSettings(messages_per_minute=1000, public_url=public_url)
    async with on_stage(web, shelf=reader) as stage:
        yield stage, database
    await database.close()


async def revised(
    database: Database, kind: RevisionKind, now: datetime, name: str = "cpsc-3", **facts: Any
) -> None:
    """Store another version of a notice."""
    async with database.writing() as connection:
        before = await notices.notice(connection, name)
        assert before is not None
        after = before.model_copy(update=facts)
        number = int(name.partition("-")[2])
        await keep(connection, "cpsc", [Version(after, kind, number, before)], now)


def ids(answer: Any) -> list[str]:
    return [one["id"] for one in answer.json()["recalls"]]


# --- lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 4]),
        ("brand=black+%26+decker", [1]),
        ("brand=BRIO", [3]),
        ("brand=ac-me&hazard=fire", [1, 4]),
        ("category=toy", [2, 3]),
        ("category=TOY&country=ca", [2]),
        ("hazard=choking", [2]),
        ("hazard=burn&category=toy", []),
        ("country=FR", [3, 4]),
        ("country=DE", [4]),
        ("source=cpsc&country=us&hazard=fire", [1, 4]),
        ("source=opss", []),
        ("brand=---", []),
        ("brand=&category=&since=", [1, 2, 3, 4]),
        ("since=2026-05-29", [1, 2]),
        ("since=2026-05-29T00:00:00%2B00:00", [1, 2]),
        ("since=2026-05-29T00:00:00+00:00&brand=acme", [1, 2]),
        ("since=2027-01-01", []),
    ],
)
async def test_a_list_holds_what_fits_everything_that_is_asked(
    query: str, found: list[int], tmp_path: Path
) -> None:
    async with shelved(tmp_path, *HELD) as (stage, _):
        answer = await stage.client.get(f"/api/recalls?{query}")

    assert answer.status_code == 200
    assert ids(answer) == [f"cpsc-{number}" for number in found]


async def test_an_empty_store_gives_empty_but_valid_answers(tmp_path: Path) -> None:
    async with shelved(tmp_path) as (stage, _):
        listed = await stage.client.get("/api/recalls")
        feed = await stage.client.get("/feed.atom")
        pages = [await stage.client.get(path) for path in ("/recalls", "/weeks", "/api/docs")]

    assert listed.json() == {"recalls": [], "next_cursor": None, "next": None}
    assert feedparser.parse(feed.text).bozo is False
    assert [page.status_code for page in pages] == [200, 200, 200]


async def test_a_long_list_is_read_page_by_page_without_gap_or_repetition(
    tmp_path: Path,
) -> None:
    held = [published(number, category="toy") for number in range(1, 8)]
    seen: list[str] = []

    async with shelved(tmp_path, *held) as (stage, _):
        following = "/api/recalls?limit=3&category=toy&since=2000-01-01"
        while following:
            answer = await stage.client.get(following)
            seen += ids(answer)
            following = answer.json()["next"]
            assert ("Link" in answer.headers) == bool(following)

    assert seen == [f"cpsc-{number}" for number in range(1, 8)]


async def test_what_changed_its_meaning_comes_first_and_a_better_wording_does_not(
    tmp_path: Path,
) -> None:
    later = SEEN + timedelta(days=1)

    async with shelved(tmp_path, *HELD) as (stage, database):
        await revised(database, RevisionKind.EXPANDED, later, category="lamp")
        async with database.writing() as connection:
            reworded = HELD[3].model_copy(update={"title": "Better said"})
            await keep(connection, "cpsc", [Version(reworded, None, 4, HELD[3])], later)
        listed = await stage.client.get("/api/recalls")
        since = await stage.client.get(f"/api/recalls?since={SEEN:%Y-%m-%dT%H:%M:%SZ}")
        toys = await stage.client.get("/api/recalls?category=toy")
        lamps = await stage.client.get("/api/recalls?category=lamp")

    assert ids(listed) == ["cpsc-3", "cpsc-1", "cpsc-2", "cpsc-4"]
    assert ids(since) == ids(lamps) == ["cpsc-3"]
    assert ids(toys) == ["cpsc-2"]
    assert listed.json()["recalls"][3]["title"] == "Better said"
    assert listed.json()["recalls"][0]["updated"] == "2026-06-02T12:30:15Z"


async def test_an_exercise_is_in_no_list_and_says_so_where_it_is_asked_for(
    tmp_path: Path,
) -> None:
    drill = Version(published(9), RevisionKind.NEW, quiet=True, exercise=True)

    async with shelved(tmp_path) as (stage, database):
        async with database.writing() as connection:
            await keep(connection, "cpsc", [drill], SEEN)
        listed = await stage.client.get("/api/recalls")
        alone = await stage.client.get("/api/recalls/cpsc-9")
        warning = await stage.client.get("/recalls/cpsc-9/cap.xml")

    assert ids(listed) == []
    assert alone.json()["recall"]["exercise"] is True
    assert "<status>Exercise</status>" in warning.text


HOSTILE = [
    "limit=0",
    "limit=201",
    "limit=1e3",
    "since=yesterday",
    "since=2026-05-29T00:00:00",
    "since=0001-01-01",
    "since=9999-12-31T23:59:59-14:00",
    "hazard=sharks",
    "country=USA",
    "country=%00",
    "category=../etc/passwd",
    "source=cpsc'--",
    "brand=%00",
    "brand=" + "a" * 101,
    "cursor=1",
    "cursor=1.99999999999999999999",
    "cursor=' OR 1=1",
    "brnd=acme",
    "hazard=fire&hazard=burn",
    "q=x&q=y",
]


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("path", ["/api/recalls", "/feed.atom"])
async def test_what_cannot_be_understood_is_refused_as_a_problem(
    path: str, query: str, tmp_path: Path
) -> None:
    async with shelved(tmp_path, *HELD) as (stage, _):
        answer = await stage.client.get(f"{path}?{query}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 422
    assert answer.json()["detail"]
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "query",
    [
        "brand='%22><script>alert(1)</script>",
        "brand=%25_%27%3B DROP TABLE notice",
        "brand=%F0%9F%94%A5",
        "cursor=-999999999999.999999999999999999",
        "brand=%ED%A0%80",
    ],
)
async def test_what_is_only_odd_finds_nothing_and_breaks_nothing(
    query: str, tmp_path: Path
) -> None:
    async with shelved(tmp_path, *HELD) as (stage, _):
        answers = [
            await stage.client.get(f"{path}?{query}")
            for path in ("/api/recalls", "/feed.atom", "/recalls")
        ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert ids(answers[0]) == []
    assert feedparser.parse(answers[1].text).bozo is False
    assert "<script>alert" not in answers[2].text


# --- one recall, and what goes with every answer ---------------------------------------------


async def test_one_recall_tells_everything_with_the_terms_of_its_source() -> None:
    async with on_stage() as stage:
        answer = await stage.client.get("/api/recalls/acme-x100-us")
        told = answer.json()

    assert Notice.model_validate(told["notice"]) == a_full_notice()
    assert [version["kind"] for version in told["versions"]] == ["new", "expanded"]
    assert told["recall"]["attribution"] == "Source: the Commission & others"
    assert told["recall"]["licence"] == "Public domain"
    assert told["recall"]["page"] == "/recalls/acme-x100-us"


@pytest.mark.parametrize(
    "path", ["/api/recalls/nothing", "/api/recalls/..%2f", "/recalls/nothing/cap.xml", "/api/x"]
)
async def test_a_recall_that_is_not_there_is_a_problem(path: str) -> None:
    async with on_stage() as stage:
        answer = await stage.client.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/api/recalls", "/feed.atom", "/recalls/acme-x100-us/cap.xml", "/api/openapi.json"]
)
async def test_every_site_may_read_the_open_addresses_and_no_other(path: str) -> None:
    ask = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}

    async with on_stage() as stage:
        answer = await stage.client.get(path, headers=ask)
        allowed = await stage.client.options(
            path, headers=ask | {"Access-Control-Request-Headers": "If-None-Match"}
        )
        page = await stage.client.get("/recalls", headers=ask)

    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age" in answer.headers["cache-control"]
    assert "Cookie" not in answer.headers.get("vary", "")
    assert allowed.status_code == 200
    assert "access-control-allow-origin" not in page.headers
    assert page.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", ["/api/recalls", "/api/recalls/acme-x100-us", "/feed.atom?lang=de"]
)
async def test_what_somebody_has_already_is_not_sent_again(path: str) -> None:
    async with on_stage() as stage:
        first = await stage.client.get(path)
        mark, changed = first.headers["etag"], first.headers["last-modified"]
        by_mark = await stage.client.get(path, headers={"If-None-Match": f'"x", W/{mark}'})
        by_time = await stage.client.get(path, headers={"If-Modified-Since": changed})
        other = await stage.client.get(
            path, headers={"If-None-Match": '"x"', "If-Modified-Since": changed}
        )
        nonsense = await stage.client.get(path, headers={"If-Modified-Since": "last week"})

    assert changed == "Thu, 12 Jun 2025 00:00:00 GMT"
    assert (by_mark.status_code, by_mark.content) == (304, b"")
    assert by_mark.headers["etag"] == mark
    assert by_time.status_code == 304
    assert (other.status_code, nonsense.status_code) == (200, 200)


async def test_the_documentation_describes_every_open_address() -> None:
    async with on_stage() as stage:
        schema = (await stage.client.get("/api/openapi.json")).json()
        page = await stage.client.get("/api/docs")

    assert set(schema["paths"]) == {
        "/api/recalls",
        "/api/recalls/{name}",
        "/feed.atom",
        "/recalls/{name}/cap.xml",
    }
    names = {each["name"] for each in schema["paths"]["/api/recalls"]["get"]["parameters"]}
    assert names == {
        *("brand", "category", "hazard", "country", "source", "since", "limit", "cursor")
    }
    assert schema["components"]["schemas"]["Recalls"]["properties"]["recalls"]
    assert all(path in page.text for path in schema["paths"])
    assert "//" not in page.text.replace("https://", "").replace("http://", "")


# --- the feed --------------------------------------------------------------------------------


async def test_a_feed_is_valid_and_escapes_what_notices_say() -> None:
    nasty = a_full_notice(
        title="Lamp <b>&amp; more</b>\x0b ]]>", hazard=of_hazard("fire") | {"text": "a\x00b"}
    )

    async with on_stage(shelf=Shelf(nasty)) as stage:
        answer = await stage.client.get("/feed.atom?brand=acme&lang=de")
        parsed = feedparser.parse(answer.content)

    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert parsed.bozo is False
    [entry] = parsed.entries
    root = etree.fromstring(answer.content)
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "Lamp <b>&amp; more</b> ]]>"
    assert entry.rights == "Source: the Commission & others (Public domain)"
    assert entry.id.startswith("urn:uuid:")
    assert parsed.feed.title == "Produktrückrufe"


async def test_an_entry_keeps_its_id_wherever_the_pages_are_served(tmp_path: Path) -> None:
    found = []
    for place, url in enumerate((None, "https://recalls.example.org")):
        folder = tmp_path / str(place)
        folder.mkdir()
        async with shelved(folder, HELD[0], public_url=url) as (stage, _):
            answer = await stage.client.get("/feed.atom?limit=1")
            root = etree.fromstring(answer.content)
            found.append(root.find(f"{ATOM}entry"))

    first, second = found
    assert first is not None
    assert second is not None
    assert first.findtext(f"{ATOM}id") == second.findtext(f"{ATOM}id")
    links = [link.get("href") for link in second.iter(f"{ATOM}link")]
    assert links[0] == "https://recalls.example.org/recalls/cpsc-1"


async def test_a_feed_says_what_no_longer_stands_and_where_it_goes_on(tmp_path: Path) -> None:
    async with shelved(tmp_path, *HELD) as (stage, database):
        await revised(database, RevisionKind.RETRACTED, SEEN, state=State.RETRACTED)
        answer = await stage.client.get("/feed.atom?limit=2&country=FR&lang=xx")
        listed = await stage.client.get("/feed.atom?limit=1&country=FR")
        parsed = feedparser.parse(listed.content)
        [onward] = [link.href for link in parsed.feed.links if link.rel == "next"]
        rest = feedparser.parse((await stage.client.get(onward)).content)

    titles = [entry.title for entry in feedparser.parse(answer.content).entries]
    assert titles == ["Withdrawn: Lamp 3", "Lamp 4"]
    assert [entry.title for entry in rest.entries] == ["Lamp 4"]


# --- warnings --------------------------------------------------------------------------------


def names_of(element: Any) -> list[str]:
    return [child.tag.removeprefix(CAP) for child in element]


def assert_in_order(found: list[str], order: tuple[str, ...]) -> None:
    places = [order.index(name) for name in found]
    assert places == sorted(places)


async def test_a_warning_is_written_in_the_order_of_the_standard() -> None:
    async with on_stage() as stage:
        answer = await stage.client.get("/recalls/acme-x100-us/cap.xml")
        alert = etree.fromstring(answer.content)
        info = alert.find(f"{CAP}info")

    assert answer.headers["content-type"] == "application/cap+xml"
    assert info is not None
    assert_in_order(names_of(alert), ALERT)
    assert_in_order(names_of(info), INFO)
    assert alert.findtext(f"{CAP}status") == "Actual"
    assert alert.findtext(f"{CAP}msgType") == "Update"
    assert alert.findtext(f"{CAP}sent") == "2025-09-11T00:00:00-00:00"
    assert alert.findtext(f"{CAP}references") == (
        "recallbot,acme-x100-us.1,2025-06-13T00:00:00-00:00"
    )
    assert info.findtext(f"{CAP}category") == "Safety"
    assert [area.findtext(f"{CAP}areaDesc") for area in info.iter(f"{CAP}area")] == [
        *("United States", "Canada", "Japan")
    ]
    told = {
        (each.findtext(f"{CAP}valueName"), each.findtext(f"{CAP}value"))
        for each in info.iter(f"{CAP}parameter")
    }
    assert told >= {("model", "X100"), ("number", "25-338"), ("complete", "false")}


async def test_a_warning_names_no_model_that_the_recall_leaves_out() -> None:
    rule = {
        "op": "and",
        "of": [
            {"op": "model", "any_of": ["X100"]},
            {"op": "not", "rule": {"op": "model", "any_of": ["X100S"]}},
        ],
    }
    notice = a_notice(complete=False).model_dump() | {"units": rule}

    async with on_stage(shelf=Shelf(Notice.model_validate(notice))) as stage:
        answer = await stage.client.get("/recalls/acme-x100-us/cap.xml")

    assert "<value>X100</value>" in answer.text
    assert "X100S" not in answer.text


async def test_a_new_recall_is_an_alert_and_a_retracted_one_a_cancel(tmp_path: Path) -> None:
    async with shelved(tmp_path, *HELD, public_url="https://recalls.example.org") as (
        stage,
        database,
    ):
        first = await stage.client.get("/recalls/cpsc-3/cap.xml")
        await revised(
            database, RevisionKind.RETRACTED, SEEN + timedelta(1), state=State.RETRACTED
        )
        last = await stage.client.get("/recalls/cpsc-3/cap.xml?lang=fr")

    alert, cancel = (etree.fromstring(each.content) for each in (first, last))
    sent = [alert.findtext(f"{CAP}{name}") for name in ("sender", "identifier", "sent")]
    assert alert.findtext(f"{CAP}msgType") == "Alert"
    assert alert.find(f"{CAP}references") is None
    assert cancel.findtext(f"{CAP}msgType") == "Cancel"
    assert cancel.findtext(f"{CAP}references") == ",".join(str(part) for part in sent)
    assert cancel.findtext(f"{CAP}info/{CAP}language") == "fr"
    assert cancel.findtext(f"{CAP}info/{CAP}responseType") == "None"


# --- the page of the recalls -----------------------------------------------------------------


async def test_the_page_is_narrowed_like_the_feed_it_links_to(tmp_path: Path) -> None:
    async with shelved(tmp_path, *HELD) as (stage, _):
        page = await stage.client.get("/recalls?category=toy&country=FR&brand=&hazard=")
        searched = await stage.client.get("/recalls?q=lamp&category=toy")
        odd = [await stage.client.get(f"/recalls?{q}") for q in ("hazard=x", "country=1")]

    assert "Lamp 3" in page.text
    assert "Lamp 1" not in page.text
    assert 'href="/feed.atom?category=toy&amp;country=FR"' in page.text
    assert '<option value="FR" selected>France</option>' in page.text
    assert "Lamp 2" in searched.text
    assert "Lamp 4" not in searched.text
    assert [each.status_code for each in odd] == [400, 400]


async def test_the_page_goes_on_where_it_ends(tmp_path: Path) -> None:
    held = [published(number) for number in range(1, 53)]

    async with shelved(tmp_path, *held) as (stage, _):
        first = await stage.client.get("/recalls?hazard=fire")
        query = first.text.partition('<p><a class="button" href="')[2].partition('"')[0]
        second = await stage.client.get(query.replace("&amp;", "&"))

    assert "Lamp 50<" in first.text
    assert "Lamp 51<" not in first.text
    assert "Lamp 51<" in second.text


async def test_every_hazard_can_be_asked_for() -> None:
    async with on_stage() as stage:
        answers = [await stage.client.get(f"/api/recalls?hazard={k}") for k in HazardKind]

    assert {answer.status_code for answer in answers} == {200}
