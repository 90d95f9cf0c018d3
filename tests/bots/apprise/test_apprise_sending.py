from __future__ import annotations

import base64
import logging
from logging.handlers import BufferingHandler

import pytest

from bots.apprise.channel import LONGEST_POST, Apprise
from bots.apprise.settings import AppriseSettings
from bots.apprise.target import Target
from core.channel import (
    Address,
    AddressGone,
    DeliveryUnknown,
    Post,
    PostRejected,
    Receipt,
    TryLater,
)
from core.model.message import Attachment, Block, Message, Picture, Role
from tests.platforms.hook_server import Hook
from tests.platforms.mail_server import Mailbox

PICTURE = Picture(b"\xff\xd8\xff\xe0jpeg", "The label is on the back.")
WARNING = Message(
    (
        Block(Role.HEADLINE, "Recall: Acme heater"),
        Block(Role.ACTION, "Stop <using> it & *now*."),
    ),
    picture=PICTURE,
)
DESK = Address("apprise", "desk")


def a_channel(url: str) -> Apprise:
    channel = Apprise(AppriseSettings.model_validate({"targets": f"desk={url}"}))
    # Apprise pauses between requests, to be kind to servers that are not ours.
    channel._targets["desk"]._service.request_rate_per_sec = 0
    return channel


async def test_a_message_arrives_with_its_headline_as_the_title(readers: Hook) -> None:
    channel = a_channel(f"json://{readers.host}/hook")
    (post,) = channel.render(WARNING)

    receipt = await channel.send(post, DESK, key="k1")

    (told,) = readers.told
    assert receipt.to == DESK
    assert told["title"] == "Recall: Acme heater"
    assert told["message"] == "Stop <using> it & *now*.\n\n[The label is on the back.]"


async def test_a_picture_goes_along_and_what_it_shows_stands_in_the_text(
    readers: Hook,
) -> None:
    channel = a_channel(f"json://{readers.host}/hook")
    (post,) = channel.render(WARNING)

    await channel.send(post, DESK, key="k1")

    (told,) = readers.told
    (file,) = told["attachments"]
    assert base64.b64decode(file["base64"]) == PICTURE.jpeg
    assert file["mimetype"] == "image/jpeg"
    assert PICTURE.alt in told["message"]


async def test_a_file_goes_along(readers: Hook) -> None:
    channel = a_channel(f"json://{readers.host}/hook")
    post = Post("text", attachment=Attachment("week.csv", "text/csv", b"a,b"))

    await channel.send(post, DESK, key="k1")

    (file,) = readers.told[0]["attachments"]
    assert (file["filename"], base64.b64decode(file["base64"])) == ("week.csv", b"a,b")


async def test_a_long_text_arrives_whole_in_pieces_the_service_takes(readers: Hook) -> None:
    channel = a_channel(f"ntfy://{readers.host}/recalls")
    paragraphs = [f"Paragraph {number}: " + "word " * 200 for number in range(30)]
    text = "\n\n".join(paragraph.strip() for paragraph in paragraphs)

    await channel.send(Post(text), DESK, key="k1")

    longest = Target(f"ntfy://{readers.host}/recalls").longest
    assert len(readers.told) > 2
    assert all(len(told["message"]) <= longest for told in readers.told)
    assert "".join("".join(told["message"].split()) for told in readers.told) == "".join(
        text.split()
    )


def test_a_target_of_short_messages_does_not_shorten_those_of_others() -> None:
    urls = "a=json://a.example\nb=ntfy://a.example/recalls"
    channel = Apprise(AppriseSettings.model_validate({"targets": urls}))
    message = Message((Block(Role.ACTION, "word " * 3000),))

    posts = channel.render(message)

    assert len(posts) == 4
    assert all(channel.capabilities.fits(post.text) for post in posts)
    assert channel.capabilities.max_caption == LONGEST_POST


def test_where_no_target_takes_pictures_none_can_be_carried() -> None:
    channel = Apprise(
        AppriseSettings.model_validate({"targets": "sms=bulksms://u:p@+15550100123"})
    )

    assert channel.capabilities.max_caption is None


async def test_a_slack_hook_gets_the_text(
    readers: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = a_channel("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/%23recalls")
    target = channel._targets["desk"]
    target._service.webhook_url = f"http://{readers.host}/services"

    await channel.send(channel.render(WARNING)[0], DESK, key="k1")

    ((path, told),) = readers.taken
    assert path == "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    assert "Stop" in str(told)
    assert PICTURE.alt in str(told)


async def test_a_mail_has_a_subject_a_text_and_the_picture(mailbox: Mailbox) -> None:
    channel = a_channel(
        f"mailto://127.0.0.1:{mailbox.port}?from=bot@acme.example&to=desk@acme.example"
    )

    await channel.send(channel.render(WARNING)[0], DESK, key="k1")

    (mail,) = mailbox.mails
    assert mail["Subject"] == "Recall: Acme heater"
    assert mail["To"] == "desk@acme.example"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Stop <using> it & *now*." in body.get_content()
    assert PICTURE.alt in body.get_content()
    (picture,) = mail.iter_attachments()
    assert picture.get_content() == PICTURE.jpeg
    assert picture.get_filename() == "recall.jpg"


async def test_a_mail_of_one_paragraph_has_its_beginning_as_the_subject(
    mailbox: Mailbox,
) -> None:
    channel = a_channel(
        f"mailto://127.0.0.1:{mailbox.port}?from=bot@acme.example&to=desk@acme.example"
    )

    await channel.send(Post("This is a test. " * 10), DESK, key="k1")

    (mail,) = mailbox.mails
    assert mail["Subject"].startswith("This is a test. This")
    assert len(mail["Subject"]) <= 78


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("451 Try again later", TryLater),
        ("554 This looks like spam", PostRejected),
        ("421 Closing", TryLater),
    ],
)
async def test_what_a_mail_server_refuses_is_told_apart(
    mailbox: Mailbox, answer: str, failure: type[Exception]
) -> None:
    channel = a_channel(
        f"mailto://127.0.0.1:{mailbox.port}?from=bot@acme.example&to=desk@acme.example"
    )
    mailbox.refuses = answer

    with pytest.raises(failure):
        await channel.send(Post("text"), DESK, key="k1")


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        *((429, TryLater), (302, TryLater)),
        *((400, PostRejected), (413, PostRejected)),
        *((401, AddressGone), (403, AddressGone), (404, AddressGone), (410, AddressGone)),
        *((408, DeliveryUnknown), (500, DeliveryUnknown), (503, DeliveryUnknown)),
        (None, DeliveryUnknown),
    ],
)
async def test_what_a_web_server_answers_is_told_apart(
    readers: Hook, status: int | None, failure: type[Exception]
) -> None:
    channel = a_channel(f"json://{readers.host}/secret-hook?retry=3&wait=0&optional=yes")
    readers.answers = [status]

    with pytest.raises(failure) as caught:
        await channel.send(Post("text"), DESK, key="k1")

    assert "secret-hook" not in str(caught.value)
    assert readers.answers == []
    assert len(readers.told) == (1 if status is None else 0)


@pytest.mark.parametrize(
    "url", ["json://127.0.0.1:9/x", "mailto://127.0.0.1:9?from=a@b.example"]
)
async def test_what_is_not_there_was_sent_nothing(url: str) -> None:
    channel = a_channel(url)

    with pytest.raises(TryLater):
        await channel.send(Post("text"), DESK, key="k1")


async def test_where_a_later_piece_fails_some_of_it_arrived(readers: Hook) -> None:
    channel = a_channel(f"ntfy://{readers.host}/recalls")
    readers.answers = [200, 400]

    with pytest.raises(DeliveryUnknown, match="1 of"):
        await channel.send(Post("word " * 3000), DESK, key="k1")


async def test_where_one_of_two_readers_is_reached_nothing_is_repeated(
    readers: Hook,
) -> None:
    channel = a_channel(f"ntfy://{readers.host}/recalls/warnings")
    readers.answers = [200, 429]

    with pytest.raises(DeliveryUnknown):
        await channel.send(Post("text"), DESK, key="k1")


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_POST + 1)])
async def test_what_is_empty_or_far_too_long_is_rejected(readers: Hook, text: str) -> None:
    channel = a_channel(f"json://{readers.host}")

    with pytest.raises(PostRejected):
        await channel.send(Post(text), DESK, key="k1")

    assert readers.told == []


async def test_a_target_that_is_not_set_up_waits_for_whoever_runs_the_bot(
    readers: Hook,
) -> None:
    channel = a_channel(f"json://{readers.host}")

    with pytest.raises(TryLater) as caught:
        await channel.send(Post("text"), Address("apprise", "press"), key="k1")

    assert "RECALLBOT_APPRISE_TARGETS" in caught.value.said


async def test_nothing_of_it_is_logged(
    readers: Hook, capfd: pytest.CaptureFixture[str]
) -> None:
    heard = BufferingHandler(1_000)
    logging.getLogger().addHandler(heard)
    channel = a_channel(f"json://user:secret@{readers.host}/secret-hook")
    readers.answers = [500]

    with pytest.raises(DeliveryUnknown):
        await channel.send(Post("text"), DESK, key="k1")

    logging.getLogger().removeHandler(heard)
    printed = capfd.readouterr()
    assert "secret" not in printed.out + printed.err
    assert "secret" not in " ".join(record.getMessage() for record in heard.buffer)


async def test_what_is_on_its_way_arrives_before_it_is_closed(readers: Hook) -> None:
    channel = a_channel(f"json://{readers.host}")
    receipt = await channel.send(Post("text"), DESK, key="k1")

    await channel.close()
    await channel.close()

    with pytest.raises(TryLater):
        await channel.send(Post("text"), DESK, key="k1")
    with pytest.raises(PostRejected):
        await channel.edit(receipt, Post("other"))
    assert await channel.find("k1", DESK, Post("text")) is None
    assert [heard async for heard in channel.listen()] == []
    assert receipt == Receipt(receipt.id, DESK)
