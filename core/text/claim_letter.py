"""What to copy into a maker's form, and a letter to it that is finished but for sending."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from babel.languages import get_official_languages

from core.model.recall import Notice
from core.model.rule import CodeRule, walk
from core.model.unit import Unit
from core.text.names import field_name, unit_name
from core.text.remedies import contacts_for
from core.text.translations import Translator, spoken, translator

UNKNOWN = "…"
# One plain address; a line that tells of several is shown as it is and opens no mail.
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
# What the list names by itself, or is no code that somebody could read off the unit.
_NOT_CODES = frozenset({"brand", "model", "product", "region", "bought"})


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is finished but for sending: to whom, about what, saying what."""

    address: str
    subject: str
    body: str

    @property
    def mailto(self) -> str:
        """Return the link that opens it, by RFC 6068."""
        body = self.body.replace("\n", "\r\n")
        said = f"subject={quote(self.subject, safe='')}&body={quote(body, safe='')}"
        return f"mailto:{self.address}?{said}"


def local_words(region: str | None, words: Translator) -> Translator:
    """Return the words in which people of that country are addressed.

    The reader's own where the country has that language, or none that we speak.
    """
    known = get_official_languages(region, de_facto=True) if region else ()
    tags = [tag for tag in (spoken(one.replace("_", "-")) for one in known) if tag]
    return words if not tags or words.lang in tags else translator(tags[0])


def facts_to_copy(
    unit: Unit, notices: Sequence[Notice], region: str | None, words: Translator
) -> str:
    """Return what a form asks, a line each; what we do not know of it stays open."""
    return "\n".join(
        words("photo_line", field=_capital(name), value=value or UNKNOWN)
        for name, value in _facts(unit, notices, region, words)
    )


def _facts(
    unit: Unit, notices: Sequence[Notice], region: str | None, words: Translator
) -> Iterator[tuple[str, str | None]]:
    yield field_name("brand", words), unit.brand or notices[0].brands[0]
    name = unit.facts.get("product") or unit.facts.get("name")
    field = "model" if unit.model or not name else "product"
    yield field_name(field, words), unit.model or name
    for code in _codes(unit, notices):
        yield field_name(code, words), unit.facts.get(code)
    yield field_name("bought", words), unit.facts.get("bought")
    yield field_name("region", words), words.region(region) if region else None


def _codes(unit: Unit, notices: Sequence[Notice]) -> list[str]:
    """Return the codes that the notices go by, and a serial number that was told anyway."""
    asked = (
        node.field
        for notice in notices
        for node in walk(notice.units)
        if isinstance(node, CodeRule)
    )
    told = ("serial",) if unit.serial else ()
    return [name for name in dict.fromkeys((*told, *asked)) if name not in _NOT_CODES]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def letter_of(
    unit: Unit, notices: Sequence[Notice], words: Translator, *, region: str | None, photo: bool
) -> Letter | None:
    """Return a mail to whoever runs the recall, None where the notices name no address.

    It claims nothing but what its writer knows, and says that the photo is attached where one
    is wanted.
    """
    emails = (contact.email or "" for contact in contacts_for(notices, region))
    address = next((one for one in emails if _ADDRESS.fullmatch(one)), None)
    if address is None:
        return None
    leading = notices[0]
    product = unit_name(unit, words) if unit.brand or unit.model else leading.product
    number = f" ({leading.number})" if leading.number else ""
    lines = [
        words("claim_mail_body", authority=leading.authority),
        facts_to_copy(unit, notices, region, words),
    ]
    if photo:
        lines.append(words("claim_mail_photo"))
    subject = words("claim_mail_subject", product=product, number=number)
    return Letter(address, subject, "\n\n".join(lines))
