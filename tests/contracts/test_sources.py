"""What every source promises, whatever its authority answers."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.recall import Notice, SourceKind
from core.query.ages import FEED_LIMIT
from core.sources.contract import RawRecord, RecordUnreadable, Source, SourceUnavailable
from core.sources.http import Fetcher, Manners
from core.sources.registry import SOURCES, UnknownSource, build
from tests.builders import NOW, STEADY
from tests.contracts.source_case import SourceCase
from tests.contracts.source_cases import CASES
from tests.contracts.source_pages import NO_RECORDS, with_years
from tests.platforms.asking import HURRIED, QUICK, Patience, asker
from tests.platforms.authority import (
    Asked,
    Authority,
    Behaviour,
    breaks_off,
    drips,
    hangs_up,
    is_silent,
    moves,
    packed,
    pours,
    running,
    says,
)

ROOT = Path(__file__).parent.parent.parent
ERROR_PAGE = (
    b"<!doctype html><html><head><title>Sorry</title></head><body>Try later.</body></html>"
)
FLOOD = 200_000_000
Damage = Callable[[bytes], Behaviour]


@cache
def bomb() -> Behaviour:
    return packed(b"[" + b" " * FLOOD)


@cache
def pure(name: str) -> Source:
    """Return a source that is only given what was fetched."""
    return build(name, Fetcher())


def only(cases: Iterable[SourceCase]) -> pytest.MarkDecorator:
    """Give the formats in which something can be seen at all."""
    chosen = list(cases)
    return pytest.mark.parametrize(
        "case", chosen, ids=[case.id for case in chosen], indirect=True
    )


@pytest.fixture(params=CASES, ids=[case.id for case in CASES])
def case(request: pytest.FixtureRequest) -> SourceCase:
    """Give each format of each source in turn."""
    found: SourceCase = request.param
    return found


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    """Give an authority's server."""
    async with running() as authority:
        yield authority


@pytest.fixture
def patience() -> Patience:
    """Give a time that passes only where it is waited."""
    return Patience()


@pytest.fixture
def source(case: SourceCase) -> Source:
    """Give the source without an authority: what it does there is pure."""
    return pure(case.name)


def records(source: Source, case: SourceCase, page: bytes | None = None) -> list[RawRecord]:
    return list(source.split(case.payload if page is None else page, case.url, NOW))


def readings(source: Source, found: list[RawRecord]) -> list[Notice | None]:
    return [reading(source, record) for record in found]


def reading(source: Source, record: RawRecord) -> Notice | None:
    """Return what a record says, None where it is unreadable; anything else fails the test."""
    try:
        return source.parse(record)
    except RecordUnreadable as error:
        reason = str(error)
    assert reason
    assert "\n" not in reason
    return None


async def fetched(
    case: SourceCase, authority: Authority, patience: Patience, manners: Manners = QUICK
) -> tuple[list[RawRecord], SourceUnavailable | None]:
    """Return what arrived, and what stopped it."""
    found = []
    async with asker(patience, manners) as fetcher:
        try:
            async for record in case.build(fetcher, authority.url).fetch(None):
                found.append(record)  # noqa: PERF401 - what came before the error counts
        except SourceUnavailable as error:
            return found, error
    return found, None


def answering(case: SourceCase, damage: Damage) -> Callable[[Asked], Behaviour]:
    return lambda asked: damage(case.answer(asked))


def whole(case: SourceCase) -> Callable[[Asked], Behaviour]:
    return answering(case, lambda body: says(body, case.content_type))


def test_every_registered_source_has_a_case() -> None:
    assert [name for name in SOURCES if name not in {case.name for case in CASES}] == []


def test_every_registered_source_is_documented() -> None:
    told = (ROOT / "docs/sources.md").read_text(encoding="utf-8")

    assert [name for name in SOURCES if f"(`{name}`)" not in told] == []


def test_a_name_nobody_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownSource, match=r"no source 'cspc'; there are cpsc, .*usda_fsis"):
        build("cspc", Fetcher())


def test_it_says_who_publishes_on_what_terms_and_how_often(
    case: SourceCase, source: Source
) -> None:
    authority, cadence = source.authority, source.cadence

    assert source.name == case.name
    assert authority.name
    assert authority.regions
    assert authority.homepage.startswith("https://")
    assert authority.licence
    assert authority.attribution
    assert timedelta(minutes=15) <= cadence.every < FEED_LIMIT
    assert cadence.reread is None or cadence.reread >= cadence.every


def test_every_record_of_a_recorded_page_is_a_notice(case: SourceCase, source: Source) -> None:
    found = records(source, case)

    notices = [source.parse(record) for record in found]

    assert len(found) == case.count
    for record, notice in zip(found, notices, strict=True):
        assert (record.source, record.fetched_at) == (case.name, NOW)
        assert record.key
        assert record.format
        assert record.body
        assert record.url.startswith("https://")
        sound(source, record, notice)
    assert len({notice.id for notice in notices}) == len({record.key for record in found})


def sound(source: Source, record: RawRecord, notice: Notice) -> None:
    """Assert what holds for every notice of a feed."""
    name = source.name.replace("_", "-")
    citation = notice.main_source
    assert notice.id.startswith(f"{name}-")
    assert not notice.complete
    assert set(source.authority.regions) <= set(notice.regions)
    assert (citation.id, citation.kind) == (name, SourceKind.OFFICIAL)
    assert citation.seen == record.fetched_at.date()
    assert citation.url.startswith("http")
    assert citation.says


def test_reading_a_record_twice_gives_the_same(case: SourceCase, source: Source) -> None:
    first, second = records(source, case), records(source, case)

    assert first == second
    assert readings(source, first) == readings(source, second)


async def test_a_fetched_page_is_what_split_makes_of_it(
    case: SourceCase, authority: Authority, patience: Patience
) -> None:
    authority.will_choose(whole(case))

    found, error = await fetched(case, authority, patience)

    source = pure(case.name)
    assert error is None
    assert {record.key for record in records(source, case)} <= {r.key for r in found}
    assert None not in readings(source, found)


async def test_asking_for_what_is_new_gives_records_or_says_why_not(
    case: SourceCase, authority: Authority, patience: Patience
) -> None:
    authority.will_choose(whole(case))

    async with asker(patience) as fetcher:
        source = case.build(fetcher, authority.url)
        found = [record async for record in source.fetch(NOW - timedelta(days=3))]

    assert {record.source for record in found} <= {case.name}
    assert authority.asked


@pytest.mark.parametrize("status", [500, 502, 503, 403, 404, 204, 429])
async def test_an_error_is_said_and_gives_no_record(
    case: SourceCase, authority: Authority, patience: Patience, status: int
) -> None:
    authority.will(says(case.payload, case.content_type, status))

    found, error = await fetched(case, authority, patience)

    assert found == []
    assert error is not None
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: says(ERROR_PAGE, "text/html"),
        lambda _: says(ERROR_PAGE),
        lambda _: says(b""),
        lambda _: hangs_up,
        lambda body: breaks_off(body[: len(body) // 2]),
        lambda body: pours(body[:1000], FLOOD),
        lambda _: bomb(),
        lambda _: moves("/again"),
        lambda _: moves("https://elsewhere.example/recalls"),
        lambda _: moves("http://localhost:9/recalls"),
    ],
    ids=[
        *("html", "html called json", "nothing", "hung up", "cut off", "200 MB", "gzip bomb"),
        *("redirect loop", "redirect to another host", "redirect to a neighbour"),
    ],
)
async def test_what_is_no_page_is_said_and_gives_no_record(
    case: SourceCase, authority: Authority, patience: Patience, damage: Damage
) -> None:
    authority.will_choose(answering(case, damage))

    found, error = await fetched(case, authority, patience)

    assert found == []
    assert error is not None
    assert "\n" not in str(error)


@pytest.mark.parametrize("damage", [drips, lambda _: is_silent], ids=["drip", "silence"])
async def test_one_who_never_finishes_is_left(
    case: SourceCase, authority: Authority, patience: Patience, damage: Damage
) -> None:
    authority.will_choose(answering(case, damage))

    found, error = await fetched(case, authority, patience, HURRIED)

    assert found == []
    assert error is not None


@only(case for case in CASES if case.cut_shows)
async def test_half_a_page_is_no_page(
    case: SourceCase, authority: Authority, patience: Patience
) -> None:
    authority.will_choose(answering(case, lambda body: says(body[: len(body) // 2])))

    found, error = await fetched(case, authority, patience)

    assert found == []
    assert error is not None


@only(case for case in CASES if case.charset_shows)
def test_a_page_in_another_charset_is_no_page(case: SourceCase, source: Source) -> None:
    middle = len(case.payload) // 2
    page = case.payload[:middle] + b"\xff\xfe\xff" + case.payload[middle:]

    with pytest.raises(SourceUnavailable):
        records(source, case, page)


async def test_the_errors_an_authority_says_with_200_are_recognised(
    case: SourceCase, authority: Authority, patience: Patience
) -> None:
    for page in case.errors:
        authority.will(says(page, case.content_type))

        found, error = await fetched(case, authority, patience)

        assert found == []
        assert error is not None


async def test_a_busy_authority_is_asked_again_when_it_wants(
    case: SourceCase, authority: Authority, patience: Patience
) -> None:
    authority.will_choose(whole(case))
    expected, _ = await fetched(case, authority, patience)
    busy = [says(b"busy", status=429, headers={"Retry-After": "7"})]
    authority.will_choose(lambda asked: busy.pop() if busy else whole(case)(asked))

    found, error = await fetched(case, authority, patience)

    assert error is None
    assert [record.key for record in found] == [record.key for record in expected]
    assert 7.0 in patience.waits


@only(case for case in CASES if case.shape)
def test_one_broken_record_leaves_the_others_readable(case: SourceCase, source: Source) -> None:
    assert case.shape is not None
    there = case.shape.records(case.payload)
    good = readings(source, records(source, case))
    at = len(there) // 2
    for broken in case.shape.broken:
        page = case.shape.page(case.payload, [*there[:at], broken, *there[at + 1 :]])

        found = readings(source, records(source, case, page))

        assert found.count(None) == 1, broken
        assert [notice for notice in found if notice] == [*good[:at], *good[at + 1 :]]


@only(case for case in CASES if case.shape)
def test_a_record_sent_twice_is_the_same_notice(case: SourceCase, source: Source) -> None:
    assert case.shape is not None
    there = case.shape.records(case.payload)

    once = records(source, case, case.shape.page(case.payload, there))
    twice = records(source, case, case.shape.page(case.payload, [*there, *there]))

    assert {record.key for record in twice} == {record.key for record in once}
    assert {str(notice) for notice in readings(source, twice)} == {
        str(notice) for notice in readings(source, once)
    }


def test_a_value_of_another_kind_makes_a_record_unreadable_at_most(
    case: SourceCase, source: Source
) -> None:
    tried = 0
    for record in kinds(records(source, case)):
        for body in case.mutants(record.body):
            tried += 1
            notice = reading(source, replace(record, body=body))
            assert notice is None or not notice.complete

    assert tried


@pytest.mark.parametrize("body", NO_RECORDS, ids=lambda body: repr(body[:9]))
def test_a_body_that_is_no_record_is_unreadable_at_most(
    case: SourceCase, source: Source, body: bytes
) -> None:
    for record in kinds(records(source, case)):
        reading(source, replace(record, body=body))


def kinds(found: list[RawRecord]) -> Iterator[RawRecord]:
    """Yield the longest record of each format: it has the most fields."""
    for kind in sorted({record.format for record in found}):
        yield max((r for r in found if r.format == kind), key=lambda record: len(record.body))


@STEADY
@given(seed=st.integers(0, 2**32), flips=st.integers(1, 9))
def test_a_body_with_flipped_bytes_is_unreadable_at_most(seed: int, flips: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - which bytes are wrong is no secret
    for case in CASES:
        source = pure(case.name)
        record = chance.choice(records(source, case))
        body = bytearray(record.body)
        for _ in range(flips):
            body[chance.randrange(len(body))] = chance.randrange(256)

        reading(source, replace(record, body=bytes(body)))


@pytest.mark.parametrize("year", [1901, 2099])
def test_no_notice_is_dated_where_nobody_can_have_published(
    case: SourceCase, source: Source, year: int
) -> None:
    found = records(source, case, with_years(case.payload, year))

    dates = [notice.published for notice in readings(source, found) if notice]

    assert all(day is None or day.year != year for day in dates)
