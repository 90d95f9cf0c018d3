"""What an account says that takes its own post on a recall back; pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.model.message import Block, Role
from core.model.outbox import Background, Version
from core.model.public import Account, Links, Part
from core.model.recall import Notice, State
from core.model.revision import RevisionKind
from core.publish import composing
from core.publish.composing import Earlier
from core.publish.posts import facts
from core.publish.posts.corrections import Corrected
from core.publish.posts.platform import DoesNotFit
from core.publish.posts.products import product_of
from core.publish.posts.story import LONGEST_TITLE, Said, Story, standing, told
from core.publish.posts.voice import Voice as Saying
from core.publish.voice import Voice
from core.text.alerts.parts import kind_of

_NOTHING = Corrected(composing.NOTHING, composing.NOTHING)


def taken_back(
    account: Account, notices: tuple[Notice, ...], earlier: Earlier, voice: Voice, now: datetime
) -> Corrected:
    """Return the post that takes one back, and new versions of the old post's parts.

    Where the authority withdrew its notice the post says so. Else only our post is withdrawn,
    and what the authority published is said to stand. Empty where it fits in no form.
    """
    if all(one.state is State.RETRACTED for one in notices):
        version = Version(RevisionKind.RETRACTED, notices[0], now)
        withdrawn = Background(notices, version, version)
        return composing.correction_parts(account, withdrawn, earlier, voice, now)
    style = voice.style(account.style)
    reader = composing.reader_of(account, now)
    saying = Saying(style, reader, voice.platform(style))
    try:
        return _ours(standing(notices), earlier, saying)
    except DoesNotFit:
        return _NOTHING


def _ours(notices: tuple[Notice, ...], earlier: Earlier, saying: Saying) -> Corrected:
    words, lead = saying.words, notices[0]
    fields = {"kind": kind_of(lead, words), "product": facts.hazard_of(lead, words)}
    headline = words("post_taken_back_headline", **fields)
    day = saying.reader.day(earlier.at)
    full, bare = (words(key, day=day) for key in ("post_taken_back", "post_taken_back_bare"))
    story = Story(notices, headline, Said((full,), (full,), (bare,)))
    return Corrected(told(story, saying, None), _edits(story, earlier.parts, saying))


def _edits(story: Story, parts: int, saying: Saying) -> tuple[Part, ...]:
    """Return the old post's parts as they should read now: as many as there are."""
    links = Links.NONE if saying.links is Links.REPLY else saying.style.links
    alone = replace(saying, style=replace(saying.style, threads=False, links=links))
    words = saying.words
    title = Block(Role.HEADLINE, product_of(story.notices[0], words)[:LONGEST_TITLE])
    below = saying.part((title, Block(Role.DETAIL, words("post_see_first"))), first=False)
    return (*told(story, alone, None), *([below] * (parts - 1)))
