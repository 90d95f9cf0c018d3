"""What a post about a recall must say, looked for in its text, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.model.public import Sort
from core.text.translations import Translator

ELEMENTS = ("headline", "hazard", "action", "remedy", "source")
# What became of a recall hangs on a post that says the rest.
OF_A_RETRACTION = ("headline", "source", "change")
_EXPECTED = {
    Sort.RECALL: ELEMENTS,
    Sort.CORRECTION: ("headline", "hazard", "action", "source", "change"),
    Sort.SUMMARY: ("headline", "action", "source"),
    Sort.ROUND_UP: ("headline", "action", "source"),
    Sort.ADVISORY: (),
}


def expected(sort: Sort, *, retracted: bool = False) -> tuple[str, ...]:
    """Return which elements the first post of a draft of that sort must say."""
    return OF_A_RETRACTION if retracted else _EXPECTED[sort]


def missing(text: str, words: Translator, wanted: Sequence[str] = ELEMENTS) -> tuple[str, ...]:
    """Return which of the wanted elements the text does not say in this language.

    Each catalogue lists the phrases that count (`post_says_…`), one a line, in any case.
    """
    folded = _folded(text)
    return tuple(
        element
        for element in wanted
        if not any(phrase in folded for phrase in _phrases(element, words))
    )


def _phrases(element: str, words: Translator) -> Iterator[str]:
    lines = words(f"post_says_{element}").splitlines()
    return (_folded(line) for line in lines if line.strip())


def _folded(text: str) -> str:
    """Return the text as it is compared: one kind of space and of apostrophe, no capitals."""
    return " ".join(text.split()).replace("'", "’").casefold()
