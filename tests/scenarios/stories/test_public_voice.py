"""Stories of the public voice, told on X and on Mastodon: what is posted, and put right."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bots.mastodon.channel import Mastodon
from bots.mastodon.settings import MastodonSettings
from bots.surroundings import Surroundings
from bots.x.channel import X
from bots.x.count import fits
from bots.x.settings import XSettings
from core.channel import Address, Channel
from core.model.public import Mode, Rules, Style
from core.publish.desk import Desk
from core.publish.drafting import Drafting
from core.publish.summing import Summing
from core.publish.voice import Voice
from core.store import accounts
from core.store.accounts import Described
from core.store.positions import KeptPositions
from core.store.purse import KeptPurse
from tests.fakes import FakeKept, a_record
from tests.platforms.mastodon_server import MastodonServer, a_mastodon
from tests.platforms.x_server import XServer
from tests.scenarios.desk import another, cpsc
from tests.scenarios.stories.town import Town

RULES = Rules(Mode.AUTOMATIC)
STYLE = Style(threads=True, pictures=False)


@dataclass(slots=True)
class Press:
    """An account on X and one on Mastodon, in a town."""

    town: Town
    x: XServer
    mastodon: MastodonServer
    channels: tuple[Channel, ...] = field(default_factory=tuple)

    @property
    def voices(self) -> Mapping[str, Voice]:
        return {one.kind: Voice(one.render, one.capabilities) for one in self.channels}

    async def passes(self, **time: float) -> None:
        """Let time pass, in which drafts are made, released and posted."""
        begun, whole = self.town.clock.at, timedelta(**time)
        while True:
            await self.town.plans()
            database, clock = self.town.database, self.town.clock
            await Drafting(database, clock, lambda: self.voices).run()
            await Summing(database, clock, self.voices).run()
            await Desk(database, clock).release_due()
            for channel in self.channels:
                await self.town.dispatcher(channel).drain()
            if self.town.clock.at >= begun + whole:
                break
            self.town.clock.at += timedelta(minutes=11)

    @property
    def on_x(self) -> list[str]:
        """Return what is read there, oldest first."""
        return [post.text for post in self.x.posts_of(self.x.handle)]

    @property
    def on_mastodon(self) -> list[str]:
        """Return what is read there now, oldest first."""
        return self.mastodon.standing


@asynccontextmanager
async def a_press(town: Town) -> AsyncIterator[Press]:
    """Give accounts that post by themselves, on servers of their own."""
    now, database = town.clock.now, town.database
    async with XServer(limits=None, self_replies=True) as x, a_mastodon() as mastodon:
        x.world.now = lambda: now().timestamp()
        given = {"api_key": x.api_key, "api_secret": x.api_secret, "api_url": x.url}
        settings = {**given, "accounts": x.accounts[0].setting, "replies": True}
        around = Surroundings(
            now,
            FakeKept(),
            lambda *_: (),
            purse=KeptPurse(database, town.clock),
            positions=KeptPositions(database),
        )
        channels: tuple[Channel, ...] = (
            X(XSettings.model_validate(settings | {"monthly_cap": "100"}), around),
            Mastodon(MastodonSettings.model_validate({"accounts": mastodon.login})),
        )
        async with database.writing() as connection:
            for place in (Address("x", x.handle), Address("mastodon", mastodon.chat)):
                described = Described(place.chat, RULES, STYLE)
                await accounts.put_account(connection, place, described, now())
        try:
            yield Press(town, x, mastodon, channels)
        finally:
            for channel in channels:
                await channel.close()


def a_bank(number: int, *models: str, **facts: Any) -> dict[str, Any]:
    """Return a recall of a power bank of an event of its own."""
    named = list(models) or [f"PB{number:03}"]
    return a_record(
        f"bank-{number}",
        product=f"Acme {named[0]} power bank",
        units={"op": "model", "any_of": named, "match": "exact"},
        **{"published": "2026-06-13", **facts},
    )


async def test_s03_what_is_stamped_anew_is_posted_nowhere(town: Town) -> None:
    old = [
        another(
            number,
            RecallDate=f"{2000 + number % 5}-05-02T00:00:00",
            LastPublishDate="2004-06-01T00:00:00",
        )
        for number in range(1, 710)
    ]
    stamped = [one | {"LastPublishDate": "2026-06-14T00:00:00"} for one in old]
    await town.replays("cpsc", json.dumps([*old[:200], cpsc("26349")]).encode())
    async with a_press(town) as press:
        await press.passes(hours=1)
        await town.replays("cpsc", json.dumps(stamped).encode())

        await press.passes(hours=1)

        assert press.on_x == press.on_mastodon == []


async def test_s04_the_archive_of_the_first_start_is_posted_nowhere(town: Town) -> None:
    async with a_press(town) as press:
        await town.reads(*(a_bank(number) for number in range(50)))

        await press.passes(hours=1)

        assert press.on_x == press.on_mastodon == []


async def test_s05_after_three_days_forty_recalls_are_one_post_on_each_account(
    town: Town,
) -> None:
    async with a_press(town) as press:
        await town.reads(a_bank(0))
        town.clock.at += timedelta(days=3)
        await town.reads(*(a_bank(number) for number in range(41)))

        await press.passes(hours=1)

        [on_x], [on_mastodon] = press.on_x, press.on_mastodon
        assert "40" in on_x
        assert "40" in on_mastodon
        assert fits(on_x)


async def test_s12_an_exercise_is_posted_nowhere(town: Town) -> None:
    async with a_press(town) as press:
        await town.reads(a_bank(0))
        exercise = a_bank(1, title="TEST: Acme recalls its power bank")
        await town.reads(a_bank(0), exercise)

        await press.passes(hours=1)

        assert press.on_x == press.on_mastodon == []


async def test_s13_a_wrong_model_is_put_right_once_below_each_post(town: Town) -> None:
    async with a_press(town) as press:
        await town.reads(a_bank(0))
        await town.reads(a_bank(0), a_bank(1, "WRONG1"))
        await press.passes(hours=1)
        posts = press.x.posts_of(press.x.handle)
        first = posts[0]
        assert all("WRONG1" in text for text in (first.text, press.on_mastodon[0]))

        await town.reads(a_bank(0), a_bank(1, "RIGHT1"))
        await press.passes(hours=1)

        new = press.x.posts_of(press.x.handle)[len(posts) :]
        assert new[0].reply_to is posts[-1]
        assert "RIGHT1" in new[0].text
        original, correction, *_ = press.on_mastodon
        assert "RIGHT1" in original
        assert "RIGHT1" in correction
        assert "Corrected on" in original

        before = len(press.on_x), len(press.on_mastodon)
        await press.passes(hours=3)
        assert (len(press.on_x), len(press.on_mastodon)) == before


async def test_s14_a_recall_of_many_models_is_whole_posts_that_fit(town: Town) -> None:
    many = [f"LONGMODEL-{number:04}" for number in range(120)]
    async with a_press(town) as press:
        await town.reads(a_bank(0))
        await town.reads(a_bank(0), a_bank(1, *many))

        await press.passes(hours=1)

        assert press.on_x
        assert all(fits(text) for text in press.on_x)
        assert all(len(text) <= 500 for text in press.on_mastodon)
        for first in (press.on_x[0], press.on_mastodon[0]):
            assert "fire" in first
            assert "Stop using" in first or "Do not use" in first
            assert "LONGMODEL-0000" in first
