"""The card that "@bot A1263" puts into any chat: model level, and a way to ask in private."""

from __future__ import annotations

from hashlib import sha256

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode

from bots.telegram.render import visible
from bots.telegram.updates import Me
from core.channel import Post
from core.text.translations import Translator, translator

# The answer depends on what somebody reads, so it is theirs alone; recalls change by the day.
KEPT_SECONDS = 60
LONGEST_TITLE = 80
MOST_EXPECTED = 1_000
PAYLOAD = "inline"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Cards:
    """Answers inline queries, each once."""

    def __init__(self, bot: Bot, me: Me) -> None:
        """Answer through `bot`, with links to `me`."""
        self._bot = bot
        self._me = me
        self._expected: dict[str, str | None] = {}

    def words(self, lang: str | None) -> Translator:
        """Return the words of what somebody reads."""
        return translator(lang)

    def expect(self, query: str, lang: str | None) -> None:
        """Remember in which language a query is to be answered."""
        if len(self._expected) >= MOST_EXPECTED:
            del self._expected[next(iter(self._expected))]
        self._expected[query] = lang

    async def hint(self, query: str, lang: str | None) -> None:
        """Say what to type, with a way into the private chat."""
        button = InlineQueryResultsButton(
            self.words(lang)("telegram_inline_hint"), None, PAYLOAD
        )
        await self._bot.answer_inline_query(
            query, [], cache_time=KEPT_SECONDS, is_personal=True, button=button
        )

    async def answer(self, query: str, post: Post) -> str:
        """Offer the post as a card and return its id; raises TelegramError where it is late.

        A query is answered once: of a reply in several posts the first is the card.
        """
        number = sha256(post.text.encode()).hexdigest()[:16]
        if query not in self._expected:
            return number
        words = self.words(self._expected.pop(query))
        title, _, rest = visible(post.text).strip().partition("\n")
        card = InlineQueryResultArticle(
            id=number,
            title=title[:LONGEST_TITLE],
            description=" ".join(rest.split())[:LONGEST_TITLE],
            input_message_content=InputTextMessageContent(
                post.text, ParseMode.HTML, link_preview_options=NO_PREVIEW
            ),
            reply_markup=InlineKeyboardMarkup.from_button(
                InlineKeyboardButton(words("button_private"), url=self._me.link)
            ),
        )
        await self._bot.answer_inline_query(
            query, [card], cache_time=KEPT_SECONDS, is_personal=True
        )
        return number
