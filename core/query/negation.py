"""What a message names only to say that it is not meant: "not the A1263, the A1257"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from core.model.identifier import fold
from core.query.phrases import Hit, unspaced
from core.query.sheet import Kind, Mark, Sheet
from core.query.wording import Meaning, wording

MOST_WORDS = 3
# "No" alone counts only right behind what it takes back; "sorry, I mean" also further on.
SHORTEST_OUTSPOKEN = 5
FARTHEST = 40
# Scripts without spaces: "not that black one" is four characters.
MOST_UNSPACED = 5
NAMED = (Kind.BRAND, Kind.HINT, Kind.MODEL)
# A brand and its model: nothing but a few plain words stands between.
WIDEST_MENTION = 20
_STOP = re.compile(r"[.,!?;:()\n،؛。！？、，…]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SIGH = re.compile(r"\b(?:[aeou]h+|oj|ay|ai|ac?h|och|hm+|u?mm*)\b")
_MARKED = re.compile(r"(?:^|(?<=\s))\*\s?$")

Mention = list[Mark]


def keep_meant(sheet: Sheet) -> None:
    """Take back what was named only to be ruled out, where something else was named instead.

    Nothing is taken back where both are asked about.
    """
    if any(True for _ in sheet.meaning("both")):
        return
    told = [hit for hit in sheet.hits if hit.meaning.kind in {"not", "not_behind", "rather"}]
    if not told and "*" not in sheet.plain.words:
        return
    _keep_names(_Telling(sheet, told))
    _keep_codes(_Telling(sheet, told))


def _keep_names(telling: _Telling) -> None:
    mentions = _mentions(telling)
    ruled_out = telling.ruled_out(mentions)
    meant = [one for one in mentions if one not in ruled_out]
    for mention in ruled_out:
        if not any(_other_than(mention, one) for one in meant):
            continue
        branded = any(mark.brands or mark.kind is Kind.BRAND for one in meant for mark in one)
        for mark in mention:
            if mark.kind is Kind.MODEL or branded:
                telling.sheet.marks.remove(mark)


def _keep_codes(telling: _Telling) -> None:
    codes = [[mark] for mark in telling.sheet.of(Kind.CODE, Kind.LOOSE)]
    ruled_out = telling.ruled_out(codes)
    for (mark,) in ruled_out:
        rivals = [one for [one] in codes if [one] not in ruled_out and _rival(mark, one)]
        if not rivals:
            continue
        telling.sheet.marks.remove(mark)
        for rival in (one for one in rivals if one.kind is Kind.LOOSE):
            telling.sheet.marks.remove(rival)
            telling.sheet.marks.append(replace(rival, kind=mark.kind, field=mark.field))


def _rival(mark: Mark, other: Mark) -> bool:
    alike = other.field == mark.field or other.kind is Kind.LOOSE
    return alike and len(other.value) == len(mark.value)


def _mentions(telling: _Telling) -> list[Mention]:
    """Return brand and model of one product together."""
    found: list[Mention] = []
    for mark in telling.sheet.of(*NAMED):
        last = found[-1] if found else []
        new = all(mark.kind is not one.kind for one in last)
        if last and new and telling.near(last[-1].end, mark.start, WIDEST_MENTION):
            last.append(mark)
        else:
            found.append([mark])
    return found


def _other_than(mention: Mention, other: Mention) -> bool:
    """Say whether `other` names another model, or a brand of another maker."""
    models = {fold(mark.value) for mark in mention if mark.kind is Kind.MODEL}
    theirs = {fold(mark.value) for mark in other if mark.kind is Kind.MODEL}
    if theirs and not models & theirs:
        return True
    return bool(_brands(other)) and not _brands(mention) & _brands(other)


def _brands(mention: Mention) -> set[str]:
    said = {mark.value for mark in mention if mark.kind is Kind.BRAND}
    return said | {brand for mark in mention for brand in mark.brands}


class _Telling:
    """The words of one message that rule something out."""

    def __init__(self, sheet: Sheet, hits: Sequence[Hit[Meaning]]) -> None:
        self.sheet = sheet
        self.words = sheet.plain.words
        self.hits = hits
        self.joining = [hit for hit in sheet.meaning("and") if self._joins(hit)]

    def ruled_out(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Return the mentions that a word before, behind or after them takes back."""
        return [
            mention
            for mention, following in zip_longest(mentions, mentions[1:])
            if self._denied(mention, following)
            or (following and self._put_right(mention, following))
        ]

    def near(self, start: int, end: int, widest: int) -> bool:
        """Say whether only a few plain words stand there, and nothing that rules out."""
        between = any(start <= hit.start < end for hit in (*self.hits, *self.joining))
        return end - start <= widest and not between and self._plain(start, end)

    def _joins(self, hit: Hit[Meaning]) -> bool:
        # Without its accent the Portuguese and Italian "is" looks like "and".
        word = self.words[hit.start : hit.end]
        within = any(hit.inside(told) for told in self.hits)
        return word.isalpha() and word != "e" and not within

    def _denied(self, mention: Mention, following: Mention | None) -> bool:
        start, end = mention[0].start, mention[-1].end
        if following and any(end <= hit.start < following[0].start for hit in self.joining):
            return False
        return any(
            (hit.meaning.kind == "not" and self._plain(hit.end, start))
            or (hit.meaning.kind == "not_behind" and self._plain(end, hit.start))
            for hit in self.hits
        )

    def _put_right(self, mention: Mention, following: Mention) -> bool:
        """Say whether "no", "sorry" or the like stands between, or an asterisk before."""
        start, end = mention[-1].end, following[0].start
        if any(start <= hit.start < end for hit in self.joining):
            return False
        starred = self.words[following[-1].end : following[-1].end + 1] != "*"
        if starred and _MARKED.search(self.words, start, end):
            return True
        between = [
            hit
            for hit in self.hits
            if hit.meaning.kind == "rather" and start <= hit.start and hit.end <= end
        ]
        denied = any(
            hit.meaning.kind == "not" and start <= hit.start and self._plain(hit.end, end)
            for hit in self.hits
        )
        return not denied and any(self._takes_back(hit, start, end) for hit in between)

    def _takes_back(self, hit: Hit[Meaning], start: int, end: int) -> bool:
        if "?" in self.words[hit.end : end] or end - hit.end > FARTHEST:
            return False
        if hit.size >= SHORTEST_OUTSPOKEN or unspaced(self.words[hit.start]):
            return hit.start - start <= FARTHEST
        before = _WORD.findall(_SIGH.sub("", self.words[start : hit.start]))
        stopped = _STOP.match(self.words[hit.end :].lstrip()) is not None
        followed = any(0 < other.start - hit.end <= 1 for other in self.hits)
        return not before and (stopped or followed or self._plain(hit.end, end))

    def _plain(self, start: int, end: int) -> bool:
        """Say whether at most a few everyday words stand there, and no stop."""
        if start > end or end - start > FARTHEST:
            return False
        text = self.words[start:end]
        if _STOP.search(text):
            return False
        if any(map(unspaced, text)):
            return len(text.strip()) <= MOST_UNSPACED
        words = list(_WORD.finditer(self.words, start, end))
        return len(words) <= MOST_WORDS and all(map(self._everyday, words))

    def _everyday(self, match: re.Match[str]) -> bool:
        said = {"filler", "labels", "colours", "rather"}
        return match[0] in wording().everyday or any(
            hit.start <= match.start() and match.end() <= hit.end
            for hit in self.sheet.hits
            if hit.meaning.kind in said or hit.meaning.value == "topic"
        )
