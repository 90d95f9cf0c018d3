"""Feeds of groups and topics of Telegram: previewed, posted, edited, moved, refused."""

from __future__ import annotations

from structlog.testing import capture_logs

from core.channel import Address
from core.model.recall import HazardKind
from core.model.subscriber import FeedStyle, GroupFeed
from core.store import group_feeds, ledger
from core.store.work import Database
from tests.fakes import a_record
from tests.platforms.telegram.chats import Chat
from tests.platforms.telegram_server import Person, Post
from tests.scenarios.stories.street import Street

OLD = a_record("0", brands=["Other"], units={"op": "model", "any_of": ["Z1"]})
HEADLINE = "Product safety recall: Acme X100 power bank"
SKIP = "Don\N{RIGHT SINGLE QUOTATION MARK}t post"


def place(chat: Chat, topic: int | None = None) -> Address:
    return Address("telegram", f"{chat.id}/{topic}" if topic else str(chat.id))


async def a_feed(street: Street, where: Address, **facts: object) -> None:
    """Let that chat have a feed."""
    feed = GroupFeed(active=True, lang="en", **facts)  # type: ignore[arg-type]
    async with street.town.database.writing() as connection:
        await group_feeds.save_feed(connection, where, feed, street.town.clock.now())


async def whys(database: Database) -> list[tuple[str, str | None]]:
    async with database.reading() as connection:
        return [(one.state.name, one.why) for one in await ledger.entries(connection, 99)]


def recalls(chat: Chat) -> list[Post]:
    return [post for post in chat.posts if post.text.startswith(HEADLINE)]


def a_group(street: Street, kind: str = "group") -> tuple[Person, Chat]:
    ann = street.person("Ann")
    return ann, street.server.world.gather(kind, "Flat 3", ann)


async def test_the_first_post_of_a_group_is_shown_and_held_back_by_whoever_may(
    street: Street,
) -> None:
    ann, group = a_group(street)
    await street.town.reads(OLD)
    async with street.listening():
        ann.say("/feed on", to=group)
        await group.post(1)
        await street.town.reads(OLD, a_record("1"))
        await street.town.works()
        preview = group.posts[-1]
        ann.press(preview, SKIP)
        await street.until(lambda: "I will not post it." in group.posts[-1].text)
    await street.town.passes(minutes=5)
    before = recalls(group)
    await street.town.reads(OLD, a_record("1"), a_record("2"))
    await street.town.passes(minutes=5)

    assert before == []
    assert len(recalls(group)) == 1
    assert "held_back" in [why for _, why in await whys(street.town.database)]


async def test_a_topic_has_a_feed_of_its_own_that_calls_by_name_and_edits_its_post(
    street: Street,
) -> None:
    _, group = a_group(street, "supergroup")
    topic = group.topic("Recalls")
    await a_feed(street, place(group, topic), roles={HazardKind.FIRE: "@firewatch"})
    await street.town.reads(OLD)

    await street.town.reads(OLD, a_record("1"))
    await street.town.passes(minutes=5)
    [post] = recalls(group)
    text = post.text
    await street.town.reads(OLD, a_record("1", state="closed"))
    await street.town.passes(minutes=5)

    assert post.thread == topic
    assert text.splitlines()[2] == "@firewatch"
    assert text.count("@firewatch") == 1
    assert recalls(group) == [post]
    assert "File closed" in post.text
    assert street.server.complaints == []


async def test_in_the_style_of_threads_developments_hang_below_and_the_first_is_edited(
    street: Street,
) -> None:
    _, group = a_group(street)
    await a_feed(street, place(group), style=FeedStyle.THREAD)
    await street.town.reads(OLD)
    await street.town.reads(OLD, a_record("1"))
    await street.town.passes(minutes=5)

    await street.town.reads(OLD, a_record("1", state="closed"))
    await street.town.passes(minutes=5)

    first, below = recalls(group)
    assert below.reply_to == first.id
    assert "File closed" in below.text
    assert first.text == below.text


async def test_a_post_that_was_deleted_is_said_anew(street: Street) -> None:
    _, group = a_group(street)
    await a_feed(street, place(group))
    await street.town.reads(OLD)
    await street.town.reads(OLD, a_record("1"))
    await street.town.passes(minutes=5)
    [first] = recalls(group)
    first.deleted = True

    await street.town.reads(OLD, a_record("1", state="closed"))
    await street.town.passes(minutes=5)

    assert ["File closed" in post.text for post in recalls(group)] == [True]


async def test_s09_a_group_that_moves_in_mid_broadcast_has_one_delivery_at_its_new_id(
    street: Street,
) -> None:
    ann, group = a_group(street)
    await a_feed(street, place(group))
    await street.town.reads(OLD)
    await street.town.reads(OLD, a_record("1"))
    # The preview has been shown, and the post waits.
    await street.town.works()
    moved = group.migrate(ann)

    await street.town.passes(minutes=5)
    first = [post.text for post in recalls(moved)]
    await street.town.reads(OLD, a_record("1", state="closed"))
    await street.town.passes(minutes=5)

    assert (len(recalls(group)), len(first)) == (0, 1)
    assert [state for state, _ in await whys(street.town.database)] == ["SENT", "SENT"]
    assert ["File closed" in post.text for post in recalls(moved)] == [True]


async def test_what_was_posted_before_a_group_moved_is_not_edited_after(street: Street) -> None:
    ann, group = a_group(street)
    await a_feed(street, place(group))
    await street.town.reads(OLD)
    await street.town.reads(OLD, a_record("1"))
    await street.town.passes(minutes=5)
    moved = group.migrate(ann)

    await street.town.reads(OLD, a_record("1"), a_record("2"))
    await street.town.passes(minutes=5)
    await street.town.reads(OLD, a_record("1", state="closed"), a_record("2"))
    await street.town.passes(minutes=5)

    assert ["File closed" in post.text for post in recalls(moved)] == [False, True]


async def test_a_group_that_put_us_out_is_gone_and_the_outbox_says_why(street: Street) -> None:
    ann, group = a_group(street)
    await a_feed(street, place(group))
    await street.town.reads(OLD)
    ann.remove_bot(group)

    with capture_logs() as logs:
        await street.town.reads(OLD, a_record("1"))
        await street.town.passes(minutes=5)

    [(state, why)] = await whys(street.town.database)
    assert state == "GONE"
    assert why == "address_gone Forbidden: bot was kicked from the group chat"
    assert str(group.id) not in str(logs)


async def test_s05_after_days_of_being_down_a_group_gets_one_card_and_then_posts_again(
    street: Street,
) -> None:
    ann, group = a_group(street)
    await a_feed(street, place(group), budget=2)
    await street.town.reads(OLD)
    street.town.clock.pass_days(3)
    missed = [a_record(str(number)) for number in range(1, 41)]

    await street.town.reads(OLD, *missed)
    await street.town.passes(hours=2)
    [card] = group.posts
    await street.town.reads(OLD, *missed, a_record("41"))
    await street.town.passes(minutes=5)
    await a_feed(street, place(group), budget=2, hazards=(HazardKind.FIRE,))
    street.town.clock.pass_days(1)
    await street.town.reads(OLD, *missed, a_record("41"), a_record("42"))
    await street.town.passes(minutes=5)

    assert "40" in card.text.splitlines()[0]
    assert SKIP not in card.labels
    # The second one is previewed, too: the filters were changed.
    assert [post.labels == [SKIP] for post in group.posts[1:]] == [True, False] * 2
    assert ann.chat.posts == []
