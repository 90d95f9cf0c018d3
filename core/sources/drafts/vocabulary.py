"""Sets of words, written as one line of words."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of `text`."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[tuple[str, ...]]:
    """Return the phrases of `text`, which "|" parts, each as its words."""
    return frozenset(tuple(phrase.split()) for phrase in text.split("|"))
