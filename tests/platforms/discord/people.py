"""People in Discord: they join, write, call commands, press, pick, fill in, and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.platforms.discord.accounts import P, Role, User, snowflake
from tests.platforms.discord.commands import filled, offered, refer
from tests.platforms.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    IN_GUILD,
    MODAL_SUBMIT,
    WITH_BOT,
    Asking,
    Interaction,
)
from tests.platforms.discord.messages import Attached, Message, Origin, Upload, attach, post
from tests.platforms.discord.rules import (
    BUTTON,
    INPUT,
    LABEL,
    ROW,
    SELECT,
    SELECTS,
    UPLOAD,
    Json,
    parts,
)
from tests.platforms.discord.world import Channel, Guild, Scene

Values = Mapping[str, Any]
ON_MESSAGE = 3


class Stage(Protocol):
    """Where people act: the scene, the commands, and a way to ask the bot."""

    @property
    def scene(self) -> Scene:
        """Return everything there is."""
        ...

    def commands_in(self, guild: Guild | None) -> list[Json]:
        """Return the commands that are registered for there."""
        ...

    def ask(self, asking: Asking) -> Interaction:
        """Tell the bot of an interaction."""
        ...


@dataclass(eq=False, slots=True)
class Person:
    """Somebody with a Discord client; what the client would not let them do raises."""

    stage: Stage
    user: User

    @property
    def id(self) -> str:
        """Return the id of the account."""
        return self.user.id

    @property
    def dm(self) -> Channel:
        """Return the conversation with the bot."""
        return self.stage.scene.dm(self.user)

    def json(self) -> Json:
        """Return the user object."""
        return self.user.json()

    def joins(self, guild: Guild, *roles: Role) -> None:
        """Become a member, with these roles."""
        guild.people[self.id] = (self.user, list(roles))

    def leaves(self, guild: Guild) -> None:
        """Be a member no more."""
        guild.people.pop(self.id)

    def installs(self) -> None:
        """Take the app along everywhere."""
        self.user.installed = True

    def refuses_messages(self) -> None:
        """Let no bot write directly."""
        self.user.refuses = True

    def sees(self, channel: Channel) -> list[Message]:
        """Return the messages that this person can read there."""
        return [message for message in channel.messages if message.visible_to(self.user)]

    async def writes(
        self, text: str, where: Channel | None = None, files: Sequence[Upload] = ()
    ) -> Message:
        """Write a message; by default to the bot."""
        channel = where or self.dm
        self._is_there(channel)
        return post(self.stage.scene, channel, {"content": text}, files, Origin(self.user))

    async def command(
        self,
        words: str,
        values: Values | None = None,
        *,
        where: Channel | None = None,
        patience: float = 60.0,
    ) -> Interaction:
        """Call a slash command and wait for what it shows; by default in the bot's chat."""
        channel = where or self.dm
        body = self._called(words, self._uploaded(values or {}, channel), channel, None)
        return await self._asks(Asking(COMMAND, self.user, channel, body), patience)

    async def types(
        self, words: str, values: Values, *, focused: str, where: Channel | None = None
    ) -> list[str]:
        """Return the completions offered for an option that is being typed."""
        channel = where or self.dm
        body = self._called(words, values, channel, focused)
        asked = await self._asks(Asking(AUTOCOMPLETE, self.user, channel, body))
        return [choice["name"] for choice in asked.choices]

    async def uses(self, name: str, message: Message, *, patience: float = 60.0) -> Interaction:
        """Use a command of the context menu on a message."""
        self._sees(message)
        command, _ = offered(self._commands(message.channel), name, ON_MESSAGE)
        resolved = {"messages": {message.id: message.json()}}
        body: Json = {
            "id": command["id"], "name": command["name"], "type": ON_MESSAGE,
            "target_id": message.id, "resolved": resolved,
        }  # fmt: skip
        return await self._asks(Asking(COMMAND, self.user, message.channel, body), patience)

    async def presses(
        self, called: str, message: Message | None, *, patience: float = 60.0
    ) -> Interaction:
        """Press a button, by its label or custom_id."""
        seen = self._sees(message)
        button = seen.button(called)
        body = {"custom_id": button["custom_id"], "component_type": BUTTON, "id": button["id"]}
        return await self._asks(
            Asking(COMPONENT, self.user, seen.channel, body, seen), patience
        )

    async def picks(
        self,
        values: Sequence[Any],
        message: Message | None,
        *,
        select: str | None = None,
        patience: float = 60.0,
    ) -> Interaction:
        """Pick from a select, the first or the one with that custom_id or placeholder.

        `values` are values or labels; or users, roles and channels where it picks those.
        """
        seen = self._sees(message)
        called = [
            one
            for one in seen.selects
            if select in {None, one["custom_id"], one.get("placeholder")}
        ]
        if not called or called[0].get("disabled"):
            raise LookupError(f"no select {select!r} to pick from")
        body = {**_picked(called[0], values), "component_type": called[0]["type"]}
        body["id"] = called[0]["id"]
        return await self._asks(
            Asking(COMPONENT, self.user, seen.channel, body, seen), patience
        )

    async def submits(
        self, opened: Interaction, values: Values, *, patience: float = 60.0
    ) -> Interaction:
        """Fill in and send the modal that was opened, by labels or custom_ids."""
        if opened.modal is None:
            raise LookupError("no modal is open")
        channel = opened.asking.channel
        values = self._uploaded(values, channel)
        resolved: Json = {}
        known = {name for entry in opened.modal["components"] for name in _called_by(entry)}
        if set(values) - known:
            raise ValueError(f"no fields {sorted(set(values) - known)} among {sorted(known)}")
        filled_in = [_entered(entry, values, resolved) for entry in opened.modal["components"]]
        body: Json = {"custom_id": opened.modal["custom_id"], "components": filled_in}
        body |= {"resolved": resolved} if resolved else {}
        asking = Asking(MODAL_SUBMIT, self.user, channel, body, opened.asking.message, opened)
        return await self._asks(asking, patience)

    async def _asks(self, asking: Asking, patience: float = 60.0) -> Interaction:
        return await self.stage.ask(asking).settled(patience)

    def _called(
        self, words: str, values: Values, channel: Channel, focused: str | None
    ) -> Json:
        command, path = offered(self._commands(channel), words)
        options, resolved = filled(command, path, values, focused)
        body: Json = {"id": command["id"], "name": command["name"], "type": 1}
        body |= {"options": options, "resolved": resolved} if resolved else {"options": options}
        return body

    def _uploaded(self, values: Values, channel: Channel) -> Values:
        scene = self.stage.scene
        return {
            name: attach(scene, channel, [value])[0] if isinstance(value, Upload) else value
            for name, value in values.items()
        }

    def _commands(self, channel: Channel) -> list[Json]:
        """Return the commands that Discord offers this person there."""
        self._is_there(channel)
        guild = channel.guild
        own = self.stage.scene.bot in channel.people
        context = IN_GUILD if guild else WITH_BOT if own else 2
        by_guild = guild.has_bot if guild else own
        may = guild.may(self.user, channel) if guild else P(0)
        return [
            command
            for command in self.stage.commands_in(guild)
            if context in (command.get("contexts") or (0, 1, 2))
            if (by_guild and 0 in command["integration_types"])
            or (self.user.installed and 1 in command["integration_types"])
            if not guild or _allowed(command, may)
        ]

    def _is_there(self, channel: Channel) -> None:
        guild = channel.guild
        if channel.gone or not (
            guild.may(self.user, channel) & P.VIEW_CHANNEL
            if guild
            else self.user in channel.people
        ):
            raise LookupError(f"{self.user.name} is not in {channel.name!r}")

    def _sees(self, message: Message | None) -> Message:
        if message is None or not message.visible_to(self.user):
            raise LookupError(f"{self.user.name} does not see that message")
        return message


def _allowed(command: Json, may: P) -> bool:
    needed = command.get("default_member_permissions")
    return needed is None or (int(needed) & ~int(may) == 0)


def _picked(select: Json, values: Sequence[Any]) -> Json:
    most = select.get("max_values") or 1
    resolved: Json = {}
    if not (select.get("min_values", 1) or 0) <= len(values) <= most:
        raise ValueError(f"{len(values)} values picked of {most}")
    body: Json = {"custom_id": select["custom_id"], "values": []}
    if select["type"] == SELECT:
        known = {one["label"]: one["value"] for one in select["options"]}
        body["values"] = [known.get(value, value) for value in values]
        if not set(body["values"]) <= set(known.values()):
            raise LookupError(f"{values!r} are not all among {sorted(known)}")
        return body
    for value in values:
        refer(value, resolved)
        body["values"].append(value.id)
    return {**body, "resolved": resolved}


def _called_by(entry: Json) -> set[str]:
    """Return the names a field of a modal goes by: its labels and its custom_id."""
    inside = [entry, *parts(entry.get("components") or []), entry.get("component") or {}]
    return {part[key] for part in inside for key in ("label", "custom_id") if part.get(key)}


def _entered(entry: Json, values: Values, resolved: Json) -> Json:
    """Return one filled-in entry of a modal."""
    if entry["type"] not in {ROW, LABEL}:
        return {"type": entry["type"], "id": entry.get("id") or 0}
    fields = entry["components"][0] if entry["type"] == ROW else entry["component"]
    given = [values[name] for name in sorted(_called_by(entry)) if name in values]
    sent: Json = {"type": fields["type"], "custom_id": fields["custom_id"]}
    if fields["type"] == INPUT:
        sent["value"] = _written(fields, given[0] if given else fields.get("value") or "")
    elif fields["type"] in SELECTS:
        sent |= _picked(fields, given[0] if given else [])
    elif fields["type"] == UPLOAD:
        sent["values"] = [one.id for one in given if isinstance(one, Attached)]
        for one in given:
            refer(one, resolved)
    number = snowflake()[-6:]
    if entry["type"] == ROW:
        return {"type": ROW, "id": int(number), "components": [{**sent, "id": int(number) + 1}]}
    return {"type": LABEL, "id": int(number), "component": {**sent, "id": int(number) + 1}}


def _written(field_: Json, text: str) -> str:
    needed = field_.get("required", True)
    low, high = field_.get("min_length") or 0, field_.get("max_length") or 4000
    if (needed and not text) or (text and not low <= len(text) <= high):
        raise ValueError(
            f"the modal does not take {len(text)} characters, only {low} to {high}"
        )
    return text
