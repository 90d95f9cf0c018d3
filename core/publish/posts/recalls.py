"""The post of a recall: the danger, the product and its number, stop using it, what you get."""

from __future__ import annotations

from core.model.public import Part, Style
from core.model.recall import Notice
from core.publish.posts.cards import card_of
from core.publish.posts.facts import headline_of
from core.publish.posts.platform import Platform
from core.publish.posts.story import Story, standing, told
from core.publish.posts.voice import Voice
from core.text.alerts.parts import Reader


def recall_post(
    notices: tuple[Notice, ...], style: Style, reader: Reader, platform: Platform
) -> tuple[Part, ...]:
    """Return the parts that tell of a recall, the leading notice first; raises DoesNotFit.

    The first part says everything on its own; without `style.threads` it is the only one.
    """
    voice = Voice(style, reader, platform)
    known = standing(notices)
    card = card_of(known, style, reader) if voice.shows else None
    return told(Story(known, headline_of(known[0], reader.words)), voice, card)
