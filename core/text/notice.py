"""One notice in full, in words: hazard, action, units, remedies, contacts, sources."""

from __future__ import annotations

from collections.abc import Iterator

from core.model.message import Block, Quote, Role
from core.model.recall import Notice
from core.text.advice import action_of
from core.text.names import region_names
from core.text.remedies import contact_blocks, disposal_blocks, remedy_blocks
from core.text.translations import Translator
from core.text.units import Sentence, in_words


def notice_blocks(notice: Notice, words: Translator) -> Iterator[Block]:
    """Yield everything we hold of a notice, what to do first."""
    yield Block(Role.HEADLINE, words("headline_affected", product=notice.product))
    kinds = words.both(words(f"hazard_{kind}") for kind in notice.hazard.kinds)
    yield Block(Role.HAZARD, words("hazard", kinds=kinds), quote=Quote(notice.hazard.text))
    yield Block(Role.ACTION, action_of(notice, words, known=False))
    yield from _units(notice, words)
    yield from remedy_blocks([notice], None, words)
    for remedy in notice.remedies:
        yield Block(Role.DETAIL, "", quote=Quote(remedy.text))
        if remedy.photo:
            yield Block(Role.DETAIL, words("remedy_photo"), quote=Quote(remedy.photo))
    yield from contact_blocks([notice], None, words)
    yield from disposal_blocks([notice], words)
    yield from _sources(notice, words)


def _units(notice: Notice, words: Translator) -> Iterator[Block]:
    lines = "\n".join(_indented(in_words(notice.units, words)))
    yield Block(Role.VERDICT, f"{words('units_covered')}\n{lines}")
    yield Block(Role.DETAIL, words("recalled_in", regions=region_names(notice.regions, words)))
    if notice.find_it:
        yield Block(Role.DETAIL, words("find_it"), quote=Quote(notice.find_it.text))
    for count in notice.counts:
        regions = region_names(count.regions, words)
        yield Block(Role.DETAIL, words.counted("units_counted", count.units, regions=regions))
    if notice.incidents:
        yield Block(Role.DETAIL, "", quote=Quote(notice.incidents.text))


def _indented(sentence: Sentence, depth: int = 0) -> Iterator[str]:
    quote = f" “{sentence.quote.text}”" if sentence.quote else ""
    yield f"{'  ' * depth}- {sentence.text}{quote}"
    for part in sentence.parts:
        yield from _indented(part, depth + 1)


def _sources(notice: Notice, words: Translator) -> Iterator[Block]:
    for citation in notice.sources:
        kind = words(f"source_kind_{citation.kind}")
        seen = words.day(citation.seen)
        text = words("source_says", kind=kind, seen=seen)
        yield Block(Role.SOURCE, text, citation.url, Quote(citation.says))
