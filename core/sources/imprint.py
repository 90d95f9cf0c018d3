"""Where on a product its numbers stand, in the sentences of a notice that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A longer sentence is a table that lost its lines; only its end may be one that people read.
LONGEST_SENTENCE = 320
LONGEST_PLACE = 600
# The longest description on record has 9,000 characters.
LONGEST_READ = 40_000
_SHORTENED = (
    r"(?:\b(?:No|Nos|Mod|Ser|Inc|Co|Ltd|Corp|St|Mr|Dr|approx|ft|in|lb|lbs|oz|qty|vs|e\.g|i\.e)"
    r"|\b[A-Z])\."
)
_END = re.compile(rf"(?P<short>{_SHORTENED})(?=\s)|[.!?][\"”’)]*(?=\s+[\"“A-Z0-9(])|\n")
_NUMBER = (
    r"(?:(?:model|serial|item|batch|lot|part|product|catalog(?:ue)?|style|tracking|stock|SKU|"
    r"UPC|RN|PO|VIN|registration|identification|series|case|mold|version|specification|article)"
    r"(?:(?:,| and| or|/|,? and/or) (?:the )?(?:model|serial|item|batch|lot|date|part|SKU|UPC|"
    r"product|style|manufacture))*"
    r" (?:\(?s/?n\)? )?(?:numbers?|nos?\b\.?|codes?|\#|IDs?\b)"
    r"|\b(?:numbers?|UPCs?|SKUs?|VIN|date codes?|model names?)\b"
    r"|\b(?:manufactur(?:e|ed|ing)|production|expiration|best[- ]by|use[- ]by|build) dates?\b"
    r"|\bdates? (?:codes?|stamps?|of (?:manufacture|production))\b"
    r"|\bmodel:? ?[\"“]|\bmodel: \S|\bmodel(?= (?:and|or|is|can|appears?|information)\b)"
    r"|[\"“](?:product )?model [^\"”]{1,20}[\"”]|\bmodel [A-Z0-9-]*\d[A-Z0-9-]*(?= (?:is|are) )"
    r"|\b(?:lot|batch) codes?\b|\bcode [\"“]|\bFNSKU\b|\bASIN\b)"
)
_MARKED = re.compile(
    r"\b(?:printed|located|found|stamped|engraved|etched|labell?ed|mou?lded|embossed|debossed|"
    r"marked|displayed|written|imprinted|inscribed|stitched|sewn|affixed|attached|shown|seen|"
    r"placed|visible|stated|identified|indicated|listed|appears?|is|are)\b"
)
_LABELS = r"\b(?:label|tag|hangtag|sticker|decal|plate|nameplate|dataplate|placard|seal)s?\b"
_AT = (
    r"\b(?:on|in|inside|under|underneath|beneath|below|near|at|behind|above|along|next to|to|"
    r"outside) (?:of )?(?:the|a|an|its|their|each|every|both|either|all|one|top|bottom|front|"
    r"back|rear)\b"
)
_PLACE = re.compile(rf"(?P<at>{_AT})|(?P<label>{_LABELS})", re.IGNORECASE)
_LABELLED = re.compile(rf"[^.]{{0,25}}?{_LABELS}", re.IGNORECASE)
_NUMBERED = re.compile(_NUMBER, re.IGNORECASE)
# How far apart a number and its place are in one sentence.
_NEAR = 160
_NEXT = 70
_ELSEWHERE = re.compile(
    r"www\.|https?:|web ?site|web ?page|\bonline\b|\bpage\b|\btime\b|\bstores?\b|"
    r"\b(?:table|chart|list|release|notice|recall|below|following)\b",
    re.IGNORECASE,
)
# "has the name printed on the front": that is no number, and would lead astray.
_OF_ANOTHER = re.compile(
    r"\b(?:has|have|(?<!along )with|features?)\b.*\b(?:logo|brand|name|word)s?\b|;",
    re.IGNORECASE,
)
_NEVER_THERE = re.compile(r"\b(?:not|no|without|cannot)\b", re.IGNORECASE)
_INCHES = re.compile(r"(?<![\w\"])[\d./-]+\"")
_CUT = " …"
_BEGINS = re.compile(rf"\b(?:The|A|An|Each|All)\b (?=(?:[\w’'-]+ ){{0,4}}?{_NUMBER})")


def where_printed(text: str) -> str | None:
    """Return the notice's own sentences on where its numbers stand, None where it has none.

    `text` is plain. Nothing is taken from a sentence that only names a web page or a list.
    """
    said: list[str] = []
    for sentence in _sentences(text[:LONGEST_READ]):
        found = _readable(sentence)
        if found and _says_where(found) and found not in said:
            said.append(found)
    while said and sum(map(len, said)) + len(said) > LONGEST_PLACE:
        said.pop()
    return " ".join(said) or None


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for found in _END.finditer(text):
        if found["short"]:
            continue
        yield text[start : found.end()].strip()
        start = found.end()
    yield text[start:].strip()


def _readable(sentence: str) -> str | None:
    """Return the sentence, of one with a table around it only what people can read.

    None where it is a piece of one.
    """
    if sentence.count('"') % 2 and _INCHES.sub("", sentence).count('"') % 2:
        return None
    if len(sentence) <= LONGEST_SENTENCE:
        return sentence
    head, colon, _ = sentence.partition(":")
    if colon and len(head) <= LONGEST_SENTENCE and _says_where(head):
        return head + _CUT
    starts = [found.start() for found in _BEGINS.finditer(sentence, len(sentence) // 2)]
    ends = (sentence[at:] for at in starts)
    return next((end for end in ends if len(end) <= LONGEST_SENTENCE), None)


def _says_where(sentence: str) -> bool:
    places = [one for one in _PLACE.finditer(sentence) if _is_on_it(sentence, one)]
    numbers = [*_NUMBERED.finditer(sentence)]
    return any(_belong(sentence, number, place) for number in numbers for place in places)


def _is_on_it(sentence: str, place: re.Match[str]) -> bool:
    return not _ELSEWHERE.search(sentence[place.end() : place.end() + _NEXT])


def _belong(sentence: str, number: re.Match[str], place: re.Match[str]) -> bool:
    """Say whether the sentence puts this number in this place."""
    if number.end() <= place.start():
        between = sentence[number.end() : place.start()]
        said = bool(place["at"]) and _is_put(between, sentence[place.end() :])
    else:
        between = sentence[place.end() : number.start()]
        said = place.end() <= number.start() and bool(place["label"])
    led_astray = _OF_ANOTHER.search(between) or _NEVER_THERE.search(between)
    return said and len(between) <= _NEAR and not led_astray


def _is_put(between: str, behind: str) -> bool:
    """Say whether a number "is printed" there, or simply stands "on the label"."""
    alone = len(between.split()) <= 1  # nothing between them but the number itself
    return bool(_MARKED.search(between) or (alone and _LABELLED.match(behind)))
