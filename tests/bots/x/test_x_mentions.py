"""Who asks on X is heard once, answered once, and pays nothing over the budget."""

from __future__ import annotations

import asyncio

import pytest

from bots.x.asked import asks_us, language_of, question_in
from core.channel import Address, DeliveryUnknown, Post, PostRejected, TryLater
from tests.bots.x.stage import FakePositions, FakePurse, opened
from tests.platforms.x_server import XServer

BOT = "recalls_test"
MENTIONS = "GET /2/users/{id}/mentions"
POSTS = "POST /2/tweets"
REPLY, READ = 10_000, 5_000
LISTENING = {"mentions": BOT, "mentions_seconds": 1}
TELLS = f"x:mentions:{BOT}"


async def test_a_question_is_heard_with_who_asks_and_where_to_go_on(server: XServer) -> None:
    question = server.person("ann").mentions(f"@{BOT} is the A1263 &amp; A1647 recalled?")

    async with opened(server, **LISTENING) as stage:
        inbound = await stage.next()

        assert inbound.sender == inbound.answer_to == Address("x", f"{BOT}:{question.id}")
        assert inbound.text == "is the A1263 &amp; A1647 recalled?"
        assert inbound.group
        assert inbound.message == question.id
        assert inbound.private_link == "https://bot.example.org/?start={payload}"


async def test_it_is_answered_below_once_and_at_the_price_of_an_answer(server: XServer) -> None:
    question = server.person("ann").mentions(f"@{BOT} A1263?")

    async with opened(server, **LISTENING) as stage:
        inbound = await stage.next()
        first = await stage.answers(inbound, "Stop using it.", "https://www.cpsc.gov/Recalls/1")
        second = await stage.answers(inbound, "Something else.")

        (answer,) = server.replies_to(question)
        assert answer.text == "Stop using it.\nhttps://www.cpsc.gov/Recalls/1"
        assert first == second
        assert stage.purse.paid == {
            f"mention:{question.id}": REPLY,
            f"read:{question.id}": READ,
        }
        assert server.complaints == []


async def test_what_was_not_settled_is_heard_again_after_a_crash_and_the_rest_is_not(
    server: XServer,
) -> None:
    ann, positions = server.person("ann"), FakePositions()
    for number in range(3):
        ann.mentions(f"@{BOT} A{number}?")
    async with opened(server, positions=positions, **LISTENING) as stage:
        first, second, third = [await stage.next() for _ in range(3)]
        first.settled()
        third.settled()

    async with opened(server, positions=positions, **LISTENING) as stage:
        again = [await stage.next() for _ in range(2)]

        assert [one.text for one in again] == [second.text, third.text]
        assert positions.kept[TELLS] == first.message


async def test_an_answer_that_may_have_arrived_is_looked_for_after_a_restart(
    server: XServer,
) -> None:
    positions, purse = FakePositions(), FakePurse()
    question = server.person("ann").mentions(f"@{BOT} A1263?")
    server.faults.drops(route=POSTS)
    async with opened(server, purse, positions, **LISTENING) as stage:
        with pytest.raises(DeliveryUnknown):
            await stage.answers(await stage.next(), "Stop using it.")

    async with opened(server, purse, positions, **LISTENING) as stage:
        (receipt,) = await stage.answers(await stage.next(), "Stop using it now.")

        (answer,) = server.replies_to(question)
        assert receipt.id == answer.id


async def test_an_answer_that_surely_did_not_arrive_is_sent_again(server: XServer) -> None:
    question = server.person("ann").mentions(f"@{BOT} A1263?")
    server.faults.refuses(402, "CreditsDepleted", "no credits", route=POSTS)

    async with opened(server, **LISTENING) as stage:
        inbound = await stage.next()
        with pytest.raises(TryLater):
            await stage.answers(inbound, "Stop using it.")
        server.faults.clear()
        await stage.answers(inbound, "Stop using it.")

        assert len(server.replies_to(question)) == 1


async def test_an_answer_in_words_x_has_already_is_refused_and_paid_nothing(
    server: XServer,
) -> None:
    first, second = (server.person(name).mentions(f"@{BOT} A1263?") for name in ("ann", "bo"))
    server.duplicates_by_text = True

    async with opened(server, **LISTENING) as stage:
        await stage.answers(await stage.next(), "Stop using it.")
        with pytest.raises(PostRejected):
            await stage.answers(await stage.next(), "Stop using it.")

        assert len(server.replies_to(first)) == 1
        assert server.replies_to(second) == []


async def test_what_is_not_meant_for_us_is_not_answered(server: XServer) -> None:
    ann, bo = server.person("ann"), server.person("bo")
    asked = ann.mentions(f"@{BOT} A1263?")
    async with opened(server, **LISTENING) as stage:
        inbound = await stage.next()
        (receipt,) = await stage.answers(inbound, "Stop using it.")
        inbound.settled()
        answer = server.world.posts[receipt.id]
        ann.replies("thank you", answer)
        bo.reposts(asked)
        heard = bo.replies(f"@{BOT} and the A1647?", asked)

        assert (await stage.next()).message == heard.id
        assert stage.heard.empty()


async def test_pages_that_were_missed_are_read_through_in_order(server: XServer) -> None:
    ann, positions = server.person("ann"), FakePositions({TELLS: "1"})
    for number in range(25):
        ann.mentions(f"@{BOT} A{number}?")

    async with opened(server, positions=positions, **LISTENING) as stage:
        heard = [await stage.next() for _ in range(25)]

        assert [one.text for one in heard] == [f"A{number}?" for number in range(25)]
        assert stage.purse.spent == 25 * READ == server.bill.spent * 1_000_000


async def test_over_the_budget_nothing_is_read(server: XServer) -> None:
    server.person("ann").mentions(f"@{BOT} A1263?")

    async with opened(server, FakePurse({"k": 1}), monthly_cap="0.05", **LISTENING) as stage:
        await asyncio.sleep(0.1)

        assert stage.heard.empty()
        assert server.count.total(MENTIONS) == 0


async def test_nothing_new_costs_nothing(server: XServer) -> None:
    async with opened(server, **LISTENING) as stage:
        await server.until(lambda: server.count.total(MENTIONS, 200) >= 1)
        await asyncio.sleep(0.05)

        assert stage.purse.spent == 0


async def test_it_listens_again_after_an_outage(server: XServer) -> None:
    server.faults.fails(503, times=3, route=MENTIONS)
    server.person("ann").mentions(f"@{BOT} A1263?")

    async with opened(server, **LISTENING) as stage:
        assert (await stage.next()).text == "A1263?"


async def test_who_is_not_set_to_listen_reads_nothing(server: XServer) -> None:
    server.person("ann").mentions(f"@{BOT} A1263?")

    async with opened(server) as stage:
        await asyncio.sleep(0.05)

        assert not stage.channel.capabilities.listens
        assert server.count.total() == 0


async def test_an_old_mention_is_not_answered_when_we_first_listen(server: XServer) -> None:
    later = server.now()
    server.world.now = lambda: later - 7_200
    old = server.person("ann").mentions(f"@{BOT} A1263?")
    server.world.now = server.now
    server.person("bo").mentions(f"@{BOT} A1647?")

    async with opened(server, **LISTENING) as stage:
        heard = await stage.next()

        assert heard.text == "A1647?"
        assert heard.message != old.id


async def test_a_mention_is_not_found_where_nothing_answers_it(server: XServer) -> None:
    question = server.person("ann").mentions(f"@{BOT} A1263?")

    async with opened(server) as stage:
        place = Address("x", f"{BOT}:{question.id}")
        assert await stage.channel.find("reply:1", place, Post("x")) is None
        (sent,) = [await stage.channel.send(Post("x"), place, key="reply:1")]
        assert await stage.channel.find("reply:1", place, Post("x")) == sent


US = "7"


@pytest.mark.parametrize(
    ("tweet", "meant"),
    [
        ({"text": "@bot A1263"}, True),
        ({"text": "@bot A1263", "author_id": US}, False),
        ({"text": "RT x", "referenced_tweets": [{"type": "retweeted", "id": "1"}]}, False),
        ({"text": "@ann @bot nice", "in_reply_to_user_id": "9"}, False),
        ({"text": "@ann @bot A1263?", "in_reply_to_user_id": "9"}, True),
        ({"text": "@ann ask @Bot", "in_reply_to_user_id": "9"}, True),
        (
            {
                "text": "@ann @bot A1263?",
                "in_reply_to_user_id": "9",
                "display_text_range": [10, 16],
            },
            False,
        ),
        (
            {
                "text": "@ann @bot A1263",
                "in_reply_to_user_id": "9",
                "display_text_range": [5, 15],
            },
            True,
        ),
        ({"text": "@bot thanks", "in_reply_to_user_id": US}, False),
        ({"text": "@bot A1263 も？", "in_reply_to_user_id": US}, True),
    ],
)
def test_a_mention_is_meant_for_us_where_somebody_typed_it_or_asks_below_our_post(
    tweet: dict[str, object], *, meant: bool
) -> None:
    assert asks_us({"author_id": "5", **tweet}, "bot", US) is meant


def test_a_question_is_read_without_names_links_and_escapes() -> None:
    tweet = {"text": "@ann @bot is A&amp;B A1263 recalled? https://t.co/abc ann@example.com"}

    assert question_in(tweet) == "is A&B A1263 recalled? ann@example.com"


@pytest.mark.parametrize(
    ("told", "lang"), [("en", "en"), ("ja", "ja"), ("und", None), ("qme", None), (None, None)]
)
def test_the_language_is_what_x_says_where_it_knows(told: str | None, lang: str | None) -> None:
    assert language_of({"lang": told}) == lang


async def test_of_two_processes_one_hears_and_pays_and_the_other_goes_on_after_it(
    server: XServer,
) -> None:
    ann, positions, purse = server.person("ann"), FakePositions(), FakePurse()
    ann.mentions(f"@{BOT} A1?")
    async with opened(server, purse, positions, **LISTENING) as one:
        first = await one.next()
        async with opened(server, purse, positions, **LISTENING) as other:
            await server.until(lambda: server.requests[MENTIONS, 200] >= 2)
            assert other.heard.empty()
            first.settled()
            await one.channel.close()
            ann.mentions(f"@{BOT} A2?")

            second = await other.next()

    assert [first.text, second.text] == ["A1?", "A2?"]
    assert len([key for key in purse.paid if key.startswith("read:")]) == 2
