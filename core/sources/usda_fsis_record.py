"""What FSIS says of one recall, in the languages it says it in, as a notice."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from core.model.recall import (
    Citation,
    Contact,
    Hazard,
    Kind,
    Notice,
    Remedy,
    RemedyKind,
    RemedyOption,
    Said,
    Sold,
    SourceKind,
    State,
)
from core.sources.contract import RawRecord, RecordUnreadable
from core.sources.drafts.draft import draft
from core.sources.json_rows import unreadable
from core.sources.normalise import (
    brands,
    clean,
    hazards,
    line,
    notice_id,
    passage,
    published,
)
from core.sources.reach import link, reach

SOURCE = "usda_fsis"
CITED = "usda-fsis"
AUTHORITY = "U.S. Department of Agriculture, Food Safety and Inspection Service"
RECALLS = "https://www.fsis.usda.gov/recalls"
HOME = ("US",)
NUMBER = "field_recall_number"
LANGUAGE = "langcode"
ENGLISH = "english"
CLOSED = "closed recall"
ACTIVE = "active recall"
ALERT = "public health alert"
_EXPANSION = re.compile(r"-EXP(?:-?\d+)?$", re.IGNORECASE)
_RECALLED = re.compile(
    r"\b(?:recalls?|expands recall (?:for|of)|public health alert for|retira|"
    r"alerta de salud p[úu]blica (?:para|sobre|debido a))\s+(?:ineligible )?(?P<what>.+?)"
    r"(?:\s+(?:due to|produced without|(?:illegally )?imported|that|because|debido a|"
    r"producidos sin)\b|$)",
    re.IGNORECASE,
)
_DATELINE = re.compile(r"^WASHINGTON,.{4,40}?\d{4}\s*[–—-]+\s*", re.IGNORECASE)
_EDITOR = re.compile(r"^(?:editor.s note|nota del editor)", re.IGNORECASE)
# Where the release turns from which products to how it came to light.
_STORY = re.compile(
    r"^(?:the (?:problem|issue)|fsis (?:was|discovered|is concerned)|there (?:have|has) been|"
    r"el problema|no ha habido|el fsis)",
    re.IGNORECASE,
)
_INCIDENTS = re.compile(
    r"^(?:there (?:have|has) been (?!no )|"
    r"fsis (?!has received no ).*\b(?:illness|sick|case-patient))",
    re.IGNORECASE,
)
_THROW_AWAY = re.compile(
    r"[^.]*\b(?:thrown away|discard(?:ed)?|disposed?|destroyed|desechados)\b[^.]*\.",
    re.IGNORECASE,
)
# Curly marks pair up; straight ones may be inches.
_QUOTED = re.compile(r"“([^“”\n]{4,190})”")
_CODE_BEFORE = re.compile(
    r"\b(?:code|number|date|by|lot|est|case|stamp|fecha|c[óo]digo\w*)\w*[ .:#]*$",
    re.IGNORECASE,
)
_DATE_LABEL = re.compile(
    r"(?:best|used?(?:/freeze)?|sell|enjoy|freeze|packed|produced|expir\w*|lot|est|item|date)\b"
    r"[ .:]*(?:by|if|before|on|date|no|code|number|\d|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Release:
    """The paragraphs of a press release by what they are for."""

    notes: tuple[str, ...]
    opening: str
    identifying: tuple[str, ...]
    incidents: str
    disposal: str


def read_recall(record: RawRecord) -> Notice:
    """Return what the record says, in English where it does. Raises RecordUnreadable."""
    rows = sorted(_rows(record.body), key=lambda row: _said(row, LANGUAGE).lower() != ENGLISH)
    try:
        return _notice(rows[0], rows[1:], record.fetched_at.date())
    except ValidationError as error:  # pragma: no cover - a fuse: every field is made to fit
        raise unreadable(error) from None


def _rows(body: bytes) -> list[Mapping[str, Any]]:
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError):
        raise RecordUnreadable("no JSON") from None
    if not isinstance(rows, list) or not rows:
        raise RecordUnreadable("a list of one recall's languages expected")
    if not all(isinstance(row, dict) for row in rows):
        raise RecordUnreadable("an object for each language expected")
    return rows


def _said(fields: Mapping[str, Any], name: str) -> str:
    return clean(fields.get(name))


def _notice(
    fields: Mapping[str, Any], others: Sequence[Mapping[str, Any]], seen: date
) -> Notice:
    title = _said(fields, "field_title")
    if not title:
        raise RecordUnreadable("no title")
    release, product = _release(_said(fields, "field_summary")), _product(title)
    items, alert = _said(fields, "field_product_items"), _is_alert(fields)
    return Notice(
        authority=AUTHORITY,
        kind=Kind.ADVISORY if alert else Kind.RECALL,
        state=_state(fields),
        published=published(fields.get("field_recall_date"), seen=seen),
        brands=brands("" if alert else title, (), _said(fields, "field_establishment")),
        product=product,
        title=passage(title),
        names=_names(fields.get("field_product_items")) or _names(fields.get("field_summary")),
        category="food",
        regions=HOME,
        units=draft(release.identifying or (items, title), product).rule,
        sold=_sold(fields),
        contacts=tuple(_contacts(fields)),
        linked=tuple(page for other in others if (page := _page(other))),
        sources=(_citation(fields, title, seen),),
        hazard=_hazard(fields, title, release.opening),
        **_numbered(_said(fields, NUMBER)),
        **_told(release),
    )


def _numbered(number: str) -> dict[str, Any]:
    earlier = _EXPANSION.sub("", number)
    expands = (notice_id(CITED, earlier),) if earlier != number else ()
    return {"id": notice_id(CITED, number), "number": line(number), "expands": expands}


def _citation(fields: Mapping[str, Any], title: str, seen: date) -> Citation:
    page = _page(fields) or RECALLS
    return Citation(
        id=CITED, url=page, kind=SourceKind.OFFICIAL, says=passage(title), seen=seen
    )


def _told(release: _Release) -> dict[str, Any]:
    told = release.incidents
    return {
        "incidents": Said(text=passage(told), source=CITED) if told else None,
        "remedies": tuple(_remedies(release.disposal)),
        "note": passage(" ".join(release.notes)) or None,
    }


def _is_alert(fields: Mapping[str, Any]) -> bool:
    return ALERT in {
        _said(fields, name).lower()
        for name in ("field_recall_type", "field_recall_classification", "field_risk_level")
    }


def _state(fields: Mapping[str, Any]) -> State:
    """Return the state; where type and archive contradict each other, the recall stands."""
    kind = _said(fields, "field_recall_type").lower()
    if kind == CLOSED:
        return State.CLOSED
    archived = _said(fields, "field_archive_recall").lower() == "true"
    over = archived and bool(_said(fields, "field_closed_date"))
    return State.CLOSED if over and kind != ACTIVE else State.OPEN


def _product(title: str) -> str:
    found = _RECALLED.search(title)
    return line(found["what"] if found else title)


def _page(fields: Mapping[str, Any]) -> str | None:
    url = link(_said(fields, "field_recall_url"))
    return url.replace("http://", "https://", 1) if url else None


def _names(text: object) -> tuple[str, ...]:
    """Return what stands in quotation marks and is no code: the names on the packages.

    `text` is as it was sent, since cleaning makes the marks straight.
    """
    sent = html.unescape(text) if isinstance(text, str) else ""
    found = (
        line(clean(quoted[1]).strip(" .,;"))
        for quoted in _QUOTED.finditer(sent)
        if not _CODE_BEFORE.search(sent[: quoted.start()])
    )
    return tuple(dict.fromkeys(name for name in found if _is_name(name)))


def _is_name(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters > len(text) / 2 and not text.islower() and not _DATE_LABEL.match(text)


def _release(summary: str) -> _Release:
    paragraphs = [part.strip() for part in summary.split("\n") if part.strip()]
    notes = tuple(part for part in paragraphs if _EDITOR.match(part))
    rest = [part for part in paragraphs if part not in notes]
    begin = next((at for at, part in enumerate(rest) if _DATELINE.match(part)), 0)
    end = next((at for at in range(begin + 1, len(rest)) if _STORY.match(rest[at])), len(rest))
    told = [part for part in rest if _INCIDENTS.match(part)]
    away = next((found[0] for part in rest if (found := _THROW_AWAY.search(part))), "")
    return _Release(
        notes=notes,
        opening=_DATELINE.sub("", rest[begin]) if rest else "",
        identifying=tuple(rest[begin + 1 : end]),
        incidents=" ".join(told),
        disposal=away.strip(),
    )


def _hazard(fields: Mapping[str, Any], title: str, opening: str) -> Hazard:
    # The reason alone ("Product Contamination") does not say what can happen to anybody.
    kinds = hazards(title, opening, _said(fields, "field_recall_reason"))
    return Hazard(kinds=kinds, text=passage(opening or title), source=CITED)


def _sold(fields: Mapping[str, Any]) -> Sold | None:
    where = _said(fields, "field_states")
    return Sold(where=passage(where), source=CITED) if where else None


def _remedies(sentence: str) -> Iterator[Remedy]:
    if sentence:
        option = RemedyOption(kind=RemedyKind.DISPOSE)
        yield Remedy(regions=HOME, options=(option,), text=passage(sentence), source=CITED)


def _contacts(fields: Mapping[str, Any]) -> Iterator[Contact]:
    said = reach(_said(fields, "field_company_media_contact"))
    if any(said):
        yield Contact(
            regions=HOME, phone=said.phone, email=said.email, url=said.url, source=CITED
        )
