"""Messages as plain text, for terminals and files."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.message import Block, Message, Role

_STYLE = {
    Role.HEADLINE: "bold",
    Role.HAZARD: "red",
    Role.ACTION: "bold red",
    Role.NEXT_STEP: "bold cyan",
    Role.SOURCE: "dim",
}


def plain(message: Message) -> str:
    """Return the message as plain text, with its buttons as numbered choices."""
    text = message.plain
    if not message.buttons:
        return text
    return f"{text}\n\n{numbered([button.label for button in message.buttons])}"


def numbered(labels: Sequence[str]) -> str:
    """Return choices as "[1] …", a line each."""
    return "\n".join(f"[{number}] {label}" for number, label in enumerate(labels, 1))


def styled(block: Block) -> tuple[str, str]:
    """Return the text of a block and the Rich style that its role gets in a terminal."""
    return block.plain, _STYLE.get(block.role, "")
