"""Recorded recalls of the CPSC as posts of every platform; run, it renews golden.jsonl.

python -m tests.core.publish.golden_stage
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from bots.apprise.abilities import of_targets
from bots.apprise.render import render as for_apprise
from bots.bluesky.abilities import CAPABILITIES as BLUESKY
from bots.bluesky.render import render as for_bluesky
from bots.discord.abilities import CAPABILITIES as DISCORD
from bots.discord.render import render as for_discord
from bots.mastodon.abilities import within
from bots.mastodon.counting import Limit
from bots.mastodon.render import render as for_mastodon
from bots.telegram.abilities import CAPABILITIES as TELEGRAM
from bots.telegram.render import render as for_telegram
from bots.x.count import LONGEST_TEXT
from bots.x.count import fits as fits_x
from bots.x.render import render as for_x
from core.channel import Capabilities, Markup
from core.model.message import Picture
from core.model.public import Account, Links, Part, Style
from core.model.recall import Notice
from core.publish.composing import recall_parts
from core.publish.voice import Voice
from core.sources.cpsc import Cpsc
from core.sources.http import Fetcher
from tests.builders import NOW

GOLDEN = Path(__file__).parent / "golden.jsonl"
RECORDED = Path(__file__).parents[2] / "fixtures" / "sources" / "cpsc" / "recalls.json"
SHARED = Path(__file__).parents[3].parent / "shared"
ALL_RECALLS = SHARED / "data" / "cpsc" / "recalls.json"
PAGE = "https://www.saferproducts.gov/RestWebServices/Recall?format=json"
# Works of the US government, free to be repeated here: the texts of golden.jsonl.
MOST_GOLDEN = 12
IMAGE = "image/jpeg 1200x675"
X = Capabilities(fits_x, Markup.PLAIN, max_caption=LONGEST_TEXT, threads=True, private=False)
VOICES = {
    "x": Voice(for_x, X),
    "bluesky": Voice(for_bluesky, BLUESKY, hashtags=True),
    "mastodon": Voice(for_mastodon, within(Limit()), hashtags=True),
    "telegram": Voice(for_telegram, TELEGRAM),
    "discord": Voice(for_discord, DISCORD),
    "apprise": Voice(for_apprise, of_targets(files=True)),
}
# Sixty of 2023 to 2026, of fifty kinds of things: power banks, the longest names and titles,
# a name that promises what no post may.
_CHOSEN = """
24039 24042 24043 24051 24055 24064 24065 24067 24072 24075 24076 24078 24080 24092 24095
24098 24109 24111 24119 24125 24146 24237 24344 24735 24737 25011 25056 25081 25082 25087
25088 25094 25095 25102 25104 25112 25121 25190 25227 25230 25236 25304 25434 25437 25460
26069 26090 26102 26135 26165 26166 26169 26170 26181 26182 26215 26222 26224 26227 26349
"""


@dataclass(frozen=True, slots=True)
class Golden:
    """One platform post, as `recallbot post --dry-run --json` prints it.

    `links` are where those lead of which the text shows the beginning alone.
    """

    channel: str
    account: str
    recall: str
    part: int
    text: str
    alt: str | None
    image: str | None
    links: tuple[str, ...] = ()


def recalls(path: Path) -> tuple[Notice, ...]:
    """Return the recalls of a recorded page."""
    source = Cpsc(Fetcher())
    return tuple(source.parse(one) for one in source.split(path.read_bytes(), PAGE, NOW))


@cache
def chosen() -> tuple[Notice, ...]:
    """Return the sixty of the large page, which lies beside the repository."""
    return tuple(one for one in recalls(ALL_RECALLS) if one.number in _CHOSEN.split())


def style(lang: str = "en", *, threads: bool = False, links: Links = Links.POST) -> Style:
    """Return how an account in the US writes."""
    return Style(lang, region="US", threads=threads, links=links)


def parts_of(notice: Notice, channel: str, how: Style) -> tuple[Part, ...]:
    """Return what an account posts of it there."""
    account = Account(1, channel, "chat", f"{channel} {how.lang}", style=how)
    return recall_parts(account, (notice,), VOICES[channel], NOW)


def posts_of(notice: Notice, channel: str, how: Style) -> Iterator[Golden]:
    """Yield it as the platform's own rendering makes it; each part must be one post."""
    for number, part in enumerate(parts_of(notice, channel, how), 1):
        alt = part.picture.alt if part.picture else None
        message = replace(
            part.message(how.lang), picture=Picture(b"", alt) if alt is not None else None
        )
        (post,) = VOICES[channel].render(message)
        image = IMAGE if part.picture else None
        name = f"{channel} {how.lang}"
        links = tuple(url for _, url in post.links)
        yield Golden(channel, name, notice.id, number, post.text, alt, image, links)


def written(notices: Sequence[Notice]) -> str:
    """Return the posts of these recalls in English, a line of JSON for each."""
    posts = (
        post for one in notices for name in VOICES for post in posts_of(one, name, style())
    )
    return "".join(json.dumps(asdict(post), ensure_ascii=False) + "\n" for post in posts)


if __name__ == "__main__":
    GOLDEN.write_text(written(recalls(RECORDED)[:MOST_GOLDEN]), encoding="utf-8")
