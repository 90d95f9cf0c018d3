"""Asking an authority: politely, within limits, and never anybody else."""

from __future__ import annotations

import json
import ssl
import zlib
from datetime import timedelta

import pytest
import trustme

from core.sources.contract import SourceUnavailable
from core.sources.http import Fetched, Fetcher, Manners, Site, Validators
from core.sources.reading import MEGABYTE
from tests.platforms.asking import HURRIED, LOCAL, QUICK, Patience, asker
from tests.platforms.authority import (
    Authority,
    Behaviour,
    babbles,
    breaks_off,
    drips,
    hangs_up,
    is_silent,
    moves,
    packed,
    pours,
    running,
    says,
    versioned,
)

PAGE = b'[{"RecallID": 1}]'
BUSY = says(b"busy", "text/plain", 503)


async def get(fetcher: Fetcher, url: str, largest: int = MEGABYTE) -> Fetched:
    return await fetcher.get(url, hosts=LOCAL, largest=largest)


async def refusal(fetcher: Fetcher, url: str, largest: int = MEGABYTE) -> str:
    with pytest.raises(SourceUnavailable) as refused:
        await get(fetcher, url, largest)
    assert "\n" not in str(refused.value)
    return str(refused.value)


async def test_a_page_comes_with_what_describes_it(
    authority: Authority, fetcher: Fetcher, patience: Patience
) -> None:
    authority.will(
        says(
            PAGE,
            "Application/JSON; charset=UTF-8",
            headers={
                "ETag": '"v1"',
                "Last-Modified": "Thu, 11 Jun 2026 00:00:00 GMT",
                "Link": '<https://api.example/next?after=1>; rel="next"',
            },
        )
    )

    fetched = await get(fetcher, f"{authority.url}/recalls?format=json")

    assert fetched == Fetched(
        body=PAGE,
        content_type="application/json",
        charset="utf-8",
        url=f"{authority.url}/recalls?format=json",
        at=patience.moment,
        validators=Validators('"v1"', "Thu, 11 Jun 2026 00:00:00 GMT"),
        unchanged=False,
        links={"next": "https://api.example/next?after=1"},
    )


async def test_parameters_join_the_query_and_are_encoded(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(PAGE))

    await fetcher.get(
        f"{authority.url}/records?limit=100",
        hosts=LOCAL,
        largest=MEGABYTE,
        params={"where": "date>'2026-01-01' & x", "offset": 0},
    )

    assert authority.asked[0].words == "/records?limit=100&where=date>'2026-01-01' & x&offset=0"
    assert "& x" not in authority.asked[0].target


async def test_we_say_who_asks_and_how_to_reach_us(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(PAGE))

    await fetcher.get(
        authority.url, hosts=LOCAL, largest=99, headers={"Accept": "application/json"}
    )

    said = authority.asked[0].headers
    assert said["user-agent"].startswith("recallbot/")
    assert said["user-agent"].endswith(" (+https://recalls.example.org/about)")
    assert said["accept-encoding"] == "gzip"
    assert said["accept"] == "application/json"


def test_without_a_contact_the_name_says_none() -> None:
    assert "(" not in Manners().user_agent


async def test_searches_are_posted_as_json_or_as_a_form(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(PAGE))

    await fetcher.post(authority.url, hosts=LOCAL, largest=99, json={"year": 2026})
    await fetcher.post(authority.url, hosts=LOCAL, largest=99, form={"page": "1"})

    as_json, as_form = authority.asked
    assert (as_json.method, json.loads(as_json.body)) == ("POST", {"year": 2026})
    assert as_form.body == b"page=1"


async def test_a_version_that_was_stored_is_not_sent_again(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(versioned(PAGE, '"v1"'))

    first = await fetcher.get_if_changed(authority.url, hosts=LOCAL, largest=99)
    known = fetcher.settle()
    second = await fetcher.get_if_changed(authority.url, hosts=LOCAL, largest=99)

    assert (first.body, first.unchanged) == (PAGE, False)
    assert (second.body, second.unchanged) == (b"", True)
    assert list(known.values()) == [Validators('"v1"')]


@pytest.mark.parametrize("forgetting", [True, False])
async def test_a_version_that_could_not_be_stored_is_sent_again(
    authority: Authority, fetcher: Fetcher, *, forgetting: bool
) -> None:
    authority.will(versioned(PAGE, '"v1"'))

    await fetcher.get_if_changed(authority.url, hosts=LOCAL, largest=99)
    if forgetting:
        fetcher.forget()
        fetcher.settle()
    again = await fetcher.get_if_changed(authority.url, hosts=LOCAL, largest=99)

    assert (again.body, again.unchanged) == (PAGE, False)


async def test_validators_kept_elsewhere_are_asked_with(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(versioned(PAGE, '"v1"'))
    kept = Validators('"v1"', "Thu, 11 Jun 2026 00:00:00 GMT")

    fetched = await fetcher.get(authority.url, hosts=LOCAL, largest=99, headers=kept.headers)

    assert fetched.unchanged
    assert authority.asked[0].headers["if-modified-since"] == kept.last_modified


async def test_unchanged_is_no_answer_to_a_question_without_condition(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(says(b"", status=304))

    assert "answered 304" in await refusal(fetcher, authority.url)


@pytest.mark.parametrize("members", [1, 3])
async def test_packed_answers_are_unpacked(
    authority: Authority, fetcher: Fetcher, members: int
) -> None:
    authority.will(packed(PAGE * 50, members=members))

    fetched = await get(fetcher, authority.url)

    assert fetched.body == PAGE * 50


async def test_an_empty_packed_answer_is_empty(authority: Authority, fetcher: Fetcher) -> None:
    authority.will(says(b"", headers={"Content-Encoding": "gzip"}))

    assert (await get(fetcher, authority.url)).body == b""


async def test_an_answer_may_be_exactly_as_large_as_allowed(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(packed(b"x" * 1000), says(b"y" * 1000))

    first = await get(fetcher, authority.url, 1000)
    second = await get(fetcher, authority.url, 1000)

    assert (first.body, second.body) == (b"x" * 1000, b"y" * 1000)


@pytest.mark.parametrize(
    "behaviour",
    [
        says(b"x" * 1001),
        pours(b"[", 300_000),
        packed(b"x" * 1001),
        packed(b"\0" * 50_000_000),
        packed(b"\0" * 1_000_000, members=20),
        packed(b"\0" * 2002, members=2),
    ],
    ids=["announced", "poured", "unpacked", "bomb", "many members", "two members"],
)
async def test_a_larger_one_is_refused(
    authority: Authority, fetcher: Fetcher, behaviour: Behaviour
) -> None:
    authority.will(behaviour)

    assert "larger than 0.001 MB" in await refusal(fetcher, authority.url, 1000)
    assert len(authority.asked) == 1


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (says(PAGE, headers={"Content-Encoding": "gzip"}), "no gzip"),
        (says(PAGE, headers={"Content-Encoding": "br"}), "did not ask for"),
        (says(b"", status=204), "answered 204"),
        (says(b"no", status=403), "answered 403"),
        (says(b"no", status=404), "answered 404"),
        (moves("ftp://127.0.0.1/x"), "not asked over HTTPS"),
        (moves("http://127.0.0.1:x/"), "broke off its answer"),
        (moves("http://xn--/"), "redirects to no address"),
        (moves("http://[half"), "not the authority's"),
        (moves("http://127.0.0.1:99999999/"), "a port that there is not"),
        (moves("http://localhost/"), "leads to localhost, which is not the authority's"),
        (moves("https://evil.example/"), "leads to evil.example"),
        (moves(""), "redirects more than 5 times"),
    ],
)
async def test_what_is_no_page_is_refused_at_once(
    authority: Authority, fetcher: Fetcher, behaviour: Behaviour, reason: str
) -> None:
    authority.will(behaviour)

    said = await refusal(fetcher, f"{authority.url}/feed?key=secret")

    assert said.startswith("127.0.0.1: ")
    assert reason in said
    assert "secret" not in said
    assert len(authority.asked) <= 6


async def test_a_redirect_within_the_authority_is_followed(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(moves("/new?a=1", 301), moves(f"{authority.url}/newer", 307), says(PAGE))

    fetched = await get(fetcher, f"{authority.url}/old")

    assert fetched.body == PAGE
    assert fetched.url == f"{authority.url}/newer"
    assert [asked.target for asked in authority.asked] == ["/old", "/new?a=1", "/newer"]


async def test_what_was_posted_is_not_sent_elsewhere(
    authority: Authority, fetcher: Fetcher
) -> None:
    authority.will(moves("/new", 307), says(PAGE))

    with pytest.raises(SourceUnavailable, match="redirects what was sent"):
        await fetcher.post(authority.url, hosts=LOCAL, largest=99, json={})

    assert len(authority.asked) == 1


@pytest.mark.parametrize(
    "failing", [BUSY, says(b"", status=500), hangs_up, babbles, breaks_off(PAGE)]
)
async def test_a_passing_failure_is_tried_again_after_a_growing_wait(
    authority: Authority, fetcher: Fetcher, patience: Patience, failing: Behaviour
) -> None:
    authority.will(failing, failing, says(PAGE))

    fetched = await get(fetcher, authority.url)

    assert fetched.body == PAGE
    assert patience.waits == [1.0, 2.0]


async def test_a_packed_answer_that_breaks_off_is_tried_again(
    authority: Authority, fetcher: Fetcher
) -> None:
    half = zlib.compress(PAGE * 9, wbits=31)[:-9]
    authority.will(says(half, headers={"Content-Encoding": "gzip"}), packed(PAGE))

    assert (await get(fetcher, authority.url)).body == PAGE


async def test_after_four_failures_we_stop(
    authority: Authority, fetcher: Fetcher, patience: Patience
) -> None:
    authority.will(BUSY)

    said = await refusal(fetcher, authority.url)

    assert said == "127.0.0.1: answered 503, 4 times"
    assert len(authority.asked) == 4
    assert patience.waits == [1.0, 2.0, 4.0]


async def test_nobody_at_home_is_named(fetcher: Fetcher) -> None:
    assert "no connection" in await refusal(fetcher, "http://127.0.0.1:1/")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("0", None),
        ("Sun, 14 Jun 2026 09:00:20 GMT", 20.0),
        ("Sun, 14 Jun 2026 08:00:00 GMT", None),
        ("soon", 1.0),
        ("Sun, 14 Jun 2026 09:00:20", 1.0),
        ("Sun, 99 Jun 2026 09:00:20 GMT", 1.0),
    ],
)
async def test_the_wait_an_authority_asks_for_is_kept(
    authority: Authority, fetcher: Fetcher, patience: Patience, said: str, seconds: float | None
) -> None:
    authority.will(says(b"", status=429, headers={"Retry-After": said}), says(PAGE))

    fetched = await get(fetcher, authority.url)

    assert fetched.body == PAGE
    assert patience.waits == ([] if seconds is None else [seconds])


@pytest.mark.parametrize("said", ["3600", "9" * 30, "Sun, 14 Jun 2026 10:00:00 GMT"])
async def test_an_authority_that_wants_a_long_rest_gets_it(
    authority: Authority, fetcher: Fetcher, patience: Patience, said: str
) -> None:
    authority.will(says(b"", status=429, headers={"Retry-After": said}), says(PAGE))

    first = await refusal(fetcher, authority.url)
    patience.moment += timedelta(minutes=30)
    second = await refusal(fetcher, authority.url)
    patience.moment += timedelta(days=7)
    third = await get(fetcher, authority.url)

    assert "left alone for another" in first
    assert "left alone for another" in second
    assert third.body == PAGE
    assert len(authority.asked) == 2
    assert patience.waits == []


async def test_two_requests_to_a_host_lie_a_moment_apart(
    authority: Authority, fetcher: Fetcher, patience: Patience
) -> None:
    authority.will(says(PAGE))

    await get(fetcher, authority.url)
    await get(fetcher, authority.url)

    assert patience.waits == [0.25]


async def test_a_drip_is_cut_off_and_not_asked_for_again(
    authority: Authority, patience: Patience
) -> None:
    authority.will(drips(PAGE))

    async with asker(patience, HURRIED) as fetcher:
        said = await refusal(fetcher, authority.url)

    assert said == "127.0.0.1: took longer than 0.1 s"
    assert len(authority.asked) == 1


async def test_silence_is_a_passing_failure(authority: Authority, patience: Patience) -> None:
    authority.will(is_silent)
    impatient = Manners(silence=timedelta(seconds=0.05), loopback=True)

    async with asker(patience, impatient) as fetcher:
        said = await refusal(fetcher, authority.url)

    assert said == "127.0.0.1: does not answer, 4 times"


async def test_a_name_that_leads_into_the_own_network_is_refused_before_anything_is_sent(
    authority: Authority, patience: Patience
) -> None:
    authority.will(says(PAGE))
    own = authority.url.replace("http://127.0.0.1", "https://localhost")

    async with asker(patience, Manners()) as fetcher:
        with pytest.raises(SourceUnavailable, match="not a public one"):
            await fetcher.get(own, hosts=frozenset({"localhost"}), largest=99)

    assert authority.asked == []


async def test_without_tls_nobody_is_asked(authority: Authority, patience: Patience) -> None:
    authority.will(says(PAGE))

    async with asker(patience, Manners()) as fetcher:
        said = await refusal(fetcher, authority.url)

    assert said == "127.0.0.1: is not asked over HTTPS"
    assert authority.asked == []


@pytest.mark.parametrize("address", ["http://\0/", "https://xn--/"])
async def test_an_address_that_is_none_is_refused(fetcher: Fetcher, address: str) -> None:
    with pytest.raises(SourceUnavailable, match="is none"):
        await get(fetcher, address)


async def test_a_certificate_nobody_vouches_for_is_refused(
    fetcher: Fetcher,
) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)

    async with running(tls) as authority:
        authority.will(says(PAGE))
        said = await refusal(fetcher, authority.url)

    assert authority.url.startswith("https:")
    assert "CERTIFICATE_VERIFY_FAILED" in said
    assert authority.asked == []


async def test_nothing_of_an_exchange_is_logged(
    authority: Authority, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    authority.will(says(PAGE))

    await get(fetcher, f"{authority.url}/feed?key=secret")

    assert "secret" not in caplog.text
    assert "RecallID" not in caplog.text


async def test_closing_twice_does_no_harm(patience: Patience) -> None:
    fetcher = asker(patience, QUICK)

    await fetcher.aclose()
    await fetcher.aclose()


def test_a_stand_in_takes_the_place_of_every_host() -> None:
    real = Site(frozenset({"www.authority.example"}))
    tried = Site(frozenset({"www.authority.example"}), "http://127.0.0.1:8080")
    url = "https://www.authority.example/recalls?limit=1"

    assert (real.address(url), real.allowed) == (url, {"www.authority.example"})
    assert tried.address(url) == "http://127.0.0.1:8080/recalls?limit=1"
    assert tried.allowed == {"127.0.0.1"}
