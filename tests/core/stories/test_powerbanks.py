"""The history that ships: real notices as they stood on their day, nothing known later."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from core.catalogue.load import FOLDER, load
from core.ingest.revise import Stored, revise
from core.match.decide import judge
from core.model.event import event_keys
from core.model.recall import Notice, RemedyKind
from core.model.rule import DateRule, Model, walk
from core.stories.read import names, read
from core.stories.story import Published, Said, Story
from core.text.reassurance import reassuring
from core.text.translations import languages, translator


@pytest.fixture(scope="module")
def story() -> Story:
    """Give the recalls of power banks as they happened."""
    return read("powerbanks")


def versions(story: Story, name: str) -> list[Published]:
    return [one for one in story.published() if one.notice.id == name]


def models(notice: Notice) -> set[str]:
    nodes = (node for node in walk(notice.units) if isinstance(node, Model))
    return {model for node in nodes for model in node.any_of}


def days_in(notice: Notice) -> Iterator[date | None]:
    yield notice.published
    yield from (remedy.since for remedy in notice.remedies)
    if notice.sold:
        yield from (notice.sold.start, notice.sold.end)
    for node in walk(notice.units):
        if isinstance(node, DateRule):
            yield from (node.start, node.end)


def test_it_is_the_story_that_ships():
    assert names() == ("powerbanks",)


def test_it_runs_from_june_2024_until_the_last_reminder_is_due(story):
    first, *_, last = story.published()

    assert first.at.date() < date(2024, 6, 20)
    assert (story.until - last.at).days > 42


def test_each_change_is_called_what_the_bot_itself_makes_of_it(story):
    held: dict[str, Stored] = {}

    for one in story.published():
        outcome = revise(held.get(one.notice.id), one.notice, one.at)

        assert outcome.change == one.kind, one.notice.id
        held[one.notice.id] = Stored(one.notice, frozenset({outcome.meaning}))


def test_no_notice_knows_a_day_that_was_still_to_come(story):
    for one in story.published():
        day = one.at.date()
        # "Until June" ends with June, also where it was said on the 27th.
        latest = day.replace(day=monthrange(day.year, day.month)[1])

        assert all(known <= latest for known in days_in(one.notice) if known), one.notice.id
        assert (one.notice.published or day) <= day, one.notice.id


def test_a_notice_appears_on_the_day_it_was_published(story):
    first: dict[str, Published] = {}
    for one in story.published():
        first.setdefault(one.notice.id, one)

    for name, one in first.items():
        assert one.notice.published in {None, one.at.date()}, name


def test_what_it_shares_with_the_catalogue_is_the_same_there(story):
    catalogue = {notice.id: notice for notice in load(FOLDER, judge).notices}
    shared = [one.notice for one in story.published() if one.notice.id in catalogue]

    assert len(shared) > 40
    for notice in shared:
        reviewed = catalogue[notice.id]
        assert notice.brands == reviewed.brands
        assert notice.number == reviewed.number
        assert models(notice) == models(reviewed)
        assert reviewed.published in {None, notice.published}


def test_it_plays_nothing_down(story):
    words = translator("en")
    for one in story.published():
        notice = one.notice
        said = [notice.find_it, notice.hazard, notice.incidents, notice.disposal]
        texts = [part.text for part in (*said, *notice.remedies) if part]

        assert not [found for text in texts for found in reassuring(text, words)]


def test_two_authorities_tell_of_one_event(story):
    (american,) = versions(story, "esr-us-2025-08")
    (canadian,) = versions(story, "esr-ca-2025-08")

    assert american.notice.authority != canadian.notice.authority
    assert event_keys(american.notice) & event_keys(canadian.notice)


def test_the_gift_card_of_june_becomes_a_refund_in_september(story):
    june, september = versions(story, "anker-rc2506-2025-06")

    offered = {option.kind for remedy in june.notice.remedies for option in remedy.options}
    assert offered == {RemedyKind.REPLACE, RemedyKind.GIFT_CARD}
    newest = september.notice.remedies[-1]
    assert newest.regions == ("US",)
    assert RemedyKind.REFUND in {option.kind for option in newest.options}
    assert (september.at - june.at).days > 80


def test_japan_recalls_two_models_then_two_more_then_hears_of_fires(story):
    first, expanded, corrected = versions(story, "anker-jp-2024-09")

    assert models(first.notice) == {"A1642", "A1647"}
    assert models(expanded.notice) == {"A1642", "A1647", "A1652", "A1257"}
    assert expanded.notice.incidents is None
    assert corrected.notice.incidents is not None


def test_every_household_says_something_and_names_a_channel_of_ours(story):
    silent = {one.id for one in story.households}
    silent -= {event.household for event in story.events if isinstance(event, Said)}

    assert not silent
    assert {one.channel for one in story.households} == {"telegram", "discord"}


def test_the_households_read_every_language_of_the_bot(story):
    assert {translator(one.lang).lang for one in story.households} == set(languages())


def test_whoever_left_speaks_again_after_the_recall(story):
    own = [one for one in story.events if getattr(one, "household", "") == "novak"]
    recall = datetime(2025, 6, 12, 14, tzinfo=UTC)

    silences = [(before, after) for before, after in pairwise(own) if before.at < recall]

    assert silences[-1][0].at < recall < silences[-1][1].at
