"""What became of a recall that was posted: said as loudly as the post it corrects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from core.model.message import Block, Role
from core.model.public import Card, Links, Part, Style
from core.model.recall import Notice, State
from core.publish.posts import facts
from core.publish.posts.cards import card_under
from core.publish.posts.changed import SAID_IN_A_LINE, Altered, changed_in
from core.publish.posts.foreign import named
from core.publish.posts.forms import ESSENTIAL, FORMS, Form
from core.publish.posts.platform import DoesNotFit, Platform
from core.publish.posts.products import product_of
from core.publish.posts.story import LONGEST_TITLE, Said, Story, standing, told
from core.publish.posts.voice import Voice
from core.text.alerts.changes import Revised
from core.text.alerts.parts import Reader, kind_of
from core.text.translations import Translator


@dataclass(frozen=True, slots=True)
class Correction:
    """What changed: `notices` as they stand now, the changed one first, and it `before`.

    `told_at` is when the original was posted, in `posted` parts.
    """

    kind: Revised
    notices: tuple[Notice, ...]
    before: Notice | None
    told_at: datetime
    posted: int = 1

    @property
    def withdrawn(self) -> bool:
        """Say whether no notice of it stands any more."""
        others = (one.state is State.RETRACTED for one in self.notices[1:])
        return self.kind is Revised.RETRACTED and all(others)


@dataclass(frozen=True, slots=True)
class Corrected:
    """The posts that tell of it, and new versions of the original's posts, one for each."""

    parts: tuple[Part, ...]
    edits: tuple[Part, ...]


def correction_post(
    correction: Correction, style: Style, reader: Reader, platform: Platform, *, replies: bool
) -> Corrected:
    """Return what is posted of a change, and the original's posts anew; raises DoesNotFit.

    Where it `replies` it hangs below the original; else it names it by its day.
    """
    voice = Voice(style, reader, platform)
    earlier = Said() if replies else _earlier(correction, reader)
    return Corrected(_parts(correction, earlier, voice), _edits(correction, voice))


def _earlier(correction: Correction, reader: Reader) -> Said:
    day = reader.day(correction.told_at)
    whole, bare = (reader.words(key, day=day) for key in ("post_earlier", "post_earlier_bare"))
    brief = reader.words("post_earlier_least", day=reader.brief_day(correction.told_at))
    return Said((whole,), (bare,), (bare,), (brief,))


def _parts(correction: Correction, earlier: Said, voice: Voice) -> tuple[Part, ...]:
    if correction.withdrawn:
        return (_withdrawn(correction, earlier, voice),)
    known = _known(correction)
    headline = _headline(correction, known[0], voice.words)
    said = _with_change(correction, earlier, voice)
    return told(Story(known, headline, said), voice, _card(headline, known, voice))


def _with_change(correction: Correction, before: Said, voice: Voice) -> Said:
    """Return these lines with what has changed behind them, in whatever length."""
    known = _known(correction)
    altered = Altered(correction.kind, correction.notices[0], correction.before, known)
    changed = changed_in(altered, voice)
    return Said(
        (*before.full, *changed.full),
        (*before.short, *changed.short),
        (*before.bare, *changed.bare),
        (*before.least, *changed.least),
        tuple(_leaner_headlines(correction, known[0], voice.words)),
    )


def _known(correction: Correction) -> tuple[Notice, ...]:
    """Return the notices that stand, without the one that was taken back."""
    taken = correction.kind is Revised.RETRACTED
    return standing(correction.notices[1:] if taken else correction.notices)


def _card(headline: str, notices: tuple[Notice, ...], voice: Voice) -> Card | None:
    if not voice.shows:
        return None
    return card_under(headline, notices, voice.style, voice.reader)


def _headline(correction: Correction, lead: Notice, words: Translator) -> str:
    """Return the recall's headline with what became of it in it."""
    return _headed(correction, lead, facts.hazard_of(lead, words), words)


def _leaner_headlines(correction: Correction, lead: Notice, words: Translator) -> Iterator[str]:
    """Yield it with one danger alone, and at last without what became of it."""
    hazard = facts.first_hazard_of(lead, words)
    yield _headed(correction, lead, hazard, words)
    if correction.kind in SAID_IN_A_LINE:
        yield words("alert_headline", kind=kind_of(lead, words), product=hazard)


def _headed(correction: Correction, lead: Notice, hazard: str, words: Translator) -> str:
    kind = correction.kind
    if kind is Revised.RETRACTED:
        kind = Revised.CORRECTED  # others of the event still stand
    fields = {"kind": kind_of(lead, words), "product": hazard}
    return words(f"alert_headline_{kind}", **fields)


def _withdrawn(correction: Correction, earlier: Said, voice: Voice) -> Part:
    """Return that whoever published it took it back, which proves nothing."""
    forms = (*FORMS, *ESSENTIAL)
    candidates = [tuple(_taken_back(correction, earlier, form, voice)) for form in forms]
    part = voice.first_that_fits(candidates, None)
    if part is None:
        raise DoesNotFit(correction.notices[0].id)
    return part


def _taken_back(
    correction: Correction, earlier: Said, form: Form, voice: Voice
) -> Iterator[Block]:
    lead, words = correction.notices[0], voice.words
    fields = {"kind": kind_of(lead, words), "product": _name(correction, form.name, words)}
    yield Block(Role.HEADLINE, words("alert_headline_retracted", **fields))
    for text in earlier.full if form.full else earlier.bare:
        yield Block(Role.VERDICT, text)
    if not form.bare:
        authority = facts.authority_of(lead, form)
        yield Block(Role.VERDICT, words("post_retracted", authority=authority))
    yield Block(Role.VERDICT, words("alert_no_proof"))
    if form.full:
        yield Block(Role.NEXT_STEP, words("alert_ask_maker"))
    yield from facts.source_blocks(facts.Told((lead,), words, voice.region, form))


def _name(correction: Correction, most: int, words: Translator) -> str:
    """Return what was recalled as it was called when it was posted."""
    return named(product_of(correction.before or correction.notices[0], words), most)


def _edits(correction: Correction, voice: Voice) -> tuple[Part, ...]:
    """Return the original's posts as they should read now: as many as there are."""
    words, day = voice.words, voice.reader.day(voice.reader.now)
    line = (words(f"feed_post_{correction.kind}", day=day),)
    dated = Said(line, line, line)  # the fewest words are for what has changed
    if correction.withdrawn:
        parts: tuple[Part, ...] = (_withdrawn(correction, dated, voice),)
    else:
        known = _known(correction)
        headline = _headline(correction, known[0], words)
        said = _with_change(correction, dated, voice)
        story = Story(known, headline, replace(said, full=said.short))
        parts = _as_many(story, correction.posted, voice, _card(headline, known, voice))
    title = _name(correction, LONGEST_TITLE, words)
    rest = Block(Role.DETAIL, words("post_see_first"))
    below = voice.part((Block(Role.HEADLINE, title), rest), first=False)
    return (*parts, *([below] * (correction.posted - len(parts))))


def _as_many(story: Story, posted: int, voice: Voice, card: Card | None) -> tuple[Part, ...]:
    """Return the story in at most so many parts."""
    parts = told(story, voice, card) if posted > 1 else ()
    if 0 < len(parts) <= posted:
        return parts
    links = Links.NONE if voice.links is Links.REPLY else voice.style.links
    alone = replace(voice, style=replace(voice.style, threads=False, links=links))
    return told(story, alone, card)
