"""Stories of commands: the same in every chat, screens by buttons, nothing lost by a slip."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.channel import Address, Inbound, Left, Moved
from core.model.message import Message
from core.model.recall import HazardKind
from core.model.subscriber import GroupFeed
from core.query.commands import COMMANDS, payload_of, text_of
from core.store import chats, conversations, group_feeds, notices, subscribers, wishes
from core.text.translations import languages, translator
from tests.builders import a_notice
from tests.scenarios.stage import Stage

SERIAL = "AFVDC20G17309876"
GROUP = Address("web", "group")
LINK = "https://bot.example/?start={payload}"
MOST_BYTES = 64


async def says(stage: Stage, text: str, lang: str = "en", chat: str = "ann") -> Message:
    return await stage.talk.reply(Inbound(Address("web", chat), text, stage.clock.now(), lang))


async def in_group(
    stage: Stage, text: str, *, admin: bool = False, lang: str = "en"
) -> Message:
    inbound = Inbound(GROUP, text, stage.clock.now(), lang, group=True, private_link=LINK)
    return await stage.talk.reply(replace(inbound, may_set_up=admin))


async def asks_inline(stage: Stage, text: str) -> Message:
    inbound = Inbound(Address("web", "ann"), text, stage.clock.now(), "en", private_link=LINK)
    return await stage.talk.reply(replace(inbound, answer_to=Address("web", "inline:42")))


async def presses(
    stage: Stage, shown: Message, label: str, *, admin: bool = False, lang: str = "en"
) -> Message:
    [button] = [button for button in shown.buttons if button.label.endswith(label)]
    if admin:
        return await in_group(stage, button.says, admin=True)
    return await says(stage, button.says, lang)


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


def everything_in(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return "\n".join(connection.iterdump())


async def test_a_check_by_command_is_a_check_in_words(stage: Stage) -> None:
    asked = await says(stage, "/check@RecallBot")
    answered = await says(stage, "Anker A1263")
    at_once = await says(stage, "/check Anker A1263", chat="bob")

    assert asked.plain.startswith("Which product do you have?")
    assert "Next: send me the brand and the model number" in asked.plain
    assert "Stop using" not in asked.plain
    assert answered.blocks == at_once.blocks


async def test_a_link_out_of_a_group_asks_the_same_in_private(stage: Stage) -> None:
    public = await in_group(stage, f"/check Anker A1263 serial {SERIAL}")

    [link] = [block.url for block in public.blocks if block.url and "bot.example" in block.url]
    payload = link.partition("start=")[2]
    private = await says(stage, f"/start {payload}")

    assert text_of(payload) == "Anker A1263"
    assert SERIAL not in public.plain
    assert private.plain.startswith("Product safety recall: check your Anker PowerCore 10000")


@pytest.mark.parametrize("lang", languages())
async def test_help_names_every_command_in_every_language(stage: Stage, lang: str) -> None:
    told = await says(stage, "/help", lang)
    unknown = await says(stage, "/frobnicate", lang)
    public = await in_group(stage, "/help", lang=lang)

    assert unknown.blocks == told.blocks
    assert [
        one.name for one in COMMANDS if one.private and f"/{one.name}" not in told.plain
    ] == []
    assert "/feed" in public.plain
    assert "/mydata" not in public.plain


async def test_the_sources_of_the_last_answer_are_told(stage: Stage) -> None:
    nothing = await says(stage, "/why")
    await says(stage, "Anker A1263")

    told = await says(stage, "/why")

    assert nothing.plain.startswith("For which product?")
    assert told.plain.startswith("Anker A1263: where each fact comes from")
    assert (
        "Source: U.S. Consumer Product Safety Commission" in told.plain
        or "Source:" in told.plain
    )
    assert "Which units" in told.plain
    assert "What can hurt" in told.plain
    assert any(block.url and block.quote for block in told.blocks)
    assert "Checked on" in told.blocks[-1].text


async def test_a_negative_answer_is_its_sources_and_their_age(stage: Stage) -> None:
    await says(stage, "Nokia 3310")

    told = await says(stage, "/why")

    assert "Checked on" in told.blocks[-1].text
    assert len(told.blocks) == 2


async def test_claim_and_disposal_speak_of_the_unit_spoken_of(stage: Stage) -> None:
    await says(stage, "Anker A1263")

    claim, disposal = await says(stage, "/claim"), await says(stage, "/dispose")

    assert claim.blocks == (await says(stage, "how do I claim")).blocks
    assert "hazardous-waste" in disposal.plain


async def test_things_are_listed_and_one_is_taken_off_by_its_button(stage: Stage) -> None:
    await says(stage, "/add Anker A1263")
    await says(stage, "/add Casely E33A")

    listed = await says(stage, "/mine")
    which = await presses(stage, listed, "Remove one")
    gone = await presses(stage, which, "Casely E33A")
    again = await presses(stage, which, "Casely E33A")
    others = await says(stage, which.buttons[1].says, chat="bob")

    assert listed.plain == "On your list:\n\n(1) Anker A1263\n(2) Casely E33A"
    assert gone.plain == "Removed from your list: Casely E33A."
    assert again.plain == others.plain == "That is not on your list."
    assert (await says(stage, "/mine")).plain == "On your list:\n\n(1) Anker A1263"


async def test_a_brand_is_watched_and_no_longer(stage: Stage) -> None:
    nothing = await says(stage, "/watch")
    one = await says(stage, "/watch Anker")
    await says(stage, "watch Casely")
    known = await says(stage, "/watch Nobody Ever")
    stopped = await presses(stage, known, "Stop: Anker")
    unknown = await says(stage, "/watch off Samsung")

    assert nothing.plain.startswith("You watch nothing yet.")
    assert one.plain.startswith("I watch for you: Anker.\n\nYou watch:\n1. Anker")
    assert {"Anker", "Casely", "Nobody Ever"} == {
        button.label.removeprefix("Stop: ") for button in known.buttons
    }
    assert stopped.plain.startswith("I no longer watch Anker for you.")
    assert unknown.plain.startswith("You do not watch Samsung.")
    assert (await says(stage, "/mine")).plain.startswith("Your list is empty.")


@pytest.mark.parametrize("brand", ["x" * 61, "---", "two\nlines of it"])
async def test_what_can_be_no_brand_is_not_watched(stage: Stage, brand: str) -> None:
    answered = await says(stage, f"/watch {brand}")

    assert answered.plain.startswith("You watch nothing yet.")


async def test_a_watched_model_goes_on_the_list(stage: Stage) -> None:
    told = await says(stage, "/watch Anker A1263")

    assert told.plain.startswith("I will remember: Anker A1263.")


async def test_alerts_are_wished_by_buttons_alone(stage: Stage) -> None:
    await says(stage, "I live in Germany")

    first = await says(stage, "/alerts")
    daily = await presses(stage, first, "Daily")
    noon = await presses(stage, daily, "12:00\u202fPM")
    quiet = await presses(stage, noon, "Quiet hours")
    night = await presses(stage, quiet, "10:00\u202fPM – 7:00\u202fAM")
    off = await says(stage, "/alerts off")
    on = await presses(stage, off, "Turn on")

    assert "Alerts: at once" in first.plain
    assert "Quiet hours: none." in first.plain
    assert "Your country: Germany." in first.plain
    assert "once a day at 9:00\u202fAM (Berlin)" in daily.plain
    assert "once a day at 12:00\u202fPM (Berlin)" in noon.plain
    assert "Quiet hours: 10:00\u202fPM to 7:00\u202fAM (Berlin)." in night.plain
    assert "Alerts: off." in off.plain
    assert labels(off) == ["Turn on", "Keep no answers"]
    assert "once a day at 12:00\u202fPM" in on.plain


async def test_where_a_country_has_several_times_one_is_chosen(stage: Stage) -> None:
    await says(stage, "/alerts country US")

    asked = await says(stage, "/quiet 22:30-7")
    chosen = await presses(stage, asked, "Denver, Boise (GMT-07:00)")
    berlin = await says(stage, "/quiet zone berlin")
    canada = await says(stage, "/quiet zone Canada")
    japan = await says(stage, "/quiet zone 日本")
    anew = await presses(stage, japan, "Time zone")
    ended = await presses(stage, japan, "No quiet hours")

    assert "In which time zone do you live?" in asked.plain
    assert "(UTC)" in asked.plain
    assert "10:30\u202fPM to 7:00\u202fAM (Denver)" in chosen.plain
    assert "(Berlin)" in berlin.plain
    assert any("Toronto" in label for label in labels(canada))
    assert "(Tokyo)" in japan.plain
    assert any("New York" in label for label in labels(anew))
    assert ended.plain.startswith("Quiet hours: none.")


async def test_without_a_country_the_times_of_the_language_are_offered(stage: Stage) -> None:
    japanese = await says(stage, "/alerts weekly", "ja")
    settled = await presses(stage, japanese, "(GMT+09:00)", lang="ja")

    assert len(japanese.buttons) == 1
    assert "週1回9:00 (東京)" in settled.plain


@pytest.mark.parametrize(
    ("typed", "example"),
    [
        ("/alerts sometimes", "/alerts daily"),
        ("/alerts at 25", "/alerts daily"),
        ("/alerts country Atlantis", "/alerts country US"),
        ("/quiet please", "/quiet 22-7"),
        ("/quiet 25-7", "/quiet 22-7"),
        ("/quiet zone Atlantis", "/quiet zone Berlin"),
    ],
)
async def test_what_is_not_understood_is_answered_with_an_example(
    stage: Stage, typed: str, example: str
) -> None:
    answered = await says(stage, typed)

    assert example in answered.plain
    async with stage.database.reading() as connection:
        assert await subscribers.find_subscriber(connection, "web", "ann") is None


async def test_what_alerts_go_by_learns_of_another_language_and_country(stage: Stage) -> None:
    await says(stage, "/alerts on", "fr")
    await says(stage, "/language de")
    await says(stage, "Ich wohne in Japan")

    async with stage.database.reading() as connection:
        who = await subscribers.find_subscriber(connection, "web", "ann")

    assert who is not None
    assert (who.lang, who.region) == ("de", "JP")


async def test_an_owner_is_written_to_in_the_language_they_read(stage: Stage) -> None:
    await says(stage, "/add Anker A1263", "ja")

    async with stage.database.reading() as connection:
        who = await subscribers.find_subscriber(connection, "web", "ann")

    assert who is not None
    assert who.lang == "ja"


async def test_s29_everything_is_handed_over_and_then_forgotten(
    stage: Stage, tmp_path: Path
) -> None:
    await says(stage, f"/add Anker A1263 serial {SERIAL}")
    await says(stage, "/watch Casely")
    await says(stage, "/alerts weekly")
    await says(stage, "/quiet 22-7")

    before = everything_in(tmp_path / "story.db")
    handed = await says(stage, "/mydata")
    asked = await says(stage, "/forget")
    kept = await presses(stage, asked, "No")
    still = await says(stage, "/mine")
    done = await presses(stage, asked, "Yes")

    assert handed.attachment is not None
    told = json.loads(handed.attachment.content)
    assert handed.attachment.name == "recallbot.json"
    assert told["owned_items"][0]["facts"]["serial"] == SERIAL
    assert told["watched_brands"] == ["Casely"]
    assert told["wishes"]["pace"] == "weekly"
    assert told["conversation"]["about"]["brand"] == "Casely"
    assert kept.plain == "Nothing was deleted."
    assert SERIAL in still.plain
    assert done.plain.startswith("Done.")
    left = everything_in(tmp_path / "story.db")
    assert SERIAL not in left
    assert [text.count('INSERT INTO "wish"') for text in (before, left)] == [1, 0]


async def test_a_wrong_press_erases_nothing(stage: Stage) -> None:
    await says(stage, "/add Anker A1263")

    await says(stage, "/forget")
    await says(stage, "/forget everything")

    assert "Anker A1263" in (await says(stage, "/mine")).plain


@pytest.mark.parametrize(
    "text",
    ["/mine", f"/add Anker A1263 {SERIAL}", "/watch Anker", "/alerts", "/quiet 22-7", "/mydata",
     "/forget yes", "/mine remove 1", "/watch", "/link", "/link AAAAAAAA", "/told disposed 1",
     "/mine name 1 x"],
)  # fmt: skip
async def test_s17_what_is_personal_is_not_done_in_a_group(
    stage: Stage, tmp_path: Path, text: str
) -> None:
    answered = await in_group(stage, text)

    assert "between you and me" in answered.plain
    assert "https://bot.example/?start=start" in answered.plain
    assert answered.attachment is None
    assert SERIAL not in answered.plain
    assert SERIAL not in everything_in(tmp_path / "story.db")


@pytest.mark.parametrize(
    "command", ["check", "claim", "dispose", "why", "language", "feed brand"]
)
async def test_s17_no_command_in_a_group_repeats_or_keeps_a_serial(
    stage: Stage, tmp_path: Path, command: str
) -> None:
    answered = await in_group(stage, f"/{command} Anker A1263 serial {SERIAL}")

    assert answered.blocks
    assert SERIAL not in str(answered)
    assert SERIAL not in everything_in(tmp_path / "story.db")


async def test_the_sources_are_told_in_a_group_too(stage: Stage) -> None:
    told = await in_group(stage, "/why Anker A1263")

    assert told.plain.startswith("Anker A1263: where each fact comes from")


async def test_an_inline_card_is_for_everybody_and_remembers_nothing(stage: Stage) -> None:
    await says(stage, f"Anker A1263 serial {SERIAL}")
    async with stage.database.reading() as connection:
        before = await conversations.load(connection, "web", "ann")

    card = await asks_inline(stage, "Casely E33A")
    own = await asks_inline(stage, "/mine")
    feed = await asks_inline(stage, "/feed")
    last = await asks_inline(stage, "/why")
    await asks_inline(stage, "deutsch")

    async with stage.database.reading() as connection:
        after = await conversations.load(connection, "web", "ann")
    assert card.plain.startswith("Product safety recall")
    assert card.buttons == ()
    assert "between you and me" in own.plain
    assert "Commands:" in feed.plain
    assert "A1263" not in last.plain
    assert before == after


async def feed_of(stage: Stage, place: Address = GROUP) -> GroupFeed | None:
    async with stage.database.reading() as connection:
        return await group_feeds.group_feed(connection, place)


async def test_a_group_is_set_up_by_buttons_with_a_preview(stage: Stage) -> None:
    first = await in_group(stage, "/feed", admin=True)
    on = await presses(stage, first, "Turn on", admin=True)
    countries = await presses(stage, on, "Countries", admin=True)
    chosen = await presses(stage, countries, "Japan", admin=True)
    back = await presses(stage, chosen, "Back", admin=True)
    hazards = await presses(stage, back, "Hazards", admin=True)
    await in_group(stage, "/feed hazard Fire", admin=True)
    await in_group(stage, "/feed category power-bank", admin=True)
    await in_group(stage, "/feed brand Anker", admin=True)
    budget = await presses(stage, back, "How many a day", admin=True)
    await presses(stage, budget, "3", admin=True)
    shown = await in_group(stage, "/feed", admin=True)

    assert first.plain.startswith("Off: I post nothing here by myself.")
    assert "Countries: all" in first.plain
    assert "On: I post recalls here, at most 5 a day." in on.plain
    assert labels(countries)[:1] == ["Back"]
    assert "✓ Japan" in labels(chosen)
    assert "All" in labels(chosen)
    assert len(hazards.buttons) > 3
    assert "at most 3 a day" in shown.plain
    assert (
        "Countries: Japan\nHazards: Fire\nKinds of product: power bank\nBrands: Anker"
        in shown.plain
    )
    assert await feed_of(stage) == GroupFeed(
        active=True,
        countries=("JP",),
        hazards=(HazardKind.FIRE,),
        categories=("power-bank",),
        brands=("Anker",),
        budget=3,
        lang="en",
    )


async def test_a_choice_pressed_again_is_taken_back(stage: Stage) -> None:
    for text in ("country US", "country Japan", "country us", "brand Anker", "brand all"):
        await in_group(stage, f"/feed {text}", admin=True)
    once = await feed_of(stage)
    for text in ("country all", "hazard fire", "hazard all", "category toy", "category all"):
        await in_group(stage, f"/feed {text}", admin=True)

    assert once is not None
    assert once.countries == ("JP",)
    assert await feed_of(stage) == GroupFeed(lang="en")


async def test_roles_and_style_are_for_platforms_that_have_them(stage: Stage) -> None:
    await in_group(stage, "/feed style forum", admin=True)
    shown = await in_group(stage, "/feed role fire @123", admin=True)
    await in_group(stage, "/feed role fall @9", admin=True)
    await in_group(stage, "/feed role fall off", admin=True)

    feed = await feed_of(stage)
    assert "Each recall: a forum post" in shown.plain
    assert "Called at Fire: @123" in shown.plain
    assert feed is not None
    assert dict(feed.roles) == {HazardKind.FIRE: "@123"}


async def test_the_preview_counts_what_a_month_brought(stage: Stage) -> None:
    stage.clock.pass_days(400)
    nothing = await in_group(stage, "/feed", admin=True)
    stage.clock.pass_days(-400 - 14)

    some = await in_group(stage, "/feed country US", admin=True)
    shown = await in_group(stage, "/feed", admin=True)

    assert "In the last 30 days I would have posted nothing here." in nothing.plain
    assert some.plain.startswith("Countries: press to add")
    assert "In the last 30 days I would have posted" in shown.plain


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("country Atlantis", "/feed country US"),
        ("hazard boredom", "/feed hazard fire"),
        ("category nonsense", "/feed category toy"),
        ("category ../x", "/feed category toy"),
        (f"brand {'x' * 61}", "/feed brand Anker"),
        ("brand ---", "/feed brand Anker"),
        ("budget 0", "/feed budget 3"),
        ("budget many", "/feed budget 3"),
        ("budget 51", "/feed budget 3"),
        ("style loud", "/feed style thread"),
        ("style", "/feed style thread"),
        ("role boredom @1", "/feed role fire @123"),
        (f"role fire {'@' * 65}", "/feed role fire @123"),
        ("role fire AF2H1A0E12345678", "/feed role fire @123"),
        ("frobnicate", "/feed on"),
    ],
)
async def test_what_no_feed_can_be_is_refused_with_an_example(
    stage: Stage, text: str, example: str
) -> None:
    answered = await in_group(stage, f"/feed {text}", admin=True)

    assert example in answered.plain
    assert await feed_of(stage) is None


async def test_only_those_who_look_after_a_group_set_it_up(stage: Stage) -> None:
    refused = await in_group(stage, "/feed on")
    private = await says(stage, "/feed on")

    assert refused.plain == "Only those who look after this group can set that up."
    assert private.plain.startswith("That is for groups and channels.")
    assert await feed_of(stage) is None


async def test_the_feed_speaks_the_language_of_its_group(stage: Stage) -> None:
    await in_group(stage, "/feed on", admin=True)

    await in_group(stage, "/language de", admin=True)

    feed = await feed_of(stage)
    assert feed is not None
    assert feed.lang == "de"


async def test_only_those_who_look_after_a_group_choose_the_language_of_its_feed(
    stage: Stage,
) -> None:
    await in_group(stage, "/feed on", admin=True)

    await in_group(stage, "/language ja")

    feed = await feed_of(stage)
    assert feed is not None
    assert feed.lang == "en"


async def test_a_feed_is_turned_off_and_keeps_what_it_was(stage: Stage) -> None:
    await in_group(stage, "/feed country US", admin=True)
    await in_group(stage, "/feed on", admin=True)

    off = await in_group(stage, "/feed off", admin=True)

    feed = await feed_of(stage)
    assert off.plain.startswith("Off: I post nothing here by myself.\nCountries: United States")
    assert feed is not None
    assert (feed.active, feed.countries) == (False, ("US",))


async def test_whoever_names_nothing_to_watch_is_asked(stage: Stage) -> None:
    answered = await says(stage, "watch this for me")

    assert answered.plain.startswith("You watch nothing yet.")


async def test_a_group_that_would_be_told_a_lot_is_asked_to_narrow_it(stage: Stage) -> None:
    many = [a_notice(id=f"n{n}", published=stage.clock.now().date()) for n in range(31)]
    pages = [
        one.model_copy(update={"sources": (one.sources[0].model_copy(
            update={"url": f"https://cpsc.example/recall/{one.id}"}),)})
        for one in many
    ]  # fmt: skip
    async with stage.database.writing() as connection:
        await notices.put_notices(connection, "cpsc", pages, stage.clock.now())

    wide = await in_group(stage, "/feed", admin=True)
    await in_group(stage, "/feed country US", admin=True)
    narrow = await in_group(stage, "/feed", admin=True)

    assert "Narrow it to a country" in wide.plain
    assert "recalls here:\n- Acme X100 power bank\n" in narrow.plain
    assert "Narrow it to a country" not in narrow.plain


async def test_s10_whoever_left_and_speaks_again_is_back(stage: Stage) -> None:
    ann = Address("web", "ann")
    await says(stage, "/add Anker A1263")
    await stage.talk.note(Left(ann))
    async with stage.database.reading() as connection:
        gone = await chats.state(connection, ann)
    await asks_inline(stage, "A1263")
    async with stage.database.reading() as connection:
        still = await chats.state(connection, ann)

    listed = await says(stage, "/mine")

    async with stage.database.reading() as connection:
        back = await chats.state(connection, ann)
    assert (gone[1], still[1], back[1]) == (True, True, False)
    assert "Anker A1263" in listed.plain


async def test_s09_a_group_that_moves_keeps_its_language_and_its_feed(stage: Stage) -> None:
    await in_group(stage, "/feed on", admin=True)
    await in_group(stage, "/language de")
    moved = Address("web", "supergroup")

    await stage.talk.note(Moved(GROUP, moved))

    feed = await feed_of(stage, moved)
    assert feed is not None
    assert feed.active
    assert await feed_of(stage) is None
    answered = await stage.talk.reply(
        Inbound(moved, "/help", stage.clock.now(), "en", group=True)
    )
    assert answered.lang == "de"


@pytest.mark.parametrize("lang", languages())
async def test_every_button_of_a_screen_is_short_and_understood(
    stage: Stage, lang: str
) -> None:
    await says(stage, "/add Anker A1263", lang)
    await says(stage, "/watch Anker", lang)
    await says(stage, "/alerts country US", lang)
    await says(stage, "/alerts daily", lang)
    private = (
        *("/alerts", "/quiet", "/quiet zone", "/watch", "/mine", "/mine remove", "/mine name"),
        *("/mine lent", "/mine name 1", "/mine lent 1", "/forget"),
    )
    public = ("/feed", "/feed country", "/feed hazard", "/feed category", "/feed budget")
    wrong = translator(lang)("not_understood", examples="").strip()

    shown = [await says(stage, text, lang) for text in private]
    shown += [await in_group(stage, text, admin=True, lang=lang) for text in public]

    for screen in shown:
        assert screen.buttons
        for button in screen.buttons:
            assert len(button.says.encode()) <= MOST_BYTES
            assert button.label
            group = button.says.startswith("/feed")
            answered = (
                await in_group(stage, button.says, admin=True, lang=lang)
                if group
                else await says(stage, button.says, lang, chat="pressing")
            )
            assert wrong not in answered.plain


async def test_wishes_outlive_a_restart(stage: Stage) -> None:
    await says(stage, "/alerts at 18")

    async with stage.database.reading() as connection:
        wished = await wishes.wishes(connection, "web", "ann")

    assert (wished.pace.value, wished.hour) == ("daily", 18)


def test_a_payload_is_made_of_the_model_alone() -> None:
    assert payload_of("Anker A1263") == "check_QW5rZXIgQTEyNjM"


async def test_a_thing_has_a_name_and_somebody_who_has_it(stage: Stage) -> None:
    await says(stage, f"/add Anker A1263 serial {SERIAL}")

    which = await says(stage, "/mine name")
    asked = await presses(stage, which, f"Anker A1263 ({SERIAL})")
    named = await says(stage, "/mine name 1 bedroom")
    lent = await says(stage, "/mine lent 1 Mum")
    back = await presses(stage, await says(stage, "/mine lent 1"), "It is back")
    plain = await presses(stage, await says(stage, "/mine name 1"), "No name")

    line = f"(1) Anker A1263 ({SERIAL})"
    assert "/mine name 1 bedroom" in asked.plain
    assert named.plain.endswith(f"{line} “bedroom”")
    assert lent.plain.endswith(f"{line} “bedroom”, lent to Mum")
    assert back.plain.endswith(f"{line} “bedroom”")
    assert plain.plain.endswith(line)


@pytest.mark.parametrize(
    "typed", ["/mine name 1 bedroom", "/mine lent 99 Mum", "/mine name 0 -"]
)
async def test_only_ones_own_things_are_named(stage: Stage, typed: str) -> None:
    await says(stage, "/add Anker A1263", chat="bob")

    assert (await says(stage, typed)).plain == "That is not on your list."


async def test_a_name_of_many_words_or_lines_is_asked_for_again(stage: Stage) -> None:
    await says(stage, "/add Anker A1263")

    answered = await says(stage, f"/mine name 1 {'x' * 61}")

    assert answered.plain.startswith("What do you call it?")


async def test_a_claim_is_walked_by_ticks_until_it_is_over(stage: Stage) -> None:
    await says(stage, "/add Anker A1263")

    shown = await says(stage, "/claim item 1")
    for button in shown.buttons:
        shown = await says(stage, button.says)
    over = await says(stage, shown.buttons[0].says)
    foreign = await says(stage, "/claim item 1", chat="bob")

    assert all(button.label.startswith("☑") for button in shown.buttons[1:])
    assert shown.buttons[0].says.startswith("/told disposed ")
    assert over.plain.startswith("Thank you. Noted: it is disposed of.")
    assert foreign.plain.startswith("This button belongs to an earlier question")


async def test_a_tick_outlives_other_talk(stage: Stage) -> None:
    await says(stage, "/claim Anker A1263")
    await says(stage, "/claim tick stop")
    await says(stage, "Casely E33A")

    shown = await says(stage, "/claim Anker A1263")

    assert [button.label[0] for button in shown.buttons][:2] == ["☑", "☐"]


async def test_wishes_for_answers_are_kept_with_the_others(stage: Stage) -> None:
    off = await presses(stage, await says(stage, "/alerts"), "Keep no answers")
    on = await presses(stage, off, "Tell me if an answer changes")

    assert "I keep none of the answers I give you." in off.plain
    assert "If an answer I gave you changes, I tell you." in on.plain
