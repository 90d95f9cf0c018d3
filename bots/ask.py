"""Asking without a chat: straight from the file where that is enough, else the whole store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bots.local_catalogue import folder_of
from core.catalogue.load import FOLDER
from core.catalogue.local import digest_with_local
from core.clock import Clock, SystemClock
from core.match.decide import Knowledge
from core.model.keys import Probe
from core.model.lexicon import Lexicon
from core.model.message import Block, Message, Role
from core.model.recall import Notice
from core.model.unit import Unit
from core.model.verdict import SourceAge
from core.query import ages
from core.query.ages import AgeLimits
from core.query.answer import MOST_CANDIDATES, Answer, answer, at_home, probes
from core.query.conversation import hear
from core.query.memory import Memory
from core.query.query import Intent, Query
from core.settings import Settings
from core.store.quick import QuickDatabase
from core.text.translations import translator

CATALOGUE = "catalogue"
# Groups of sources that a setting may name in place of them.
VERIFIED, EVERY, NONE = "verified", "all", "none"


class Lookup(Protocol):
    """What an asker needs of a database."""

    def candidates(self, probe: Probe, limit: int) -> Sequence[Notice]:
        """Return the notices that may concern a unit."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """Who asks: their country, their language, and whether the codes were read twice."""

    region: str | None = None
    lang: str | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """Answers questions one after the other from one database."""

    lookup: Lookup
    lexicon: Lexicon
    ages: tuple[SourceAge, ...]
    clock: Clock

    def ask_text(self, text: str, options: Options) -> Answer:
        """Return the answer to a question as a person would type it."""
        return self.ask(hear(text, Memory(), self.lexicon), options)

    def ask_unit(self, unit: Unit, options: Options) -> Answer:
        """Return the answer on a unit that is already told apart into its fields."""
        said = " ".join(filter(None, (unit.brand, unit.model, *unit.facts.values())))
        query = Query(said, Intent.CHECK, action=None, urgent=False, units=(unit,), lang=None)
        return self.ask(query, options)

    def ask(self, query: Query, options: Options) -> Answer:
        """Return the answer to a query."""
        here = at_home(query, options.region, confirmed=options.confirmed)
        found = [self.lookup.candidates(probe, MOST_CANDIDATES) for probe in probes(here)]
        knowledge = Knowledge(self.lexicon, self.ages, self.clock.now())
        words = translator(options.lang, query.lang)
        told = answer(here, found, knowledge, words)
        if told.message.blocks:
            return told
        # A list is kept for a chat, and there is none here: ask what to look up instead.
        which = Message((Block(Role.NEXT_STEP, words("own_which")),), (), words.lang)
        return replace(told, message=which)


def limits(settings: Settings) -> AgeLimits:
    """Return how old each source that is switched on may be for a negative answer."""
    feeds = timedelta(days=settings.feed_max_age_days)
    named = named_sources(settings)
    each = dict.fromkeys(named or (), feeds)
    each |= {
        name: timedelta(days=days)
        for name, days in settings.source_max_age_days.items()
        if named is None or name in each
    }
    each[CATALOGUE] = timedelta(days=settings.catalogue_max_age_days)
    return AgeLimits(each, feeds if named is None else None)


def named_sources(settings: Settings) -> list[str] | None:
    """Return the sources that the settings name, none of them for "none", None for a group."""
    wanted = [name.strip() for name in settings.sources.lower().split(",") if name.strip()]
    if wanted in ([EVERY], [VERIFIED], []):
        return None
    return [] if wanted == [NONE] else list(dict.fromkeys(wanted))


def aged(
    rows: Iterable[tuple[str, datetime, str | None]], settings: Settings
) -> tuple[SourceAge, ...]:
    """Return the sources' ages with the limit that the settings put on each."""
    return ages.aged(rows, limits(settings))


@contextmanager
def open_asker(settings: Settings, clock: Clock | None = None) -> Iterator[Asker]:
    """Open the database for questions, bringing it up to date first where it is not.

    Raises Failure or StoreUnavailable where it cannot be opened.
    """
    clock = clock or SystemClock()
    quick = _quick(settings)
    if quick is not None:
        with closing(quick):
            yield Asker(quick, quick.lexicon(), aged(quick.source_ages(), settings), clock)
        return
    from bots.ask_store import opened_store  # noqa: PLC0415 - imports the whole store

    with opened_store(settings, clock) as store:
        yield Asker(store, store.lexicon, aged(store.ages, settings), clock)


def _quick(settings: Settings) -> QuickDatabase | None:
    """Return the file itself where it is at head and holds the catalogue that ships with us."""
    quick = QuickDatabase.open(settings.database_url, settings.secret_key)
    if quick is None:
        return None
    shipped = digest_with_local(FOLDER, folder_of(settings))
    if any(name == CATALOGUE and known == shipped for name, _, known in quick.source_ages()):
        return quick
    quick.close()
    return None
