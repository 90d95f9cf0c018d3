"""Sixty real recalls as posts of every platform, measured by judges that are not ours.

Where a text was changed on purpose, `python -m tests.core.publish.golden_stage` renews
golden.jsonl: the difference shows what people will read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import grapheme
import pytest

from core.model.public import Links, Sort, Style
from core.model.recall import Notice
from core.publish.lint import problems
from tests.core.publish.golden_stage import (
    ALL_RECALLS,
    GOLDEN,
    MOST_GOLDEN,
    RECORDED,
    SHARED,
    VOICES,
    Golden,
    chosen,
    parts_of,
    posts_of,
    recalls,
    style,
    written,
)
from tests.core.publish.posts_stage import LANGS
from tests.platforms.x_judge import judged_links, judged_weight

_URL = re.compile(r"https?://\S+")
_WORD = re.compile(r"[^\W\d_]{3,}")
# Written down once more, apart from the phrases that the linter and the composer share.
NEVER = re.compile(
    r"\b(?:voluntar\w*|precaution\w*|discretion\w*|out of caution|minimal\w*|rare(?:ly)?|"
    r"no (?:incidents? )?reported|no injuries|good news|safe(?:ly)?|harmless|unlikely)\b",
    re.IGNORECASE,
)
SAYS = {
    "headline": re.compile(r"Product safety (?:recall|warning)"),
    "hazard": re.compile(r"\bhazards?\b", re.IGNORECASE),
    "place": re.compile(
        r"Where to look|[Cc]ompare yours|Look (?:for|on)|[Ll]abel|[Mm]odel|UPC|[Ss]erial|"
        r"Every unit|[Nn]umber"
    ),
    # A dealer tells of a vehicle whether it is meant.
    "action": re.compile(r"(?:[Ss]top|[Dd]o not|[Dd]on’t) (?:us|charg|eat)|Ask a dealer now"),
    "remedy": re.compile(r"You get|Remedy|What you get|refund|replace|repair|no remedy known"),
    "source": re.compile(r"Source(?:s|: | \().*(?:CPSC|Consumer Product Safety Commission)"),
}


class _Visible(HTMLParser):
    """Keeps what Telegram shows of its HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(post: Golden) -> str:
    """Return what people read of a post."""
    if post.channel != "telegram":
        return post.text
    page = _Visible()
    page.feed(post.text)
    page.close()
    return page.text


def too_long(post: Golden) -> bool:
    """Say whether the platform would refuse it, as others count it."""
    text = seen(post)
    match post.channel:
        case "x":
            return judged_weight(post.text) > 280
        case "bluesky":
            return grapheme.length(text) > 300 or len(text.encode()) > 3_000
        case "mastodon":
            return len(_URL.sub("u" * 23, text)) > 500
        case "telegram":
            return len(text.encode("utf-16-le")) // 2 > (1_024 if post.image else 4_096)
        case "discord":
            return len(text) > 2_000
    return len(text) > 32_768


def leads(post: Golden) -> str:
    """Return where its links lead, of which Bluesky's text shows the beginning alone."""
    return " ".join((post.text, *post.links))


def every(notices: tuple[Notice, ...], how: Style) -> Iterator[tuple[Notice, Golden]]:
    for notice in notices:
        for channel in VOICES:
            yield from ((notice, post) for post in posts_of(notice, channel, how))


def firsts(how: Style) -> Iterator[tuple[Notice, Golden]]:
    return ((notice, post) for notice, post in every(chosen(), how) if post.part == 1)


@pytest.fixture
def shared() -> None:
    """Skip where the large page is not there; the folder without it is a mistake."""
    if not SHARED.exists():
        pytest.skip("no shared folder beside the repository")
    assert ALL_RECALLS.exists()
    assert len(chosen()) == 60


def test_a_change_of_wording_is_seen() -> None:
    notices = recalls(RECORDED)[:MOST_GOLDEN]

    assert written(notices) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.shared
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("threads", [False, True])
def test_sixty_recalls_fit_every_platform_by_independent_counts(
    threads: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    posts = [post for _, post in every(chosen(), style(threads=threads))]

    assert len(posts) >= 60 * len(VOICES)
    assert [post for post in posts if too_long(post)] == []


@pytest.mark.shared
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("threads", [False, True])
def test_each_first_post_says_everything(
    threads: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    lacking = [
        (post.channel, post.recall, element, post.text)
        for notice, post in firsts(style(threads=threads))
        for element, said in SAYS.items()
        if not said.search(seen(post)) or notice.main_source.url not in leads(post)
    ]
    unnamed = [
        (post.channel, post.recall)
        for notice, post in firsts(style(threads=threads))
        if not named(notice, seen(post))
    ]

    assert lacking == []
    assert unnamed == []


def named(notice: Notice, text: str) -> bool:
    """Say whether the product, or as much of its name as there is room for, stands in it."""
    words = _WORD.findall(" ".join((*notice.brands, notice.product)))[:6]
    return any(word.casefold() in text.casefold() for word in words)


@pytest.mark.shared
@pytest.mark.usefixtures("shared")
def test_no_post_plays_anything_down_but_by_a_name() -> None:
    promising = [
        (post.channel, post.recall, found[0])
        for notice, post in every(chosen(), style(threads=True))
        for text in (seen(post), post.alt or "")
        for found in NEVER.finditer(_URL.sub(" ", text.replace(notice.product, "")))
        if found[0] not in notice.product
    ]

    assert promising == []


@pytest.mark.shared
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("lang", LANGS)
def test_ten_recalls_fit_and_pass_in_every_language(lang: str) -> None:
    for notice in chosen()[::6]:
        for channel in VOICES:
            for links in Links:
                how = style(lang, threads=links is Links.REPLY, links=links)
                parts, posts = parts_of(notice, channel, how), posts_of(notice, channel, how)

                assert parts, (channel, notice.id)
                assert problems(parts, lang, Sort.RECALL) == ()
                assert not any(map(too_long, posts)), (channel, notice.id)


@pytest.mark.shared
@pytest.mark.usefixtures("shared")
def test_the_linter_finds_nothing_wrong_with_any_of_sixty() -> None:
    for notice in chosen():
        for channel in VOICES:
            parts = parts_of(notice, channel, style(threads=True))

            assert problems(parts, "en", Sort.RECALL) == (), (channel, notice.id)


@pytest.mark.shared
@pytest.mark.usefixtures("shared")
def test_every_picture_says_in_words_what_is_on_it() -> None:
    for notice in chosen():
        for channel in VOICES:
            for part in parts_of(notice, channel, style()):
                if part.picture is None:
                    continue
                alt = part.picture.alt

                assert SAYS["headline"].search(alt)
                assert SAYS["action"].search(alt)
                assert named(notice, alt)
                assert notice.main_source.url in alt


@pytest.mark.shared
@pytest.mark.usefixtures("shared")
def test_without_links_x_finds_nothing_to_link() -> None:
    for notice in chosen():
        for post in posts_of(notice, "x", style(links=Links.NONE)):
            assert judged_links(post.text) == [], post.text


@pytest.mark.shared
@pytest.mark.usefixtures("shared")
def test_most_of_sixty_say_where_the_number_stands() -> None:
    told = [notice for notice in chosen() if notice.find_it]

    assert len(told) >= 35
