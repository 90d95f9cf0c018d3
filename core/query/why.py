"""Where every fact of the last answer comes from, and as of when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from core.model.message import Block, Message, Quote, Role
from core.model.recall import Notice
from core.model.verdict import Relation
from core.query.answer import Answer
from core.text.compose import checked_at, source_line
from core.text.names import unit_name
from core.text.translations import Translator

MOST_NOTICES = 4


def why(found: Answer, words: Translator) -> Message:
    """Return each fact of the answer with its source, the day it was read and what it says.

    What was asked and when stands last: it is all there is to a negative answer.
    """
    if not found.items:
        return Message((Block(Role.NEXT_STEP, words("which_product")),), (), words.lang)
    blocks = [Block(Role.HEADLINE, _headline(found, words))]
    for notice in _spoken_of(found)[:MOST_NOTICES]:
        blocks.append(Block(Role.SOURCE, source_line(notice, words)))
        blocks += _facts(notice, words)
    known = found.knowledge
    blocks.append(Block(Role.SOURCE, checked_at(known.now, known.ages, words)))
    return Message(tuple(blocks), (), words.lang)


def _headline(found: Answer, words: Translator) -> str:
    names = words.both(dict.fromkeys(unit_name(item.unit, words) for item in found.items))
    return words("facts_of", product=names)


def _spoken_of(found: Answer) -> list[Notice]:
    """Return the notices that name the model, else the nearest."""
    findings = [one for item in found.items for one in item.decision.findings]
    named = [one for one in findings if one.relation is Relation.NAMED]
    return list({one.notice.id: one.notice for one in named or findings}.values())


def _facts(notice: Notice, words: Translator) -> Iterator[Block]:
    """Yield each source of a notice with the facts that rest on it, the best source first."""
    resting: defaultdict[str, list[str]] = defaultdict(list)
    resting[notice.main_source.id].append("units")
    for fact, source in _sources(notice):
        if fact not in resting[source]:
            resting[source].append(fact)
    for citation in sorted(notice.sources, key=lambda one: one != notice.main_source):
        facts = resting.get(citation.id)
        if facts:
            text = words(
                "facts_said",
                facts=", ".join(words(f"facts_{fact}") for fact in facts),
                kind=words(f"source_kind_{citation.kind}"),
                seen=words.day(citation.seen),
            )
            yield Block(Role.SOURCE, text, citation.url, Quote(citation.says))


def _sources(notice: Notice) -> Iterator[tuple[str, str]]:
    """Yield every fact of a notice and the id of its source."""
    yield "hazard", notice.hazard.source
    yield from (("remedy", remedy.source) for remedy in notice.remedies)
    yield from (("contact", contact.source) for contact in notice.contacts)
    for name in ("find_it", "incidents", "sold", "disposal"):
        if (fact := getattr(notice, name)) is not None:
            yield name, fact.source
    yield from (("count", count.source) for count in notice.counts)
