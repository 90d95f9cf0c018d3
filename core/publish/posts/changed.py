"""What has changed in a notice that was posted, named in ever fewer words, never left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.model.recall import Notice
from core.publish.posts import facts
from core.publish.posts.foreign import coded
from core.publish.posts.forms import FORMS
from core.publish.posts.products import LONGEST_CODE, models_of
from core.publish.posts.story import Said
from core.publish.posts.voice import Voice
from core.text.alerts.changes import Change, Revised, remedy_lines
from core.text.alerts.parts import FEW_MODELS, listed
from core.text.names import option_names
from core.text.remedies import remedies_for
from core.text.translations import Translator

# The headline says all of the others: that a file was closed, or opened again.
SAID_IN_A_LINE = frozenset(
    {Revised.EXPANDED, Revised.CORRECTED, Revised.REMEDY_CHANGED, Revised.RETRACTED}
)
_OF_UNITS = frozenset({Revised.EXPANDED, Revised.CORRECTED})
_SHORTEST_CODE = 16


@dataclass(frozen=True, slots=True)
class Altered:
    """A notice as it stands `after` a change and as it was `before`, if that is known.

    `standing` are the event's notices that stand.
    """

    kind: Revised
    after: Notice
    before: Notice | None
    standing: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class _Room:
    """How many numbers have room in a line, how long each, and in which words."""

    models: int
    code: int
    bare: bool


_SHORT = _Room(FEW_MODELS, LONGEST_CODE, bare=False)
_BARE = _Room(FEW_MODELS, facts.SHORT_CODE, bare=True)
_LEAST = _Room(1, _SHORTEST_CODE, bare=True)


def changed_in(altered: Altered, voice: Voice) -> Said:
    """Return what has changed, at four lengths, each of which says it."""
    return Said(
        tuple(_sentences(altered, voice)),
        *(tuple(_lines(altered, room, voice)) for room in (_SHORT, _BARE, _LEAST)),
    )


def _sentences(altered: Altered, voice: Voice) -> Iterator[str]:
    words, kind = voice.words, altered.kind
    yield words(f"post_{kind}", authority=altered.after.authority)
    if kind is Revised.REMEDY_CHANGED and altered.before:
        change = Change(kind, altered.before, altered.after, voice.reader.now)
        yield from remedy_lines(change, voice.region, words)
    elif kind is Revised.RETRACTED:
        authorities = dict.fromkeys(one.authority for one in altered.standing)
        yield words("alert_still_stands", authorities=words.both(authorities))
    elif kind in _OF_UNITS:
        yield from _named_otherwise(altered, _SHORT, words)


def _lines(altered: Altered, room: _Room, voice: Voice) -> Iterator[str]:
    """Yield the same in few words; the headline says of which kind it is."""
    words, kind = voice.words, altered.kind
    if kind in _OF_UNITS:
        yield from _named_otherwise(altered, room, words)
    elif kind is Revised.REMEDY_CHANGED:
        yield _new_remedy(altered, room, voice)
    elif kind is Revised.RETRACTED or not room.bare:
        authority = facts.authority_of(altered.after, FORMS[-1])
        yield words(f"post_{kind}", authority=authority)
        if kind is Revised.RETRACTED and not room.bare:
            authorities = dict.fromkeys(one.authority for one in altered.standing)
            yield words("alert_still_stands", authorities=words.both(authorities))


def _named_otherwise(altered: Altered, room: _Room, words: Translator) -> Iterator[str]:
    """Yield what the notice names now and did not before, what no more, what else is new."""
    added, gone = _added(altered, words), _gone(altered)
    if added:
        yield words("alert_added", added=_row(added, room, words))
    if gone:
        key = "post_dropped_bare" if room.bare else "post_dropped"
        yield words(key, models=_row(gone, room, words))
    if room.bare and (added or gone):
        return
    what = [*_aspects(altered, units=not (added or gone))]
    if what or not (added or gone):
        said = (words(f"post_changed_{one}") for one in what or ["notice"])
        yield words("post_changed", what=words.both(said))


def _row(values: Sequence[str], room: _Room, words: Translator) -> str:
    return listed([coded(one, room.code) for one in values], room.models, words)


def _added(altered: Altered, words: Translator) -> list[str]:
    """Return the models and countries that the notice did not name before."""
    after, before = altered.after, altered.before
    if before is None:
        return []
    then = models_of(before)
    regions = (words.region(one) for one in after.regions if one not in before.regions)
    return [*(one for one in models_of(after) if one not in then), *regions]


def _gone(altered: Altered) -> list[str]:
    """Return the models that it names no more."""
    now = models_of(altered.after)
    return [one for one in models_of(altered.before or altered.after) if one not in now]


def _aspects(altered: Altered, *, units: bool) -> Iterator[str]:
    """Yield what else differs, by what each is called in `post_changed_<name>`."""
    after, before = altered.after, altered.before
    if before is None:
        return
    if units and (after.units != before.units or set(before.regions) - set(after.regions)):
        yield "units"
    if (after.hazard.kinds, after.hazard.text) != (before.hazard.kinds, before.hazard.text):
        yield "hazard"
    if _offers(after) != _offers(before):
        yield "remedy"
    if (after.product, after.brands) != (before.product, before.brands):
        yield "product"


def _offers(notice: Notice) -> list[object]:
    return [(remedy.regions, remedy.options) for remedy in notice.remedies]


def _new_remedy(altered: Altered, room: _Room, voice: Voice) -> str:
    """Return what owners get now, or that it changed, where nothing says into what."""
    words, notices = voice.words, (altered.after,)
    known = remedies_for(notices, voice.region) or remedies_for(notices, None)
    options = tuple(dict.fromkeys(option for one in known for option in one.options))
    if not options:
        return words("post_changed", what=words("post_changed_remedy"))
    if not room.bare:
        return words("alert_remedy_now", options=option_names(options, words))
    kinds = dict.fromkeys(one.kind for one in options)
    said = words.either(words(f"post_option_{one}") for one in kinds)
    return words("alert_remedy_now", options=said)
