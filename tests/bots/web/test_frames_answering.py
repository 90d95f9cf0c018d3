"""What a frame answers, with the real conversation behind it: the model, never a serial."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from bots.app import serve
from bots.web.channel import Web
from bots.web.settings import WebSettings
from bots.web.site import site
from core.channel import Address, Inbound
from core.model.lexicon import Lexicon
from core.query.talk import Talk
from core.store import notices
from core.store.work import Database
from tests.bots.web.stage import Shelf
from tests.builders import NOW, a_code_rule, a_maker, a_model, a_notice, all_of

HOME = "https://recalls.example"
# Inside the rule, and outside of it.
IN, OUT = "57V00000", "58V00000"
LISTED = a_notice(all_of(a_model(), a_code_rule(starts=("57V",), length=(8,))))
EVERY = a_notice(a_model("W7310"), id="acme-w7310-us", product="Acme W7310 power bank")


@dataclass(frozen=True)
class Standing:
    """A clock that stands."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Shown:
    """A frame on some site, and the conversation behind it."""

    client: httpx.AsyncClient
    talk: Talk
    folder: Path

    async def ask(self, text: str, lang: str = "en") -> str:
        """Return the whole page that answers."""
        answer = await self.client.post(f"/embed/check?lang={lang}", data={"text": text})
        assert answer.status_code == 200
        return answer.text

    async def kept(self) -> bytes:
        """Return everything that lies on the disk."""
        return b"".join(file.read_bytes() for file in self.folder.iterdir())


@asynccontextmanager
async def shown(folder: Path, at: datetime = NOW) -> AsyncIterator[Shown]:
    database = await Database.open(f"sqlite:///{folder / 'own.db'}")
    async with database.writing() as connection:
        await notices.put_notices(connection, "catalogue", [LISTED, EVERY], NOW)
        await notices.set_source(connection, "catalogue", NOW, "mark")
    talk = Talk(database, Lexicon.of([a_maker()], [LISTED, EVERY]), Standing(at))
    settings = WebSettings(messages_per_minute=1000, public_url=HOME)
    web = Web(settings, talk.clock.now)
    transport = httpx.ASGITransport(site(web, Shelf(), settings))
    async with (
        asyncio.TaskGroup() as group,
        httpx.AsyncClient(transport=transport, base_url="http://recalls.test") as client,
    ):
        group.create_task(serve([web], talk))
        yield Shown(client, talk, folder)
        await web.close()
    await database.close()


def answered(page: str) -> str:
    """Return the words of the answer."""
    section = page.partition('<section id="answer"')[2].partition(">")[2]
    section = section.partition("</section>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", section)).split())


async def test_the_model_is_answered_and_the_unit_is_left_to_the_chat(tmp_path: Path) -> None:
    async with shown(tmp_path) as frame:
        page = await frame.ask("acme x100")

    assert "Product safety recall: check your Acme X100" in answered(page)
    assert "I do not read serial numbers here." in page
    assert f'href="{HOME}/?start=' in page
    assert "send me the serial number" not in page


async def test_a_model_that_is_recalled_whole_is_said_so(tmp_path: Path) -> None:
    async with shown(tmp_path) as frame:
        page = await frame.ask("acme W7310")

    assert "Product safety recall: Acme W7310 power bank" in answered(page)


@pytest.mark.parametrize("serial", [IN, OUT])
async def test_a_serial_number_is_not_read_repeated_logged_or_kept(
    serial: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with shown(tmp_path) as frame:
        plain = await frame.ask("acme x100")
        page = await frame.ask(f"acme x100 serial {serial}")
        alone = await frame.ask(serial)
        kept = await frame.kept()

    assert answered(page) == answered(plain)
    assert serial not in page + alone
    assert "Not covered" not in page + alone
    assert serial.encode() not in kept
    assert serial not in "".join(capfd.readouterr())


@pytest.mark.parametrize("days", [0, 400], ids=["fresh", "stale"])
@pytest.mark.parametrize("text", ["nokia 3310", "acme x100", "acme W7310", f"acme x100 {OUT}"])
async def test_no_all_clear_is_given_that_the_chat_would_not_give(
    text: str, days: int, tmp_path: Path
) -> None:
    async with shown(tmp_path, NOW + timedelta(days=days)) as frame:
        said = answered(await frame.ask(text))
        chat = await frame.talk.reply(Inbound(Address("web", "ann"), text, NOW, "en"))

    assert ("No recall found" in said) <= ("No recall found" in chat.plain)
    assert "Not covered by the recall" not in said


async def test_stale_sources_give_no_negative(tmp_path: Path) -> None:
    async with shown(tmp_path, NOW + timedelta(days=400)) as frame:
        page = await frame.ask("nokia 3310")

    assert answered(page).startswith("I cannot answer")


async def test_smoke_comes_first_here_too(tmp_path: Path) -> None:
    async with shown(tmp_path) as frame:
        said = answered(await frame.ask("my acme x100 is smoking"))

    assert said.startswith("Get away from it first")


@pytest.mark.parametrize(
    "text", ["/mine", "/forget", "/feed country de", "/language de", "add acme x100 to my list"]
)
async def test_nobody_has_a_list_or_a_language_here(text: str, tmp_path: Path) -> None:
    async with shown(tmp_path) as frame:
        await frame.ask(text)
        after = answered(await frame.ask("acme W7310"))
        async with frame.talk.database.reading() as connection:
            rows = await connection.exec_driver_sql("SELECT count(*) FROM conversation")
            count = rows.scalar_one()

    assert "Product safety recall: Acme W7310 power bank" in after
    assert count == 0


async def test_it_answers_in_the_language_of_the_frame(tmp_path: Path) -> None:
    async with shown(tmp_path) as frame:
        page = await frame.ask("acme W7310", "de")

    assert '<div lang="de" dir="auto">' in page
    assert '<html lang="de"' in page
