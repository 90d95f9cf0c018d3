"""One interaction: what the bot is told, how it may answer and until when.

By Discord's interaction documentation. Second-hand: the codes for a webhook that is used too
early (10015) or too late (50027), that the first follow-up takes the place of a deferred
answer, and 40094 for a sixth follow-up of an app that only the user installed.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.platforms.discord.accounts import MEMBER, P, User, snowflake
from tests.platforms.discord.gateway import Changes
from tests.platforms.discord.messages import Message, Origin, Upload, change, post, remove
from tests.platforms.discord.rules import (
    EPHEMERAL,
    LOADING,
    Form,
    Json,
    Refused,
    choices_are_fit,
    modal_is_fit,
)
from tests.platforms.discord.world import Channel, Guild, Scene

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, LATER, LATER_CHANGE, CHANGE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
MAY_ANSWER = {
    COMMAND: (MESSAGE, LATER, MODAL),
    COMPONENT: (MESSAGE, LATER, LATER_CHANGE, CHANGE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (MESSAGE, LATER, LATER_CHANGE, CHANGE),
}
IN_GUILD, WITH_BOT, ELSEWHERE = 0, 1, 2
FILE_LIMIT = 10 << 20
MOST_FOLLOWUPS = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what where: on a component of `message`, or by the modal that `after` opened."""

    kind: int
    person: User
    channel: Channel
    body: Json
    message: Message | None = None
    after: Interaction | None = None

    @property
    def guild(self) -> Guild | None:
        """Return the guild it is asked in."""
        return self.channel.guild


@dataclass(eq=False, slots=True)
class Interaction:
    """One thing a person did, and what the bot made of it.

    `failed`: nothing came within `deadline` seconds, the person reads "The application did not
    respond". `waited`: seconds until the first answer; `kind_of_answer`: its callback type.
    `message`: the answer itself, the changed message, or None; `modal`, `choices`: what opened.
    """

    scene: Scene
    asking: Asking
    deadline: float = 3.0
    token_life: float = 900.0
    failed: bool = False
    waited: float | None = None
    kind_of_answer: int | None = None
    message: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] = field(default_factory=list)
    started: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    changes: Changes = field(default_factory=Changes)
    edits: int = 0
    id: str = field(default_factory=snowflake)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(120))

    @property
    def age(self) -> float:
        """Return the seconds since it was asked."""
        return asyncio.get_running_loop().time() - self.started

    @property
    def ephemeral(self) -> bool:
        """Whether only the person sees the answer."""
        return self.message is not None and self.message.ephemeral

    @property
    def context(self) -> int:
        """Return where it happens: in a guild, with the bot, or in somebody's own chats."""
        if self.asking.guild:
            return IN_GUILD
        return WITH_BOT if self.scene.bot in self.asking.channel.people else ELSEWHERE

    @property
    def owners(self) -> dict[str, str]:
        """Return who installed the app that is asked: the person, the guild, or both."""
        person, guild = self.asking.person, self.asking.guild
        owners = {"1": person.id} if person.installed else {}
        if guild is None or guild.has_bot:
            owners["0"] = guild.id if guild else "0"
        return owners

    def metadata(self) -> Json:
        """Return what a message says of the interaction it answers."""
        own: Json = {
            "id": self.id, "type": self.asking.kind, "user": self.asking.person.json(),
            "authorizing_integration_owners": self.owners,
        }  # fmt: skip
        if self.asking.kind == COMPONENT and self.asking.message:
            own["interacted_message_id"] = self.asking.message.id
        if self.asking.after:
            own["triggering_interaction_metadata"] = self.asking.after.metadata()
        return own

    def payload(self, application: str) -> Json:
        """Return what INTERACTION_CREATE carries."""
        person, channel, guild = self.asking.person, self.asking.channel, self.asking.guild
        has_bot = guild is not None and guild.has_bot
        may = guild.may(self.scene.bot, channel) if guild and has_bot else MEMBER
        shown: Json = {
            "id": self.id, "application_id": application, "type": self.asking.kind,
            "token": self.token, "version": 1, "data": self.asking.body,
            "channel_id": channel.id, "channel": channel.json(), "locale": person.locale,
            "app_permissions": str(int(may)), "entitlements": [], "context": self.context,
            "authorizing_integration_owners": self.owners, "attachment_size_limit": FILE_LIMIT,
        }  # fmt: skip
        if self.asking.message:
            shown["message"] = self.asking.message.json()
        if guild is None:
            return {**shown, "user": person.json()}
        own = str(int(guild.may(person, channel)))
        partial = {"id": guild.id, "locale": guild.locale, "features": []}
        shown["channel"] |= {"permissions": own}
        shown["member"] = {**guild.member(person), "permissions": own}
        return {**shown, "guild_id": guild.id, "guild": partial, "guild_locale": guild.locale}

    def answer(self, body: Json, uploads: Sequence[Upload]) -> None:
        """Accept the first answer, or refuse it as late, second or malformed."""
        if self.kind_of_answer is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        if self.age > self.deadline:
            self.failed = True
            raise Refused(404, 10062, "Unknown interaction")
        kind, inner = int(body.get("type") or 0), body.get("data") or {}
        allowed = MAY_ANSWER[self.asking.kind]
        if kind not in allowed or (kind in {LATER_CHANGE, CHANGE} and not self.asking.message):
            form = Form()
            form.wrong("type", "BASE_TYPE_CHOICES", f"Value must be one of {allowed}.")
            form.settle()
        self._accept(kind, inner, uploads)
        self.kind_of_answer, self.waited = kind, self.age
        self.changes.note()

    def _accept(self, kind: int, inner: Json, uploads: Sequence[Upload]) -> None:
        if kind == MODAL:
            modal_is_fit(inner)
            self.modal = inner
        elif kind == CHOICES:
            choices_are_fit(inner)
            self.choices = inner.get("choices") or []
        elif kind == MESSAGE:
            self.message = self._post(inner, uploads)
        elif kind == LATER:
            self.message = self._promise(inner)
        elif self.asking.message:
            self.message = self.asking.message
            if kind == CHANGE:
                change(self.scene, self.message, inner, uploads)

    def _origin(self, flags: int) -> Origin:
        person, guild = self.asking.person, self.asking.guild
        # Where guests' apps may not speak, they are heard by the one who called them.
        silent = guild and not guild.has_bot and not guild.may(person) & P.USE_EXTERNAL_APPS
        hidden = bool(flags & EPHEMERAL) or bool(silent)
        return Origin(self.scene.bot, person if hidden else None, self.metadata())

    def _post(self, body: Json, uploads: Sequence[Upload]) -> Message:
        origin = self._origin(body.get("flags") or 0)
        return post(self.scene, self.asking.channel, body, uploads, origin)

    def _promise(self, inner: Json) -> Message:
        origin = self._origin(inner.get("flags") or 0)
        flags = LOADING | (EPHEMERAL if origin.for_only else 0)
        shown = Message(self.asking.channel, origin.author, {}, for_only=origin.for_only)
        shown.flags, shown.asked_by = flags, origin.asked_by
        shown.channel.messages.append(shown)
        return shown

    def open(self) -> None:
        """Refuse the webhook before there is an answer, and after its fifteen minutes."""
        if self.age > self.token_life:
            raise Refused(401, 50027, "Invalid Webhook Token")
        if self.kind_of_answer is None:
            raise Refused(404, 10015, "Unknown Webhook")

    def follow_up(self, body: Json, uploads: Sequence[Upload]) -> Message:
        """Accept a further message; the first one takes the place of a promised answer."""
        if self.message and self.message.flags & LOADING:
            change(self.scene, self.message, body, uploads)
            said = self.message
        else:
            guild = self.asking.guild
            limited = guild is not None and not guild.has_bot
            if limited and len(self.followups) >= MOST_FOLLOWUPS:
                raise Refused(400, 40094, "This interaction has reached its follow-up limit")
            said = self._post(body, uploads)
            self.followups.append(said)
        self.changes.note()
        return said

    def find(self, number: str) -> Message:
        """Return one of its messages, "@original" the first."""
        known = [self.message] if self.message else []
        for message in [*known, *self.followups]:
            original = number == "@original" and message is self.message
            if (original or message.id == number) and not message.deleted:
                return message
        raise Refused(404, 10008, "Unknown Message")

    def edit(self, number: str, body: Json, uploads: Sequence[Upload]) -> Message:
        """Change one of its messages."""
        message = self.find(number)
        change(self.scene, message, body, uploads)
        self.edits += 1
        self.changes.note()
        return message

    def delete(self, number: str) -> None:
        """Delete one of its messages."""
        remove(self.scene, self.find(number))
        self.edits += 1
        self.changes.note()

    @property
    def shown(self) -> bool:
        """Whether the person sees more than that the bot is thinking."""
        if self.kind_of_answer == LATER:
            return self.message is not None and not self.message.flags & LOADING
        if self.kind_of_answer == LATER_CHANGE:
            return bool(self.edits or self.followups)
        return self.kind_of_answer is not None

    async def settled(self, patience: float = 60.0) -> Interaction:
        """Wait until it has failed or something is shown; TimeoutError after `patience`."""
        try:
            rest = max(0.0, self.deadline - self.age)
            await self.changes.until(lambda: self.kind_of_answer is not None, rest)
        except TimeoutError:
            self.failed = True
            return self
        await self.changes.until(lambda: self.shown, patience)
        return self
