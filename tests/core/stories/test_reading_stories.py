"""A story that cannot be played says why in plain lines, naming the event and the household."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.stories.read import StoryError, read
from core.stories.story import Left, Pressed, Published, Said, Story
from tests.builders import a_notice

Write = Callable[..., Path]


def a_household(name: str = "ann", **facts: Any) -> dict[str, Any]:
    return {"id": name, "name": "Ann", "about": "Own an X100.", "channel": "telegram"} | {
        "lang": "en",
        **facts,
    }


def words(at: str = "2025-06-01T09:00:00Z", household: str = "ann") -> dict[str, Any]:
    return {"at": at, "household": household, "says": "I own an Acme X100"}


def notice(at: str = "2025-06-12T14:00:00Z", **facts: Any) -> dict[str, Any]:
    said = a_notice().model_dump(mode="json", exclude_defaults=True)
    return {"at": at, "kind": "new", "dated_by": "cpsc", "notice": said | facts}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a way to write a small story to a folder, each part replaceable."""

    def written(*events: dict[str, Any], **parts: Any) -> Path:
        whole = {
            "story": "small",
            "about": "An invented story.",
            "until": "2025-08-01T00:00:00Z",
            "households": [a_household()],
            "events": events or [words(), notice()],
            **parts,
        }
        (tmp_path / "small.json").write_text(json.dumps(whole), encoding="utf-8")
        return tmp_path

    return written


def lines_of(folder: Path, name: str = "small") -> list[str]:
    with pytest.raises(StoryError) as raised:
        read(name, folder)
    assert str(raised.value).splitlines() == list(raised.value.problems)
    return list(raised.value.problems)


def test_a_sound_story_is_read_with_every_kind_of_event_in_order(write):
    press = {"at": "2025-06-13T09:00:00+02:00", "household": "ann", "presses": "/told stopped"}
    block = {"at": "2025-06-14T09:00:00Z", "household": "ann", "does": "leaves"}

    story = read("small", write(words(), notice(), press, block))

    assert [type(event) for event in story.events] == [Said, Published, Pressed, Left]
    assert story.events[2].at == datetime(2025, 6, 13, 7, 0, tzinfo=UTC)
    assert story.household("ann").lang == "en"
    assert not story.household("ann").group
    with pytest.raises(KeyError):
        story.household("bob")


def test_a_story_survives_being_written_and_read_again(write):
    story = read("small", write())

    again = Story.model_validate_json(story.model_dump_json(exclude_defaults=True))

    assert again == story


def test_who_read_a_notice_on_its_day_read_its_sources_that_day(write):
    (published,) = read("small", write()).published()

    then = published.read_then()

    assert {source.seen for source in then.sources} == {published.at.date()}
    assert then.model_copy(update={"sources": published.notice.sources}) == published.notice


def test_a_story_that_is_not_there_names_those_that_are(write):
    assert lines_of(write(), "large") == ["there is no story 'large'; there are: small"]


def test_an_empty_folder_has_no_story(tmp_path):
    assert lines_of(tmp_path) == ["there is no story 'small'; there are: none"]


def test_an_unknown_household_is_named(write):
    folder = write(words(), words("2025-06-02T09:00:00Z", "bob"))

    assert lines_of(folder) == ["small: event 2: household 'bob' is not among the households"]


def test_events_out_of_order_are_named(write):
    folder = write(words("2025-06-02T09:00:00Z"), words("2025-06-01T09:00:00Z"))

    assert lines_of(folder) == [
        "small: event 2: at 2025-06-01 09:00 is before the event above it"
    ]


def test_events_at_the_same_moment_are_in_order(write):
    story = read("small", write(words(), words()))

    assert len(story.events) == 2


def test_a_clock_that_stops_too_soon_is_named(write):
    folder = write(until="2025-06-11T00:00:00Z")

    assert lines_of(folder) == ["small: until 2025-06-11 00:00 is before the last event"]


def test_a_notice_that_does_not_parse_is_named_by_its_event_and_fact(write):
    folder = write(words(), notice(brands=[]))

    (line,) = lines_of(folder)

    assert line.startswith("small: event 2: notice.brands: Tuple should have at least 1 item")


def test_a_fact_without_a_listed_source_is_refused(write):
    folder = write(notice(incidents={"text": "It burned.", "source": "hearsay"}))

    assert lines_of(folder) == ["small: event 1: notice: source not listed: hearsay"]


@pytest.mark.parametrize("rest", [{}, {"household": "ann"}])
def test_an_event_in_which_nothing_happens_is_refused(write, rest):
    folder = write({"at": "2025-06-01T09:00:00Z", **rest})

    assert lines_of(folder) == [
        "small: event 1: has none of notice, says, presses and does, so it is no event"
    ]


def test_what_is_no_object_is_no_event(write):
    folder = write(events=[3])

    assert lines_of(folder) == [
        "small: event 1: has none of notice, says, presses and does, so it is no event"
    ]


def test_an_hour_without_a_time_zone_is_refused(write):
    folder = write(words("2025-06-01T09:00:00"))

    assert lines_of(folder) == ["small: event 1: at: Input should have timezone info"]


def test_a_household_that_reads_no_language_is_named(write):
    folder = write(households=[a_household(lang="English")])

    (line,) = lines_of(folder)

    assert line.startswith("small: household 1: lang: String should match pattern")


def test_names_that_are_there_twice_are_named(write):
    citation = a_notice().main_source.model_dump(mode="json")

    folder = write(households=[a_household()] * 2, sources=[citation] * 2)

    assert lines_of(folder) == [
        "small: household 'ann' is there twice",
        "small: source 'cpsc' is there twice",
    ]


def test_the_source_of_a_day_may_stand_in_the_notice_or_in_the_story(write):
    other = a_notice().main_source.model_dump(mode="json") | {"id": "paper"}
    dated = notice() | {"dated_by": "paper"}

    story = read("small", write(dated, sources=[other]))

    assert next(story.published()).dated_by == "paper"
    assert lines_of(write(dated)) == ["small: event 1: source 'paper' is listed nowhere"]


def test_a_notice_is_new_once_and_changes_only_after(write):
    later = notice("2025-07-12T14:00:00Z")

    assert lines_of(write(notice(), later)) == [
        "small: event 2: acme-x100-us is new, but was published before"
    ]
    assert lines_of(write(notice() | {"kind": "corrected"})) == [
        "small: event 1: acme-x100-us is corrected, but was not published before"
    ]


def test_a_notice_may_begin_as_the_expansion_of_an_older_one_and_change_later(write):
    first, later = notice() | {"kind": "expanded"}, notice("2025-07-12T14:00:00Z")

    story = read("small", write(first, later | {"kind": "closed"}))

    assert [one.kind for one in story.published()] == ["expanded", "closed"]


def test_a_story_has_the_name_of_its_file(write):
    folder = write(story="other")

    assert lines_of(folder) == ["small: calls itself 'other', another name than its file's"]


def test_what_is_no_json_says_so(write, tmp_path):
    (tmp_path / "small.json").write_bytes(b'{"story": ')

    (line,) = lines_of(tmp_path)

    assert line.startswith("small: Invalid JSON: EOF while parsing")
