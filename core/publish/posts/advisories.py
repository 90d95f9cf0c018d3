"""An operator's own words as posts: fitted, in a thread where they are long, never cut."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.message import Block, Role
from core.model.public import Links, Part, Style
from core.publish.posts.platform import DoesNotFit, Platform
from core.publish.posts.threads import in_a_row
from core.publish.posts.voice import Voice
from core.text.alerts.parts import Reader


@dataclass(frozen=True, slots=True)
class Advisory:
    """What an operator wrote: a title, paragraphs, links with the text that names each."""

    title: str
    paragraphs: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()


def advisory_post(
    advisory: Advisory, style: Style, reader: Reader, platform: Platform
) -> tuple[Part, ...]:
    """Return it as posts; raises DoesNotFit where it needs several and may have but one."""
    voice = Voice(style, reader, platform)
    head = Block(Role.HEADLINE, advisory.title)
    texts = [Block(Role.DETAIL, one) for one in advisory.paragraphs]
    links = [Block(Role.SOURCE, name, url) for name, url in advisory.links]
    below = voice.links is Links.REPLY and bool(links)
    here = [head, *texts, *(links if voice.links is Links.POST else ())]
    if not below and voice.fits(alone := voice.part(here)):
        return (alone,)
    if not style.threads:
        raise DoesNotFit(advisory.title)
    return in_a_row(
        advisory.title, [*texts, *(links if voice.links is not Links.NONE else ())], voice
    )
