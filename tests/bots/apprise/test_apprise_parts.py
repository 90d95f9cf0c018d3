from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.apprise.channel import Apprise, open_apprise
from bots.apprise.checkup import checkup
from bots.apprise.outcome import Line, failure_of
from bots.apprise.render import pieces, render
from bots.apprise.settings import AppriseSettings, accounts_of
from bots.surroundings import Surroundings
from core.channel import DeliveryUnknown, TryLater
from core.model.message import Block, Message, Role
from core.settings import SettingsError, load
from tests.builders import NOW, STEADY
from tests.fakes import FakeKept

AROUND = Surroundings(lambda: NOW, FakeKept(), lambda *_: ())


@given(st.text(), st.integers(1, 200))
@example("x" * 50_000, 160)
@example("word " * 10_000, 160)
@example("a\n\nb\n\n" * 1_000, 1)
@STEADY
def test_pieces_fit_and_nothing_is_left_out(text: str, longest: int) -> None:
    found = pieces(text, longest)

    assert all(len(piece) <= longest for piece in found)
    assert "".join("".join(piece.split()) for piece in found) == "".join(text.split())


def test_a_link_to_write_a_mail_is_the_address() -> None:
    block = Block(Role.REMEDY, "Write to", "mailto:help@acme.example?subject=x")

    (post,) = render(Message((block,)))

    assert post.text == "Write to help@acme.example"


def test_an_empty_message_is_one_post() -> None:
    (post,) = render(Message(()))

    assert post.text == ""


def test_targets_stand_one_behind_the_other() -> None:
    text = "Desk=json://a.example/x?a=1,b=2, press = mailtos://u:p@b.example?to=c@d.example,e@f.example\nops=ntfy://x"

    settings = AppriseSettings.model_validate({"targets": text})

    assert settings.urls == {
        "desk": "json://a.example/x?a=1,b=2",
        "press": "mailtos://u:p@b.example?to=c@d.example,e@f.example",
        "ops": "ntfy://x",
    }
    assert accounts_of(settings) == ("desk", "press", "ops")


@pytest.mark.parametrize(
    "text", ["json://secret.example", "desk=secret", "a=json://secret,A=json://other"]
)
def test_a_target_that_cannot_be_read_stops_the_start_and_is_not_quoted(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECALLBOT_APPRISE_TARGETS", text)

    with pytest.raises(SettingsError, match="RECALLBOT_APPRISE_TARGETS") as caught:
        load(AppriseSettings)

    assert "secret" not in str(caught.value)


async def test_a_url_that_apprise_does_not_know_stops_the_start_and_is_not_quoted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECALLBOT_APPRISE_TARGETS", "desk=nosuch://secret")

    with pytest.raises(SettingsError, match="'desk'") as caught:
        await open_apprise(AROUND)

    assert "secret" not in str(caught.value)


async def test_without_targets_there_is_no_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECALLBOT_APPRISE_TARGETS", raising=False)

    assert await open_apprise(AROUND) is None


async def test_with_a_target_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALLBOT_APPRISE_TARGETS", "desk=json://a.example")

    assert isinstance(await open_apprise(AROUND), Apprise)


async def test_the_checkup_says_what_each_target_is() -> None:
    settings = AppriseSettings.model_validate(
        {"targets": "a=json://h.example\nb=nosuch://secret"}
    )

    right, says = await checkup(settings)

    assert not right
    assert "a is JSON: 32768 characters at once" in says
    assert "b: Apprise cannot read its URL" in says
    assert "secret" not in says


async def test_without_targets_the_checkup_says_how_to_have_one() -> None:
    right, says = await checkup(AppriseSettings())

    assert right
    assert "name=url" in says


REFUSED = Line("DEBUG", "Socket Exception: [Errno 111] Connection refused")
BROKEN = Line("DEBUG", "Socket Exception: Read timed out. (read timeout=20.0)")


@pytest.mark.parametrize(
    ("lines", "failure"),
    [
        ([REFUSED, REFUSED], TryLater),
        ([REFUSED, BROKEN], DeliveryUnknown),
        ([REFUSED, Line("INFO", "Sent ntfy notification to x")], DeliveryUnknown),
        ([Line("WARNING", "There are no ntfy topics to notify")], DeliveryUnknown),
        ([Line("DEBUG", "error=404 in what somebody wrote")], DeliveryUnknown),
        ([], DeliveryUnknown),
    ],
)
def test_only_what_surely_went_nowhere_is_tried_again(
    lines: list[Line], failure: type[Exception]
) -> None:
    assert type(failure_of(lines)) is failure
