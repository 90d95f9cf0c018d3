"""A draft as the pages show it: how it looks, how it stands, what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bots.web.desk.newsroom import Newsroom
from bots.web.desk.previews import Shown, previews, problems_of
from bots.web.desk.when import moment, span
from core.model.delivery import Because
from core.model.public import Account, Card, Stage
from core.publish.release import people_missing
from core.store.listed import Listed
from core.store.piles import Pile, pile_of
from core.text.translations import Translator

# What is said of a draft whose time is known.
_THEN = {
    Pile.COUNTING: "desk_status_counting",
    Pile.UNDER_WAY: "desk_status_later",
    Pile.APPROVAL: "desk_status_approval_then",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One draft: its parts as they will look, its pile, and what it waits for, in words.

    `wrong` is what the linter says of the whole; `links` are those of its posts, by part.
    """

    listed: Listed
    account: Account
    pile: Pile
    parts: tuple[Shown, ...]
    wrong: tuple[str, ...]
    status: str
    why: str
    missing: int
    links: tuple[tuple[int, str, str | None], ...] = ()

    @property
    def path(self) -> str:
        """Return where the draft has its page."""
        return f"/desk/drafts/{self.listed.draft.alert}/{self.listed.draft.account}"

    @property
    def product(self) -> str:
        """Return what its first picture names, "" without one."""
        parts = self.listed.draft.parts
        picture = parts[0].picture if parts else None
        return picture.product if isinstance(picture, Card) else ""

    @property
    def needed(self) -> int:
        """Return how many people have to approve it in all."""
        return self.missing + len(self.listed.draft.approvals)

    @property
    def two(self) -> bool:
        """Say whether two people have to approve it."""
        draft = self.listed.draft
        return draft.serious and self.account.rules.two_for_serious

    @property
    def clean(self) -> bool:
        """Say whether nothing is wrong with it, so that it may be approved."""
        whole = bool(self.parts) and all(one.fits for one in self.parts)
        return whole and not self.wrong and not any(one.problems for one in self.parts)

    @property
    def waits(self) -> bool:
        """Say whether a person may approve it as it is."""
        return self.listed.draft.stage.open and self.clean

    def wants(self, me: str) -> bool:
        """Say whether an approval of theirs would still count, or release it."""
        return not self.missing or me not in self.listed.draft.approvals

    @property
    def stoppable(self) -> bool:
        """Say whether it can still be stopped."""
        stage = self.listed.draft.stage
        open_ = stage in {Stage.DRAFTED, Stage.PENDING}
        return open_ or self.pile is Pile.UNDER_WAY


def sheet(
    listed: Listed, account: Account, newsroom: Newsroom, words: Translator, now: datetime
) -> Sheet:
    """Return the draft as it is shown at that moment."""
    draft = listed.draft
    pile = pile_of(listed)
    parts = previews(draft, account, newsroom, words)
    if pile is Pile.POSTED:
        # What stands there is not judged any more.
        parts = tuple(replace(one, problems=()) for one in parts)
    wrong = () if parts else tuple(_whole(listed, words))
    return Sheet(
        listed,
        account,
        pile,
        parts,
        wrong,
        _status(listed, account, words, now),
        _why(listed, words),
        people_missing(draft, account, draft.approvals) if draft.stage.open else 0,
        tuple(
            (
                one.part,
                one.message,
                newsroom.permalink(account.channel, account.chat, one.message),
            )
            for one in listed.posted
        ),
    )


def _whole(listed: Listed, words: Translator) -> list[str]:
    return [text for texts in problems_of(listed.draft, words).values() for text in texts]


def _status(listed: Listed, account: Account, words: Translator, now: datetime) -> str:
    """Return how it stands in one sentence."""
    pile, zone = pile_of(listed), account.rules.zone
    due = listed.draft.due_at
    if pile is Pile.HUMAN and listed.state is not None:
        return words(f"web_outbox_state_{listed.state.name.lower()}")
    if pile is Pile.POSTED:
        return _posted(listed, zone, words)
    if due is None or (pile is Pile.UNDER_WAY and due <= now) or pile not in _THEN:
        return words(f"desk_status_{pile}")
    return words(_THEN[pile], left=span(due - now, words), at=moment(due, zone, words))


def _posted(listed: Listed, zone: str | None, words: Translator) -> str:
    if listed.why == Because.TAKEN_DOWN or listed.sent_at is None:
        return words("desk_status_taken_down")
    return words("desk_status_posted", at=moment(listed.sent_at, zone, words))


def _why(listed: Listed, words: Translator) -> str:
    """Return why, in words where there are any; "" where there is nothing to say."""
    draft = listed.draft
    said = listed.why if draft.stage is Stage.RELEASED else draft.why
    if not said or said == Because.TAKEN_DOWN:
        return ""
    last = said.split()[-1] if said.startswith("parts ") else said.partition(" ")[0]
    for key in (f"desk_why_{last}", f"web_outbox_why_{last}"):
        if words.has(key):
            return words(key)
    return said
