"""From a story's file to a checked story, or to all that is wrong with it, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.stories.story import Event, Published, Story

FOLDER = Path(__file__).parent
_TAGS = frozenset({"notice", "says", "presses", "does"})


class StoryError(Exception):
    """The story cannot be played as it is; `problems` says all that is wrong, a line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Keep the problems; their lines are the message."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the names of the stories in the folder; by default, of those that ship."""
    return tuple(sorted(path.stem for path in folder.glob("*.json")))


def read(name: str, folder: Path = FOLDER) -> Story:
    """Return the story of that name; raises StoryError with every problem found.

    Its dates ascend, its households and sources are known, its notices parse.
    """
    known = names(folder)
    if name not in known:
        there = ", ".join(known) or "none"
        raise StoryError([f"there is no story {name!r}; there are: {there}"])
    story = _parsed(folder / f"{name}.json")
    if problems := [f"{name}: {problem}" for problem in _problems(story, name)]:
        raise StoryError(problems)
    return story


def _parsed(path: Path) -> Story:
    try:
        return Story.model_validate_json(path.read_bytes(), strict=True)
    except ValidationError as error:
        found = [one for one in error.errors(include_url=False) if not _echo(one)]
        raise StoryError(f"{path.stem}: {_sentence(one)}" for one in found) from None


def _echo(error: ErrorDetails) -> bool:
    """Say whether a list is only called too short because its entries are wrong themselves."""
    if error["type"] != "too_short":
        return False
    return bool(len(error["input"]) >= error["ctx"]["min_length"])


def _sentence(error: ErrorDetails) -> str:
    """Return the error in one line, its place in our words: "event 3: notice.hazard: …"."""
    place, way = "", list(error["loc"])
    match way:
        case ["events" | "households" as what, int(index), *rest]:
            place = f"{what.removesuffix('s')} {index + 1}"
            way = rest[1:] if what == "events" and rest and rest[0] in _TAGS else rest
    said = error["msg"].removeprefix("Value error, ")
    return ": ".join(part for part in (place, ".".join(map(str, way)), said) if part)


def _problems(story: Story, name: str) -> Iterator[str]:
    if story.story != name:
        yield f"calls itself {story.story!r}, another name than its file's"
    yield from _twins("household", [one.id for one in story.households])
    yield from _twins("source", [one.id for one in story.sources])
    yield from _disorder(story)
    yield from _strangers(story)
    yield from _changes(story)


def _twins(what: str, ids: list[str]) -> Iterator[str]:
    for one in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"{what} {one!r} is there twice"


def _numbered(story: Story) -> Iterator[tuple[str, Event]]:
    return ((f"event {number}", event) for number, event in enumerate(story.events, 1))


def _disorder(story: Story) -> Iterator[str]:
    for (_, before), (where, after) in pairwise(_numbered(story)):
        if after.at < before.at:
            yield f"{where}: at {after.at:%Y-%m-%d %H:%M} is before the event above it"
    if story.until < story.events[-1].at:
        yield f"until {story.until:%Y-%m-%d %H:%M} is before the last event"


def _strangers(story: Story) -> Iterator[str]:
    """Yield the households and sources that events name and the story does not list."""
    known = {one.id for one in story.households}
    listed = {one.id for one in story.sources}
    for where, event in _numbered(story):
        if not isinstance(event, Published):
            if event.household not in known:
                yield f"{where}: household {event.household!r} is not among the households"
        elif event.dated_by not in listed | {one.id for one in event.notice.sources}:
            yield f"{where}: source {event.dated_by!r} is listed nowhere"


def _changes(story: Story) -> Iterator[str]:
    """Yield what cannot be: the first version of a notice as a change, a later one as new."""
    seen: set[str] = set()
    for where, event in _numbered(story):
        if not isinstance(event, Published):
            continue
        first = event.notice.id not in seen
        if first and event.kind not in {"new", "expanded"}:
            yield f"{where}: {event.notice.id} is {event.kind}, but was not published before"
        if not first and event.kind == "new":
            yield f"{where}: {event.notice.id} is new, but was published before"
        seen.add(event.notice.id)
