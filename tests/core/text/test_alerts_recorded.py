"""Notices as the authorities' feeds hold them, long, thin or odd, can all be told."""

from __future__ import annotations

import pytest

from bots.discord.render import fits as fits_discord
from bots.discord.render import render as for_discord
from bots.telegram.render import fits as fits_telegram
from bots.telegram.render import render as for_telegram
from core.match.decide import decide
from core.model.message import Message, Role
from core.model.recall import Notice
from core.model.unit import Unit
from core.sources.contract import RecordUnreadable
from core.sources.http import Fetcher
from core.text.alerts.parts import Mine, News
from core.text.covered import models_of
from tests.contracts.source_case import SourceCase
from tests.contracts.source_cases import CASES
from tests.core.text.alerts_stage import (
    ALERT,
    EVENING,
    NOBODY,
    reader,
    to_everybody,
    to_owner,
)

# A few of each are enough: what they say differs little.
MOST = 12


def recorded(case: SourceCase) -> tuple[Notice, ...]:
    """Return notices of a recorded page that can be read."""
    source, found = case.build(Fetcher()), []
    for record in source.split(case.payload, case.url, EVENING):
        try:
            found.append(source.parse(record))
        except RecordUnreadable:
            continue
    return tuple(found[:MOST])


def told(notice: Notice, lang: str) -> list[tuple[str, Message]]:
    """Return everything that is ever said of it, to its owner and to everybody."""
    model = next(iter(models_of(notice)), None)
    unit = Unit(notice.brands[0], model, {"product": notice.product})
    mine = Mine(unit, decide(unit, [notice], NOBODY))
    who, news = reader(lang, notice.regions[0]), News(ALERT, (notice,))
    return [*to_owner(news, mine, who), *to_everybody(news, who)]


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_whatever_a_feed_holds_is_told_whole_in_posts_that_fit(
    case: SourceCase, lang: str
) -> None:
    notices = recorded(case)

    said = [(notice, *one) for notice in notices for one in told(notice, lang)]

    assert said
    for notice, name, message in said:
        headline = message.blocks[0].text
        assert headline.strip(), (notice.id, name)
        assert all("{" not in block.text for block in message.blocks)
        assert [b for b in message.blocks if b.url == notice.main_source.url], (notice.id, name)
    for _, name, message in said:
        if name in {"first", "reminder 3", "post", "digest"}:
            assert all(fits_telegram(post.text) for post in for_telegram(message))
            assert all(fits_discord(post.text) for post in for_discord(message))
            assert len([b for b in message.blocks if b.role is Role.HEADLINE]) == 1
