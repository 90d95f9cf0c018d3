"""What keeps a public post from being released: words, missing elements, unreadable letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.model.public import Card, Chart, Part, Sort
from core.publish.posts import elements
from core.publish.signs import calls, misused_emoji, misused_hashtags, odd_letters
from core.publish.wording import played_down
from core.text.translations import Translator, translator

# In how many lines from the top the danger must have been named.
FIRST_LINES = 2
_FIRST = ("headline", "hazard")
DANGER_FIRST = "danger_first"
_HEADLINE, _PRODUCT, _TEXT, _CREDIT = "headline", "product", "text", "credit"
# What `found` names in these is an element, which has a name of its own in every language.
_NAMED = frozenset({"missing", "alt"})


class Wrong(StrEnum):
    """What can be wrong with a post; each has a text `lint_<value>`."""

    EMPTY = "empty"
    BANNED = "banned"
    MISSING = "missing"
    QUOTATION = "quotation"
    LETTERS = "letters"
    EMOJI = "emoji"
    HASHTAG = "hashtag"
    MENTION = "mention"
    ALT = "alt"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which part, and what was found or is missing there."""

    wrong: Wrong
    found: str
    part: int = 0


def problems(parts: tuple[Part, ...], lang: str, sort: Sort) -> tuple[Problem, ...]:
    """Return what is wrong with a draft in that language, () where it may be released."""
    words = translator(lang)
    if not parts:
        return (Problem(Wrong.EMPTY, ""),)
    found = [*_missing(parts, words, sort)]
    for number, part in enumerate(parts):
        found += (Problem(wrong, what, number) for wrong, what in _in_part(part, words))
    return tuple(found)


def told(problem: Problem, words: Translator) -> str:
    """Return what is wrong and what to do about it, in the language of whoever reads that."""
    found = problem.found
    if problem.wrong in _NAMED:
        found = words(f"lint_element_{found}")
    return words(f"lint_{problem.wrong}", found=found)


def _in_part(part: Part, words: Translator) -> Iterator[tuple[Wrong, str]]:
    own, whole = _own(part), _whole(part)
    if not whole.strip():
        yield Wrong.EMPTY, ""
        return
    pictured = _pictured(part.picture)
    played = played_down("\n".join((own, *pictured)), words)
    yield from ((Wrong.BANNED, one) for one in played.own)
    yield from ((Wrong.QUOTATION, one) for one in played.quoted)
    yield from ((Wrong.LETTERS, one) for one in odd_letters(own, words.lang))
    yield from ((Wrong.EMOJI, one) for one in misused_emoji(own))
    yield from ((Wrong.HASHTAG, one) for one in misused_hashtags(own))
    # A platform calls whoever is named, in whoever's words.
    yield from ((Wrong.MENTION, one) for one in calls(whole))
    if part.picture:
        yield from ((Wrong.ALT, one) for one in _unsaid(part.picture))


def _own(part: Part) -> str:
    """Return what the part says in our words, a line or more for each block."""
    return "\n".join(block.text for block in part.blocks)


def _whole(part: Part) -> str:
    quoted = (block.quote.text for block in part.blocks if block.quote)
    return "\n".join((_own(part), *quoted))


def _pictured(picture: Card | Chart | None) -> tuple[str, ...]:
    """Return what is drawn in our words, and what is said of it to whoever cannot see it."""
    if isinstance(picture, Chart):
        return (picture.title, picture.alt, *(label for label, _ in picture.bars))
    if picture is None:
        return ()
    # A name is a name, whatever it promises.
    alt = picture.alt.replace(picture.product, " … ")
    lines = (picture.headline, picture.hazard, picture.action, picture.where, alt)
    return tuple(line for line in lines if line)


def _unsaid(picture: Card | Chart) -> Iterator[str]:
    """Yield what stands on the picture and not in its description."""
    if not picture.alt.strip():
        yield _TEXT
        return
    said = _folded(picture.alt)
    headline = picture.title if isinstance(picture, Chart) else picture.headline
    if _folded(headline) not in said:
        yield _HEADLINE
    if not isinstance(picture, Card):
        return
    if _folded(picture.product) not in said:
        yield _PRODUCT
    if picture.credit and _folded(picture.credit) not in said:
        yield _CREDIT


def _missing(parts: tuple[Part, ...], words: Translator, sort: Sort) -> Iterator[Problem]:
    """Yield what the post does not say; of several parts the first stands alone."""
    first = _own(parts[0])
    retracted = sort is Sort.CORRECTION and _says("lint_withdrawn", first, words)
    wanted = elements.expected(sort, retracted=retracted)
    lacks = [*elements.missing(first, words, wanted)]
    if sort is Sort.ADVISORY and not _can_be_checked(parts, words):
        lacks.append("source")
    top = elements.missing(_top(first), words, [one for one in wanted if one in _FIRST])
    if set(top) - set(lacks):
        lacks.append(DANGER_FIRST)
    yield from (Problem(Wrong.MISSING, one) for one in lacks)


def _top(text: str) -> str:
    """Return the first lines: what it is and, of one recall, what can hurt."""
    return "\n".join([line for line in text.splitlines() if line.strip()][:FIRST_LINES])


def _can_be_checked(parts: Iterable[Part], words: Translator) -> bool:
    """Say whether it names a source or links to one."""
    return any(
        "://" in _own(part)
        or any(block.url for block in part.blocks)
        or _says("post_says_source", _own(part), words)
        for part in parts
    )


def _says(key: str, text: str, words: Translator) -> bool:
    said = _folded(text)
    phrases = (_folded(phrase) for phrase in words(key).splitlines())
    return any(phrase and phrase in said for phrase in phrases)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
