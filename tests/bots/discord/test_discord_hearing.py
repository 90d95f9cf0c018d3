"""What people do in Discord, and what is heard and shown of it."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from bots.discord import hearing
from core.channel import Address, Left, PostRejected
from core.model.message import Block, Button, Message, Role
from tests.bots.discord.stage import Stage, opened
from tests.builders import NOW
from tests.platforms.discord_server import Discord, Permission, Person, Upload

JPEG = Upload("label.jpg", b"jpeg", "image/jpeg")


@pytest.fixture
def ann(discord: Discord) -> Person:
    return discord.person("ann", locale="de")


async def test_a_command_in_a_server_is_answered_where_only_the_person_sees_it(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Parents", owner=ann).text("general")
    asking = asyncio.create_task(ann.command("check", {"text": "A1263 AHQ123"}, where=room))

    inbound = await stage.inbound()
    await stage.answer(inbound)
    done = await asking

    assert inbound.text == "/check A1263 AHQ123"
    assert inbound.sender == Address("discord", f"user:{ann.id}")
    assert (inbound.lang, inbound.at, inbound.group) == ("de", NOW, False)
    assert done.ephemeral
    assert done.message is not None
    assert "**Stop using it.**" in done.message.text


async def test_options_become_words_in_their_order(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    options = {"text": "bought 2023", "model": "A1263", "brand": "Anker"}
    asking = asyncio.create_task(ann.command("add", options))

    inbound = await stage.inbound()
    await stage.answer(inbound)
    await asking

    assert inbound.text == "/add Anker A1263 bought 2023"


@pytest.mark.parametrize(
    ("words", "values", "text"),
    [
        ("mine", {}, "/mine"),
        ("quiet", {"text": "22-7"}, "/quiet 22-7"),
        ("language", {"language": "Deutsch"}, "/language de"),
        ("watch", {"brand": "Anker"}, "/watch Anker"),
        ("forget", {}, "/forget"),
    ],
)
async def test_every_command_says_what_it_says_in_any_chat(
    stage: Stage, ann: Person, words: str, values: dict[str, str], text: str
) -> None:
    asking = asyncio.create_task(ann.command(words, values))

    inbound = await stage.inbound()
    await stage.answer(inbound)
    await asking

    assert inbound.text == text


async def test_an_answer_for_everybody_is_asked_as_one_of_the_group(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Parents", owner=ann).text("general")
    options = {"text": "A1263", "everybody": True}
    asking = asyncio.create_task(ann.command("check", options, where=room))

    inbound = await stage.inbound()
    await stage.answer(inbound, step="Which serial number?")
    done = await asking

    assert inbound.group
    assert inbound.sender == Address("discord", f"channel:{room.id}")
    assert inbound.private_link
    assert not done.ephemeral
    assert done.message is not None
    assert done.message.buttons == []


async def test_what_is_written_in_the_private_chat_is_heard_with_its_picture(
    stage: Stage, ann: Person
) -> None:
    ann.installs()
    await ann.types("check", {"brand": "an"}, focused="brand")

    await ann.writes("is it this one?", files=[JPEG])
    inbound = await stage.inbound()

    assert inbound.text == "is it this one?"
    assert inbound.photo == b"jpeg"
    assert inbound.lang == "de"
    assert inbound.answer_to is None
    await stage.answer(inbound)
    assert "Stop using it." in ann.sees(ann.dm)[-1].text


async def test_what_bots_write_and_what_says_nothing_is_not_heard(
    stage: Stage, ann: Person
) -> None:
    ann.installs()
    await ann.writes("first")
    await stage.answer(await stage.inbound())

    await ann.writes("second")

    assert (await stage.inbound()).text == "second"


async def test_brands_and_models_complete_while_somebody_types(
    discord: Discord, ann: Person
) -> None:
    asked = []

    def names(field: str, typed: str, brand: str | None) -> list[str]:
        asked.append((field, typed, brand))
        return [f"name {number}" for number in range(40)] + ["x" * 101]

    async with opened(discord, suggest=names):
        await discord.gateway.ready()
        brands = await ann.types("check", {"brand": "an"}, focused="brand")
        models = await ann.types("check", {"brand": "Anker", "model": "a1"}, focused="model")

    assert asked == [("brand", "an", None), ("model", "a1", "Anker")]
    assert len(brands) == len(models) == 25


async def test_a_message_is_checked_from_its_menu_with_its_picture(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    guild = discord.guild("Market", owner=ann)
    bob = discord.person("bob", locale="fr")
    bob.joins(guild)
    offer = await ann.writes("Selling my Anker A1263", guild.text("offers"), [JPEG])
    asking = asyncio.create_task(bob.uses("Vérifier ce message", offer))

    inbound = await stage.inbound()
    await stage.answer(inbound)
    done = await asking

    assert inbound.text == "/check Selling my Anker A1263"
    assert inbound.photo == b"jpeg"
    assert inbound.lang == "fr"
    assert done.ephemeral


async def test_a_message_of_another_is_looked_up_and_never_obeyed(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Market", owner=ann).text("offers")
    bob = discord.person("bob")
    bob.joins(room.guild)
    trap = await ann.writes("/forget yes", room)
    asking = asyncio.create_task(bob.uses("Check this message", trap))

    inbound = await stage.inbound()
    await stage.answer(inbound)
    await asking

    assert inbound.text == "/check /forget yes"


async def test_a_message_without_words_or_pictures_gets_advice(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Market", owner=ann).text("offers")
    odd = await ann.writes("", room, [Upload("a.zip", b"zip", "application/zip")])

    done = await ann.uses("Diese Nachricht prüfen", odd)

    assert done.message is not None
    assert "/check" in done.message.text


@pytest.mark.parametrize("limit", [1024, None, 2])
async def test_a_photo_is_read_where_photos_are_and_it_is_not_too_large(
    discord: Discord, ann: Person, limit: int | None
) -> None:
    async with opened(discord, photo_limit=limit) as stage:
        await discord.gateway.ready()
        asking = asyncio.create_task(ann.command("check", {"text": "this", "photo": JPEG}))
        if limit == 2:
            done = await asking
            assert done.message is not None
            assert "zu groß" in done.message.text
            return

        inbound = await stage.inbound()
        await stage.answer(inbound)
        await asking

    assert inbound.photo == (b"jpeg" if limit else b"")
    assert inbound.text == "this"


async def test_a_button_says_its_words_and_the_answer_takes_the_place_of_the_post(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Parents", owner=ann).text("general")
    asking = asyncio.create_task(ann.command("check", {"text": "A1263"}, where=room))
    long = "bought in a shop that no longer exists, " * 5
    buttons = (Button("Yes", "yes"), Button("Shop", long), Button("No", "yes"))
    await stage.answer(await stage.inbound(), "Is it?", *buttons)
    done = await asking

    pressing = asyncio.create_task(ann.presses("Shop", done.message))
    inbound = await stage.inbound()
    await stage.answer(inbound, "Understood.")
    await pressing

    assert inbound.text == long
    assert inbound.replaces is not None
    assert done.message is not None
    assert "Understood." in done.message.text
    assert len(ann.sees(room)) == 1


async def test_a_button_of_before_a_restart_still_says_its_words(
    discord: Discord, ann: Person
) -> None:
    async with opened(discord) as stage:
        await discord.gateway.ready()
        asking = asyncio.create_task(ann.command("check", {"text": "A1263"}))
        await stage.answer(await stage.inbound(), "Is it?", Button("Yes", "yes"))
        done = await asking

    async with opened(discord) as stage:
        await discord.gateway.ready()
        pressing = asyncio.create_task(ann.presses("Yes", done.message))
        inbound = await stage.inbound()
        await stage.answer(inbound, "Understood.")
        await pressing

    assert inbound.text == "yes"
    assert done.message is not None
    assert "Understood." in done.message.text


async def test_a_button_whose_words_are_forgotten_says_so(
    discord: Discord, ann: Person
) -> None:
    async with opened(discord) as stage:
        await discord.gateway.ready()
        asking = asyncio.create_task(ann.command("check", {"text": "A1263"}))
        await stage.answer(await stage.inbound(), "Is it?", Button("Yes", "yes " * 40))
        done = await asking

    async with opened(discord):
        await discord.gateway.ready()
        pressed = await ann.presses("Yes", done.message)

    assert pressed.message is not None
    assert "zu alt" in pressed.message.text


async def test_a_button_that_everybody_sees_answers_only_whoever_pressed_it(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    guild = discord.guild("Parents", owner=ann)
    room, bob = guild.text("recalls"), discord.person("bob")
    bob.joins(guild)
    (post,) = stage.channel.render(
        Message((Block(Role.HEADLINE, "Recall"),), (Button("Do I have it?", "/check A1263"),))
    )
    await stage.channel.send(post, Address("discord", f"channel:{room.id}"), key="k1")

    pressing = asyncio.create_task(bob.presses("Do I have it?", bob.sees(room)[0]))
    inbound = await stage.inbound()
    await stage.answer(inbound)
    done = await pressing

    assert inbound.sender == Address("discord", f"user:{bob.id}")
    assert inbound.replaces is None
    assert done.ephemeral
    assert "Recall" in ann.sees(room)[0].text


async def test_a_serial_number_is_typed_in_a_form_that_nobody_else_sees(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Parents", owner=ann).text("general")
    asking = asyncio.create_task(ann.command("check", {"text": "A1263"}, where=room))
    await stage.answer(await stage.inbound(), step="What is the serial number?")
    done = await asking

    form = await ann.presses("Eintippen", done.message)
    filling = asyncio.create_task(ann.submits(form, {"Ihre Antwort": "AHQ123"}))
    inbound = await stage.inbound()
    await stage.answer(inbound, "Affected.")
    await filling

    assert inbound.text == "AHQ123"
    assert inbound.sender == Address("discord", f"user:{ann.id}")
    assert done.message is not None
    assert "Affected." in done.message.text
    assert all("AHQ123" not in message.text for message in room.messages)


async def test_an_answer_of_several_posts_follows_up_where_only_the_person_sees_it(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Parents", owner=ann).text("general")
    asking = asyncio.create_task(ann.command("check", {"text": "A1263"}, where=room))

    receipts = await stage.answer(await stage.inbound(), "Stop using it. " * 500)
    done = await asking

    assert len(receipts) == len(done.followups) + 1 > 1
    assert all(message.ephemeral for message in room.messages)


async def test_somebody_who_took_the_app_along_is_answered_where_we_are_not(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Elsewhere", owner=ann, bot=False).text("general")
    ann.installs()
    asking = asyncio.create_task(ann.command("check", {"text": "A1263"}, where=room))

    await stage.answer(await stage.inbound())
    done = await asking

    assert done.ephemeral


async def test_what_is_acknowledged_too_late_is_let_go(discord: Discord, ann: Person) -> None:
    async with opened(discord) as stage:
        await discord.gateway.ready()
        discord.deadline = 0.01
        discord.faults.delay = 0.05

        late = await ann.command("check", {"text": "A1263"})
        discord.deadline, discord.faults.delay = 3.0, 0
        asking = asyncio.create_task(ann.command("mine"))
        inbound = await stage.inbound()
        await stage.answer(inbound)
        await asking

    assert late.failed
    assert inbound.text == "/mine"


async def test_an_answer_that_comes_too_late_is_refused_and_puts_nobody_out(
    discord: Discord, ann: Person
) -> None:
    discord.token_life = 0.01
    async with opened(discord) as stage:
        await discord.gateway.ready()
        asking = asyncio.create_task(ann.command("check", {"text": "A1263"}))
        inbound = await stage.inbound()
        await asyncio.sleep(0.02)

        with pytest.raises(PostRejected):
            await stage.answer(inbound)
        asking.cancel()

    unknown = Address("discord", "reply:1")
    with pytest.raises(PostRejected):
        async with opened(discord) as stage:
            await stage.channel.send(stage.channel.render(Message(()))[0], unknown, key="k")


async def test_a_feed_is_set_up_by_whoever_manages_the_server(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    guild = discord.guild("Parents", owner=ann)
    room, forum = guild.text("general"), guild.forum("recalls")
    asking = asyncio.create_task(
        ann.command("feed", {"text": "on", "channel": forum}, where=room)
    )
    inbound = await stage.inbound()
    await stage.answer(inbound, "On.", Button("Off", "/feed off"))
    done = await asking

    pressing = asyncio.create_task(ann.presses("Off", done.message))
    pressed = await stage.inbound()
    await stage.answer(pressed, "Off.")
    await pressing

    assert [one.text for one in (inbound, pressed)] == ["/feed on", "/feed off"]
    assert {one.sender for one in (inbound, pressed)} == {
        Address("discord", f"channel:{forum.id}")
    }
    assert inbound.group
    assert inbound.may_set_up
    assert done.ephemeral


async def test_a_role_to_call_is_chosen_by_hazard(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    guild = discord.guild("Parents", owner=ann)
    room, role = guild.text("general"), guild.role("fire watch", mentionable=True)
    asking = asyncio.create_task(
        ann.command("feed", {"hazard": "fire", "role": role}, where=room)
    )

    inbound = await stage.inbound()
    await stage.answer(inbound)
    await asking

    assert inbound.text == f"/feed role fire <@&{role.id}>"


async def test_missing_permissions_are_named(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Parents", owner=ann).text("general")
    room.forbid(Permission.SEND_MESSAGES, Permission.CREATE_PUBLIC_THREADS)

    done = await ann.command("feed", {"text": "on"}, where=room)

    assert done.message is not None
    assert "Nachrichten senden" in done.message.text
    assert "Öffentliche Threads erstellen" in done.message.text
    assert "Kanal anzeigen" not in done.message.text


async def test_channels_that_end_and_servers_that_put_us_out_are_left(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    guild = discord.guild("Parents", owner=ann)
    first, second = guild.text("one"), guild.text("two")

    first.delete()
    one = await stage.next()
    guild.removes_bot()
    two = await stage.next()

    assert one == Left(Address("discord", f"channel:{first.id}"))
    assert two == Left(Address("discord", f"channel:{second.id}"))


async def test_a_picture_that_cannot_be_fetched_is_no_photo(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    offer = await ann.writes("this", discord.guild("Market", owner=ann).text("offers"), [JPEG])
    discord.scene.files.clear()
    asking = asyncio.create_task(ann.uses("Diese Nachricht prüfen", offer))

    inbound = await stage.inbound()
    await stage.answer(inbound)
    await asking

    assert inbound.photo == b""


async def test_a_picture_that_is_too_large_is_told_and_not_fetched(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Market", owner=ann).text("offers")
    large = Upload("label.jpg", b"x" * 2_000, "image/jpeg")
    offer = await ann.writes("this", room, [large])

    done = await ann.uses("Diese Nachricht prüfen", offer)

    assert done.message is not None
    assert "zu groß" in done.message.text


async def test_what_a_link_preview_shows_is_checked_too(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Market", owner=ann).text("offers")
    offer = await ann.writes("https://shop.example/1", room)
    offer.body["embeds"] = [{"title": "Anker A1263", "description": "Power bank"}]
    asking = asyncio.create_task(ann.uses("Diese Nachricht prüfen", offer))

    inbound = await stage.inbound()
    await stage.answer(inbound)
    await asking

    assert inbound.text == "/check https://shop.example/1\nAnker A1263\nPower bank"


@pytest.mark.parametrize("press", ["Yes", "Eintippen"])
async def test_what_is_pressed_and_acknowledged_too_late_is_let_go(
    stage: Stage, discord: Discord, ann: Person, press: str
) -> None:
    room = discord.guild("Parents", owner=ann).text("general")
    asking = asyncio.create_task(ann.command("check", {"text": "A1263"}, where=room))
    await stage.answer(await stage.inbound(), "Is it?", Button("Yes", "yes"), step="Which?")
    done = await asking
    discord.deadline, discord.faults.delay = 0.01, 0.05

    late = await ann.presses(press, done.message)

    assert late.failed
    assert stage.heard.empty()


async def test_a_menu_that_is_acknowledged_too_late_is_let_go(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    offer = await ann.writes("this", discord.guild("Market", owner=ann).text("offers"))
    discord.deadline, discord.faults.delay = 0.01, 0.05

    late = await ann.uses("Diese Nachricht prüfen", offer)

    assert late.failed
    assert stage.heard.empty()


async def test_an_acknowledgement_that_takes_long_may_have_arrived(
    stage: Stage, discord: Discord, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "ACKNOWLEDGE_LIMIT", 0.05)
    discord.faults.hangs(0.2, route="POST /interactions/{interaction}/{token}/callback")
    asking = asyncio.create_task(ann.command("check", {"text": "A1263"}))

    await stage.answer(await stage.inbound())
    done = await asking

    assert done.message is not None
    assert "Stop using it." in done.message.text


async def test_a_thread_that_ends_is_left(stage: Stage, discord: Discord, ann: Person) -> None:
    room = discord.guild("Parents", owner=ann).text("general")
    thread = room.thread("Recall", ann.user)

    thread.delete()

    assert await stage.next() == Left(Address("discord", f"channel:{thread.id}"))


async def test_an_old_command_is_logged_and_ends_nothing(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    discord.commands[0]["name"] = "lookup"

    with capture_logs() as logs:
        gone = asyncio.create_task(ann.command("lookup", {}))
        asking = asyncio.create_task(ann.command("mine"))
        await stage.answer(await stage.inbound())
        await asking
        gone.cancel()

    assert "command_failed" in [log["event"] for log in logs]


async def test_an_answer_of_our_own_that_fails_is_logged(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    room = discord.guild("Market", owner=ann).text("offers")
    odd = await ann.writes("", room, [Upload("a.zip", b"zip", "application/zip")])
    route = "PATCH /webhooks/{application}/{token}/messages/{message}"
    discord.faults.drops(route=route, after=False)

    with capture_logs() as logs:
        asking = asyncio.create_task(ann.uses("Diese Nachricht prüfen", odd))
        async with asyncio.timeout(60):
            while all(log["event"] != "reply_not_sent" for log in logs):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        asking.cancel()


async def test_missing_permissions_of_another_channel_are_named_and_stopping_always_works(
    stage: Stage, discord: Discord, ann: Person
) -> None:
    guild = discord.guild("Parents", owner=ann)
    room, forum = guild.text("general"), guild.forum("recalls")
    forum.forbid(Permission.ATTACH_FILES)

    refused = await ann.command("feed", {"text": "on", "channel": forum}, where=room)
    stopping = asyncio.create_task(
        ann.command("feed", {"text": "off", "channel": forum}, where=room)
    )
    inbound = await stage.inbound()
    await stage.answer(inbound)
    await stopping

    assert refused.message is not None
    assert "Dateien anhängen" in refused.message.text
    assert inbound.text == "/feed off"
