"""The terminal as a channel, and a whole conversation over it."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

import pytest

from bots.app import open_database, open_talk, serve
from bots.render import numbered, plain, styled
from bots.terminal import LONGEST_LINE, Terminal
from core.channel import Address, Post, PostRejected, Receipt
from core.clock import SystemClock
from core.model.message import Attachment, Block, Button, Message, Role
from core.settings import Settings
from tests.builders import NOW

HERE = Address("terminal", "local")
CHOICES = (Button("Yes", "yes, that is it"), Button("No", "no, another"))


def a_terminal(typed: str = "") -> tuple[Terminal, io.StringIO]:
    printed = io.StringIO()
    return Terminal(io.StringIO(typed), printed, lambda: NOW, "en"), printed


def holds(path: Path, text: bytes) -> bool:
    return text in path.read_bytes()


async def heard(terminal: Terminal) -> list[str]:
    return [inbound.text async for inbound in terminal.listen()]


async def test_every_line_is_heard_until_the_end_and_empty_ones_are_not() -> None:
    terminal, _ = a_terminal("anker A1263\n\n   \n  last line without an end")

    assert await heard(terminal) == ["anker A1263", "last line without an end"]


async def test_what_is_heard_says_who_when_and_in_which_language() -> None:
    terminal, _ = a_terminal("hello\n")

    inbound = await anext(aiter(terminal.listen()))

    assert (inbound.sender, inbound.at, inbound.lang) == (HERE, NOW, "en")


async def test_an_over_long_line_is_heard_in_pieces() -> None:
    terminal, _ = a_terminal("a" * (LONGEST_LINE + 5) + "\n")

    assert [len(text) for text in await heard(terminal)] == [LONGEST_LINE, 5]


async def test_the_number_of_a_choice_stands_for_its_words() -> None:
    terminal, printed = a_terminal("2\n3\n0\n22\n")
    message = Message((Block(Role.VERDICT, "Is it this one?"),), CHOICES)

    (post,) = terminal.render(message)
    receipt = await terminal.send(post, HERE, key="1")

    assert printed.getvalue() == "Is it this one?\n[1] Yes\n[2] No\n"
    assert receipt == Receipt("1", HERE)
    assert await heard(terminal) == ["no, another", "3", "0", "22"]


async def test_a_digit_that_was_seen_on_the_unit_is_no_number_of_a_choice() -> None:
    terminal, _ = a_terminal("1\n2\n")
    letter_first = (Button("I (the letter)", "I"), Button("1 (the digit)", "1"))

    (post,) = terminal.render(Message((Block(Role.VERDICT, "Which?"),), letter_first))
    await terminal.send(post, HERE, key="1")

    assert await heard(terminal) == ["1", "1"]


async def test_a_number_without_choices_is_heard_as_it_is() -> None:
    terminal, _ = a_terminal("1\n")

    assert await heard(terminal) == ["1"]


async def test_no_more_choices_are_offered_than_there_are_digits() -> None:
    terminal, _ = a_terminal()
    many = tuple(Button(str(number), str(number)) for number in range(20))

    (post,) = terminal.render(Message((Block(Role.DETAIL, "x"),), many))

    assert len(post.buttons) == 9


async def test_a_post_that_is_too_long_is_rejected_and_nothing_is_edited_or_found() -> None:
    terminal, printed = a_terminal()

    with pytest.raises(PostRejected):
        await terminal.send(Post("a" * (LONGEST_LINE + 1)), HERE, key="1")
    with pytest.raises(PostRejected):
        await terminal.edit(Receipt("1", HERE), Post("b"))

    assert await terminal.find("1", HERE, Post("")) is None
    assert printed.getvalue() == ""


async def test_a_closed_terminal_hears_nothing_more() -> None:
    terminal, _ = a_terminal("hello\n")

    await terminal.close()
    await terminal.close()

    assert await heard(terminal) == []


def test_plain_text_carries_choices_and_links() -> None:
    blocks = (Block(Role.SOURCE, "Source:", "https://cpsc.example"),)

    assert plain(Message(blocks)) == "Source: https://cpsc.example"
    assert plain(Message(blocks, CHOICES)).endswith("\n\n[1] Yes\n[2] No")
    assert numbered([]) == ""


def test_a_block_is_styled_by_its_role() -> None:
    assert styled(Block(Role.HAZARD, "Fire")) == ("Fire", "red")
    assert styled(Block(Role.DETAIL, "Page", "https://x.example")) == (
        "Page https://x.example",
        "",
    )


async def test_a_conversation_finds_remembers_lists_and_forgets(database: Path) -> None:
    settings = Settings(database_url=str(database))
    terminal, printed = a_terminal(
        "anker A1263\nSN A1B2C3D4E5F60718\n1\nwhat do I have\nforget me\nwhat do I have\n"
    )
    store = await open_database(settings)

    with closing(await open_talk(store, settings, SystemClock())) as talk:
        await serve([terminal], talk)
    await store.close()

    told = printed.getvalue()
    steps = [
        "enter the serial number",
        "[1] I have this",
        "paste this serial number on the maker's page: A1B2C3D4E5F60718",
        "I will remember: Anker A1263.",
        ") Anker A1263 (A1B2C3D4E5F60718)",
        "Everything I kept about you is deleted.",
        "Your list is empty.",
    ]
    places = [told.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)
    assert not holds(database, b"A1B2C3D4E5F60718")


def test_a_file_is_printed_below_the_words() -> None:
    file = Attachment("recallbot.json", "application/json", '{"chat": "übung"}'.encode())
    terminal, _ = a_terminal()

    [post] = terminal.render(Message((Block(Role.DETAIL, "Everything."),), attachment=file))

    assert post.text == 'Everything.\n\n{"chat": "übung"}'
