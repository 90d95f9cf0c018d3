"""A finished mail in a message: a link where the platform takes one, else whom to write to."""

from __future__ import annotations

import pytest

from bots.discord import render as discord
from bots.telegram import render as telegram
from bots.web import render as web
from core.model.message import Block, Message, Role, mail_address

MAIL = "mailto:help@acme.example?subject=Recall%20%28X100%29&body=Hello%0D%0A"
MESSAGE = Message((Block(Role.DETAIL, "By mail:", MAIL),))


def test_the_web_page_opens_the_mail_as_it_is_written() -> None:
    (post,) = web.render(MESSAGE)

    assert f'href="{MAIL.replace("&", "&amp;")}">help@acme.example</a>' in post.text


@pytest.mark.parametrize("render", [telegram.render, discord.render])
def test_where_no_mail_can_be_linked_its_address_stands(render: object) -> None:
    assert callable(render)

    (post,) = render(MESSAGE)

    assert post.text.endswith("By mail: help@acme.example")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (MAIL, "help@acme.example"),
        ("mailto:a.b+c@acme.example", "a.b+c@acme.example"),
        ("mailto:a@b", None),
        ("mailto:a@acme.example,b@acme.example", None),
        ('mailto:a@acme.example?x="onclick="y z', None),
        ("https://acme.example/?mailto:a@acme.example", None),
    ],
)
def test_a_mail_link_names_one_address(url: str, address: str | None) -> None:
    assert mail_address(url) == address
