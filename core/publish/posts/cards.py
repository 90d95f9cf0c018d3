"""The picture of a recall, before it is drawn, with everything on it said in words."""

from __future__ import annotations

from core.model.public import Card, Style
from core.model.recall import Notice
from core.publish.posts import facts
from core.publish.posts.foreign import named, one_line
from core.publish.posts.forms import Form
from core.publish.posts.products import needs_its_name, product_of
from core.text.alerts.parts import Reader, kind_of
from core.text.names import LANG_OF_NOTICES
from core.text.translations import Translator

# A picture has room for so much at a size that is read on a phone.
_DRAWN = Form(full=False, models=6, name=90)
_LONGEST_PLACE = 160


def card_of(notices: tuple[Notice, ...], style: Style, reader: Reader) -> Card:
    """Return the picture of a recall, the leading notice first; `alt` says all of it."""
    return card_under(kind_of(notices[0], reader.words), notices, style, reader)


def card_under(
    headline: str, notices: tuple[Notice, ...], style: Style, reader: Reader
) -> Card:
    """Return the same picture under another headline."""
    words, lead = reader.words, notices[0]
    told = facts.Told(notices, words, reader.region or style.region, _DRAWN)
    product = _product(lead, words)
    hazard, where = facts.hazard_of(lead, words), _where(told)
    action = next(facts.action_blocks(told)).text
    source, url = facts.source_of(notices[:1], words, _DRAWN), lead.main_source.url
    code = words("post_card_code", url=url)
    lines = (f"{headline}: {hazard}", product, where, action, source, code)
    return Card(
        lang=words.lang,
        headline=headline,
        product=product,
        hazards=lead.hazard.kinds,
        hazard=hazard,
        action=action,
        where=where,
        source=source,
        url=url,
        alt="\n".join(line for line in lines if line),
    )


def _product(notice: Notice, words: Translator) -> str:
    name = product_of(notice, words)
    if needs_its_name(notice, words):
        name = f"{name}: {one_line(notice.product)}"
    return named(name, _DRAWN.name)


def _where(told: facts.Told) -> str | None:
    """Return where the number is, in the notice's words only where they are the reader's."""
    if line := facts.number_line(told):
        return line
    place = told.lead.find_it.text if told.lead.find_it else ""
    if told.words.lang == LANG_OF_NOTICES and 0 < len(place) <= _LONGEST_PLACE:
        return f"{told.words('find_it')} “{one_line(place)}”"
    return None
