"""Which language a message is in, from its script, its letters and its small words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from core.query.phrases import Hit
from core.query.plain import Plain
from core.query.wording import NO_LANGUAGE, Meaning, Wording

# Two hits in small words say more than one: "die", "me" and "a" are in many languages.
ENOUGH = 0.7
LETTERS_OF_PHRASE = 20
SURE, MARGIN = 2.5, 1.4
LETTER, WORD, PHRASE = 1.5, 1.0, 0.6
SHORT_WORD, LETTERS_OF_SHORT = 2, 0.35
LONG_PHRASE = 5
SHORTEST_FOREIGN = 3
WITH_SPACES = frozenset({"es", "fr", "de", "it", "pt", "nl", "pl", "tr", "vi", "id"})
SAME_SCRIPT = {"zh-Hans": "han", "zh-Hant": "han", "ja": "han"}
_WORD = re.compile(r"(?<![\w-])[^\W\d_]+(?![\w-])")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SCRIPTS = (
    (re.compile(r"[\uac00-\ud7a3]"), "ko"),
    (re.compile(r"[\u0900-\u097f]"), "hi"),
    (re.compile(r"[\u0600-\u06ff]"), "ar"),
)
NOT_TELLING = frozenset(
    {"countries", "filler", "aside", "months", "not", "not_behind", "rather", "both", "going"}
)


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest language, None where nothing tells; `sure` where no other comes close."""

    lang: str | None
    sure: bool = True


def language_of(plain: Plain, hits: Iterable[Hit[Meaning]], words: Wording) -> Guess:
    """Return the likeliest language of a message."""
    text = plain.shown
    if _KANA.search(text):
        return Guess("ja")
    for pattern, lang in _SCRIPTS:
        if pattern.search(text):
            return Guess(lang)
    return _best(_scores(plain, hits, words), han=_HAN.search(text) is not None)


def _scores(plain: Plain, hits: Iterable[Hit[Meaning]], words: Wording) -> dict[str, float]:
    scores: defaultdict[str, float] = defaultdict(float)
    for word in _WORD.findall(plain.words):
        weight = WORD if len(word) > SHORT_WORD else LETTERS_OF_SHORT * len(word)
        for lang in words.everyday.get(word, ()):
            scores[lang] += weight
    composed = set(plain.shown.lower())
    for lang, letters in words.letters.items():
        scores[lang] += len(composed & letters) * LETTER
    for hit in hits:
        if hit.meaning.kind not in NOT_TELLING and hit.meaning.lang != NO_LANGUAGE:
            scores[hit.meaning.lang] += PHRASE + hit.size / LETTERS_OF_PHRASE
    return scores


def _best(scores: dict[str, float], *, han: bool) -> Guess:
    if han:
        scores = {lang: scores.get(lang, 0) for lang in ("zh-Hans", "zh-Hant", "ja")}
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    (lang, best), (_, second) = (*ranked, (None, 0.0), (None, 0.0))[:2]
    enough = ENOUGH if not han else 0
    if best <= enough or best == second:
        return Guess("zh-Hans" if han else None, sure=False)
    return Guess(lang, sure=best >= SURE and best >= MARGIN * second)


def heard(hits: Iterable[Hit[Meaning]], guess: Guess) -> list[Hit[Meaning]]:
    """Return the phrases that a text in this language can mean.

    Short words of another language in the same script are left out ("rot" is red in German
    and decay in English), and all of them where the language is sure, but English ones:
    people say "recall" and "power bank" in every language.
    """
    return [hit for hit in hits if _compatible(hit, guess)]


def _compatible(hit: Hit[Meaning], guess: Guess) -> bool:
    theirs, lang = hit.meaning.lang, guess.lang
    if theirs in {lang, NO_LANGUAGE}:
        return True
    if hit.size <= SHORTEST_FOREIGN and theirs in WITH_SPACES:
        return False
    if lang is None:
        return True
    if lang in SAME_SCRIPT and theirs in SAME_SCRIPT:
        return lang != "ja" and theirs != "ja"
    if not guess.sure:
        return theirs == "en" or hit.size >= LONG_PHRASE
    return theirs == "en" and hit.size >= LONG_PHRASE
