"""What `recallbot post` does: drafts by name, approved by whoever is at the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

from bots.asked_posts import Asked, Named, accounts_asked, recalls_asked
from bots.failure import Failure
from bots.publishing import voices
from bots.web.desk.names import COMMAND_LINE
from core.clock import Clock
from core.model.delivery import State
from core.model.public import Account, Stage
from core.publish.by_hand import ByHand
from core.publish.desk import Decided, Who
from core.publish.lint import told
from core.publish.rules import wants
from core.store.drafts import Listed
from core.store.work import Database
from core.text.translations import translator

BLOCKED, OUT = "blocked", "released"
# What becomes of a draft that there was already, as a word and in words.
_BEFORE = {
    Stage.DRAFTED: ("waits", "has a draft already, which waits at the desk for approval"),
    Stage.PENDING: ("pending", "has a draft already, which is released when it is due"),
    Stage.HELD: ("held", "has a draft already, which was held at the desk"),
    Stage.DROPPED: ("dropped", "was dropped at the desk"),
    Stage.SUMMED: ("summed", "went into a summary already"),
}


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one recall for one account: a word for programs, and a line for people."""

    channel: str
    account: str
    recall: str
    became: str
    says: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """Drafts, approves and releases what is asked for; nothing is posted twice."""

    database: Database
    clock: Clock
    asked: Asked
    _hand: ByHand = field(init=False)

    def __post_init__(self) -> None:
        """Know every platform's voice; raises Failure for a setting that is wrong."""
        hand = ByHand(self.database, self.clock, voices(), Who(COMMAND_LINE), self.asked.photo)
        object.__setattr__(self, "_hand", hand)

    async def every(self) -> AsyncIterator[Became]:
        """Yield what became of each, recall by recall; raises Failure before the first."""
        accounts = await accounts_asked(self.database, self.asked)
        if not accounts:
            raise Failure("no account is set up there; `recallbot account add` sets one up")
        async for one in recalls_asked(self.database, self.asked):
            for account in accounts:
                yield await self._one(account, one)

    async def _one(self, account: Account, one: Named) -> Became:
        became, says, at = "skipped", self._unwanted(account, one), None
        if not says:
            done = await self._hand.post(account, one.recall, self.asked.at)
            became, says, at = _before(done) if isinstance(done, Listed) else _decided(done)
        return Became(account.channel, account.name, one.id, became, says, at)

    def _unwanted(self, account: Account, one: Named) -> str:
        """Return why the account posts nothing of it, "" where it does."""
        if not account.active:
            return "not posted: the account is paused"
        if account.gone:
            return "not posted: the platform refuses the account; `recallbot account resume`"
        # Who names an account wants it there whatever its rules.
        if not self.asked.accounts and not any(wants(account, it) for it in one.recall.open):
            return "not posted: outside of the account's rules; --account names it in spite"
        return ""


def _decided(done: Decided) -> tuple[str, str, datetime | None]:
    if done.problems:
        english = translator(None)
        wrong = " ".join(dict.fromkeys(told(one, english) for one in done.problems))
        return BLOCKED, f"not posted, its draft waits at the desk: {wrong}", None
    if done.waits_for:
        return "waits", "waits at the desk: what is serious takes two people there", None
    if done.due_at is None:
        return OUT, "is posted next", None
    return OUT, f"is posted at {_local(done.due_at)}", done.due_at


def _before(one: Listed) -> tuple[str, str, datetime | None]:
    if one.draft.stage is not Stage.RELEASED:
        return *_BEFORE[one.draft.stage], one.draft.due_at
    if one.state is State.SENT:
        when = f" at {_local(one.sent_at)}" if one.sent_at else ""
        return "posted", f"was posted already{when}", one.sent_at
    name = one.state.name.lower() if one.state is not None else "waiting"
    return name, f"is in the outbox already ({name})", one.due_at


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
