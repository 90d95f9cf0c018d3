"""The words of every language, by key, with dates, countries and lists in their own way."""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.core import get_global, parse_locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

DOMAIN = "recallbot"
FOLDER = Path(__file__).parent / "locale"
FALLBACK = "en"


@dataclass(frozen=True)
class Translator:
    """The words of one language; call it with a key and the fields of that text.

    Raises KeyError for a key that no catalogue has, so that a missing text cannot pass unseen.
    """

    lang: str
    locale: Locale
    catalogue: gettext.NullTranslations

    def __call__(self, key: str, /, **fields: object) -> str:
        """Return the text of `key` with its fields filled in."""
        text = self.catalogue.gettext(key)
        if text == key:
            raise KeyError(key)
        return text.format(**fields) if fields else text

    def counted(self, key: str, count: int, /, **fields: object) -> str:
        """Return the text of `key` in the plural form that `count` takes."""
        text = self.catalogue.ngettext(key, f"{key}_plural", count)
        if text.removesuffix("_plural") == key:
            raise KeyError(key)
        return text.format(count=format_decimal(count, locale=self.locale), **fields)

    def has(self, key: str) -> bool:
        """Say whether there is a text of that key."""
        return self.catalogue.gettext(key) != key

    def day(self, day: date) -> str:
        """Return a date as this language writes it."""
        return format_date(day, "long", locale=self.locale)

    def region(self, code: str) -> str:
        """Return the name of a country (ISO 3166 alpha-2), or of the whole world."""
        return (
            self("region_world") if code == "WORLD" else self.locale.territories.get(code, code)
        )

    def both(self, parts: Iterable[str]) -> str:
        """Return "a, b and c"."""
        return format_list([*parts], locale=self.locale)

    def either(self, parts: Iterable[str]) -> str:
        """Return "a, b or c"."""
        return format_list([*parts], style="or", locale=self.locale)


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue, as BCP 47 tags."""
    found = sorted(
        path.parent.parent.name.replace("_", "-")
        for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    )
    return tuple(found)


def translator(*wanted: str | None) -> Translator:
    """Return the words of the first wanted language that we have, English where we have none.

    Tags are BCP 47 ("de-AT", "zh-Hant-TW") in any spelling; nonsense and None are skipped.
    """
    known = languages()
    tags = [tag for text in wanted if text for tag in _widening(text)]
    found = negotiate_locale(tags, known, sep="-") or FALLBACK
    # It answers in the spelling of the question.
    return _load(next(tag for tag in known if tag.lower() == found.lower()))


def spoken(tag: str) -> str | None:
    """Return the language we have for `tag`, None where we would fall back to English."""
    found = translator(tag).lang
    wanted = _widening(tag)
    return found if wanted and wanted[-1] == found.partition("-")[0] else None


@lru_cache
def own_name(tag: str) -> str:
    """Return what a language is called in itself: "Deutsch"."""
    return Locale.parse(tag, sep="-").get_display_name() or tag


def _widening(tag: str) -> list[str]:
    """Return the tag and the wider ones it may fall back to: zh-TW means zh-Hant."""
    try:
        locale = Locale.parse(tag.replace("_", "-"), sep="-", resolve_likely_subtags=True)
    except (ValueError, UnknownLocaleError):
        return []
    script = locale.script or _likely_script(locale)
    return [
        tag.replace("_", "-"),
        f"{locale.language}-{script}" if script else locale.language,
        locale.language,
    ]


def _likely_script(locale: Locale) -> str | None:
    """Return the script a language is mostly written in there: "zh" alone is simplified."""
    likely = get_global("likely_subtags")
    full = likely.get(f"{locale.language}_{locale.territory}") or likely.get(locale.language)
    return parse_locale(full)[2] if full else None


@lru_cache
def _load(lang: str) -> Translator:
    name = lang.replace("-", "_")
    english = gettext.translation(DOMAIN, FOLDER, [FALLBACK])
    catalogue: gettext.NullTranslations = english
    if lang != FALLBACK:
        catalogue = gettext.translation(DOMAIN, FOLDER, [name])
        catalogue.add_fallback(english)
    return Translator(lang, Locale.parse(name), catalogue)
