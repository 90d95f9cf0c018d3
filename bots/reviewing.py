"""Reviewing drafts: shown beside their sentences, and taken into the local catalogue."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.app import open_database
from bots.failure import Failure
from bots.local_catalogue import folder_of
from core.catalogue.file import CatalogueError
from core.catalogue.local import keep, path_of, reviewed_file
from core.clock import Clock
from core.match.decide import judge
from core.model.recall import Notice
from core.model.rule import And, Attribute, Rule, Unparsed
from core.settings import Settings
from core.sources.drafts.witness import witnesses
from core.store import review
from core.text.translations import Translator
from core.text.units import Sentence, in_words

LONGEST_VALUE = 200
# The shell finds the person's editor, as git lets it, and the file comes as its argument.
EDITOR = '${VISUAL:-${EDITOR:-vi}} "$1"'


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted notice, its source, and the sentences its rule was read from."""

    source: str
    notice: Notice
    sentences: tuple[str, ...]


async def waiting(settings: Settings, limit: int) -> tuple[Draft, ...]:
    """Return the drafts nobody has reviewed yet, newest first."""
    folder = folder_of(settings)
    database = await open_database(settings)
    try:
        async with database.reading() as connection:
            found = await review.drafts(connection, limit)
            return tuple(
                [
                    await _with_sentences(connection, one)
                    for one in found
                    if not path_of(folder, one.notice.id).exists()
                ]
            )
    finally:
        await database.close()


async def _with_sentences(connection: AsyncConnection, found: review.Drafted) -> Draft:
    body = await review.record_of(connection, found.notice.id)
    said = witnesses(body, found.notice.units) if body else ()
    return Draft(found.source, found.notice, said)


async def one_draft(settings: Settings, name: str) -> Draft:
    """Return the draft of that id with its sentences; raises Failure where there is none."""
    database = await open_database(settings)
    try:
        async with database.reading() as connection:
            found = await review.drafted(connection, name)
            if found is None:
                raise Failure(f"no source has a notice {name!r}; `recallbot review` lists them")
            return await _with_sentences(connection, found)
    finally:
        await database.close()


def shown(draft: Draft, words: Translator) -> Iterator[str]:
    """Yield the lines of a draft: what it is, what was said, and what was made of it."""
    notice = draft.notice
    yield f"{notice.id}  ({draft.source})  {', '.join(notice.brands)}: {notice.product}"
    yield f"  {notice.main_source.url}"
    yield "  said:"
    yield from (f"    “{sentence}”" for sentence in draft.sentences)
    yield "  read as:"
    yield from (f"    {line}" for line in _indented(in_words(notice.units, words)))


def _indented(sentence: Sentence, depth: int = 0) -> Iterator[str]:
    quote = f" “{sentence.quote.text}”" if sentence.quote else ""
    yield f"{'  ' * depth}- {sentence.text}{quote}"
    for part in sentence.parts:
        yield from _indented(part, depth + 1)


def accept(settings: Settings, notice: Notice, clock: Clock, *, complete: bool) -> Path:
    """Keep the drafted rule as reviewed; return the file. Raises Failure."""
    content = _content(notice, notice.units, clock, complete=complete)
    return _kept(settings, notice, content)


def reject(settings: Settings, notice: Notice, clock: Clock) -> Path:
    """Keep the notice with its name alone for a rule, which warns and never tells units apart.

    Raises Failure.
    """
    name = Attribute(op="attr", field="product", any_of=(notice.product[:LONGEST_VALUE],))
    said = notice.title or notice.product
    units = And(op="and", of=(name, Unparsed(op="unparsed", verbatim=said)))
    return _kept(settings, notice, _content(notice, units, clock, complete=False))


def edit(settings: Settings, notice: Notice, clock: Clock, *, complete: bool) -> Path:
    """Let the person edit the reviewed file, and keep it; return it. Raises Failure.

    One that exists is edited again.
    """
    path = path_of(folder_of(settings), notice.id)
    content = _content(notice, notice.units, clock, complete=complete)
    text = path.read_text("utf-8") if path.exists() else _pretty(content)
    try:
        edited = json.loads(_in_editor(text))
    except ValueError as error:
        raise Failure(f"what you saved is not JSON: {error}; nothing was kept") from None
    return _kept(settings, notice, edited)


def _content(notice: Notice, units: Rule, clock: Clock, *, complete: bool) -> dict[str, Any]:
    rule = units.model_dump(mode="json", exclude_defaults=True)
    return reviewed_file(notice, rule, complete=complete, on=clock.now().date())


def _pretty(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _in_editor(text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "reviewed.json")
        file.write_text(text, encoding="utf-8")
        done = subprocess.run(["/bin/sh", "-c", EDITOR, "sh", str(file)], check=False)
        if done.returncode:
            raise Failure(f"the editor ended with code {done.returncode}; nothing was kept")
        return file.read_text(encoding="utf-8")


def _kept(settings: Settings, notice: Notice, content: dict[str, Any]) -> Path:
    try:
        return keep(folder_of(settings), notice.id, content, judge)
    except CatalogueError as error:
        raise Failure(f"nothing was kept: {'; '.join(map(str, error.problems))}") from None
    except OSError as error:
        raise Failure(f"the local catalogue cannot be written: {error.strerror}") from None
