"""A recall put together: what is new about it, the danger, the product, the rest in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.model.message import Block, Role
from core.model.public import Card, Links, Part
from core.model.recall import Notice, State
from core.publish.posts import facts
from core.publish.posts.foreign import named
from core.publish.posts.forms import BARE, ESSENTIAL, FORMS, LEAST, RICHEST, WHOLE, Form
from core.publish.posts.platform import DoesNotFit
from core.publish.posts.products import product_of
from core.publish.posts.threads import Thread, threaded
from core.publish.posts.voice import Candidates, Voice

STEP = "- "
LONGEST_TITLE = 40


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a recall: in sentences, in a few words, in fewer, in the fewest.

    Every one of them says what has changed. `headlines` are leaner ones for the fewest words.
    """

    full: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    least: tuple[str, ...] = ()
    headlines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """What is told: the notices that stand, the leading one first, under which headline."""

    notices: tuple[Notice, ...]
    headline: str
    said: Said | None = None


def standing(notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """Return the notices that were not withdrawn; all, if none stands."""
    found = tuple(one for one in notices if one.state is not State.RETRACTED)
    return found or tuple(notices)


def told(story: Story, voice: Voice, picture: Card | None) -> tuple[Part, ...]:
    """Return the story as parts; raises DoesNotFit."""
    threads = voice.style.threads
    reply = voice.links is Links.REPLY
    forms = WHOLE if threads else FORMS
    if not reply and (part := voice.first_that_fits(_all(story, voice, forms), picture)):
        return (part,)
    if not threads:
        raise DoesNotFit(story.notices[0].id)
    title = named(product_of(story.notices[0], voice.words), LONGEST_TITLE)
    if facts.plays_down(title, voice.words):
        title = story.headline
    thread = Thread(title, _all(story, voice, FORMS), tuple(_further(story, voice)), picture)
    return threaded(thread, voice)


def _all(story: Story, voice: Voice, forms: Sequence[Form]) -> Candidates:
    """Return every form of it, richest first; what became of a recall may be leaner still."""
    return Candidates(lambda: _each(story, voice, forms))


def _each(story: Story, voice: Voice, forms: Sequence[Form]) -> Iterator[tuple[Block, ...]]:
    said = story.said or Said()
    forms = [form for form in forms if voice.platform.hashtags or not form.tag]
    ways = [(story, form, said.full if form.full else said.short) for form in forms]
    if story.said and FORMS[-1] in forms:
        ways += [(story, form, said.bare) for form in BARE]
        ways += [(story, form, said.short) for form in ESSENTIAL]
        ways += [(story, form, said.bare) for form in ESSENTIAL]
        leaner = [replace(story, headline=one) for one in (story.headline, *said.headlines)]
        least = said.least or said.bare
        ways += [(one, form, least) for form in LEAST for one in leaner]
    for one, form, lines in ways:
        yield tuple(_blocks(one, lines, form, voice))


def _blocks(story: Story, said: Sequence[str], form: Form, voice: Voice) -> Iterator[Block]:
    """Yield the whole in one form, in the order in which people act on it."""
    links = voice.links is Links.POST
    it = facts.Told(story.notices, voice.words, voice.region, form, links=links)
    yield Block(Role.HEADLINE, story.headline)
    yield from (Block(Role.VERDICT, line) for line in said)
    yield from facts.hazard_blocks(it)
    yield from facts.product_blocks(it)
    for step in facts.action_blocks(it) if form.essential else _steps(it):
        yield replace(step, text=STEP + step.text) if form.full else step
    yield from facts.source_blocks(it)
    if form.tag:
        yield Block(Role.DETAIL, voice.words("post_tag"))


def _steps(it: facts.Told) -> Iterator[Block]:
    yield from facts.where_blocks(it)
    yield from facts.action_blocks(it)
    yield from facts.remedy_facts(it)
    yield from facts.contact_facts(it)


def _further(story: Story, voice: Voice) -> Iterator[Block]:
    """Yield what a first post may have left out, for those below it."""
    it = facts.Told(story.notices, voice.words, voice.region, RICHEST)
    yield from (one for one in facts.hazard_blocks(it) if one.quote)
    yield from (one for one in facts.product_blocks(it) if one.quote)
    yield from (one for one in _steps(it) if one.role is not Role.ACTION)
    yield from facts.source_blocks(it)
