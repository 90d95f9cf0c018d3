"""What a draft's posts will look like on their platform, with its own count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from markupsafe import Markup

from bots.web.desk.looks import look
from bots.web.desk.newsroom import Newsroom
from core.channel import Post
from core.model.message import Picture
from core.model.public import Account, Draft, Part
from core.publish.lint import problems, told
from core.text.translations import Translator


@dataclass(frozen=True, slots=True)
class Shown:
    """One part as people will see it: `length` of `most`, by the platform's count.

    `most` is 0 where the platform's count is not known; `posts` is how many posts it makes,
    which must be one.
    """

    look: Markup
    length: int = 0
    most: int = 0
    posts: int = 1
    alt: str | None = None
    problems: tuple[str, ...] = ()
    text: str = ""

    @property
    def fits(self) -> bool:
        """Say whether it is one post."""
        return self.posts == 1

    @property
    def long(self) -> bool:
        """Say whether it is longer than a post may be."""
        return not self.fits or (0 < self.most < self.length)


def previews(
    draft: Draft, account: Account, newsroom: Newsroom, words: Translator
) -> tuple[Shown, ...]:
    """Return each part of the draft as it will look."""
    wrong = problems_of(draft, words)
    return tuple(
        replace(shown(part, draft.lang, account, newsroom), problems=tuple(wrong.get(at, ())))
        for at, part in enumerate(draft.parts)
    )


def shown(part: Part, lang: str, account: Account, newsroom: Newsroom) -> Shown:
    """Return one part as the channel of the account renders it."""
    message, alt = part.message(lang), None
    if part.picture is not None:
        alt = part.picture.alt
        message = replace(message, picture=Picture(b"", alt))
    voice = newsroom.voices().get(account.channel)
    if voice is None:
        return Shown(Markup(escape(message.plain)), alt=alt, text=message.plain)  # noqa: S704
    posts = voice.render(message)
    text = "\n\n".join(post.text for post in posts)
    length, most = _counted(account, posts, newsroom)
    seen = look(text, voice.capabilities.markup)
    return Shown(seen, length, most, len(posts), alt, text=text)


def _counted(account: Account, posts: Sequence[Post], newsroom: Newsroom) -> tuple[int, int]:
    """Return how long all of it is together, and what one post may have."""
    counts = [newsroom.counted(account.channel, post) for post in posts]
    known = [one for one in counts if one is not None]
    if not known:
        return 0, 0
    return sum(length for length, _ in known), min(most for _, most in known)


def problems_of(draft: Draft, words: Translator) -> Mapping[int, list[str]]:
    """Return what keeps a draft from being released, in words, by part."""
    found: dict[int, list[str]] = {}
    for problem in problems(draft.parts, draft.lang, draft.sort):
        found.setdefault(problem.part, []).append(told(problem, words))
    return found
