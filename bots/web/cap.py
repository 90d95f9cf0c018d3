"""One recall as a warning in the Common Alerting Protocol 1.2 (OASIS)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bots.web.markup import Element, add, document, root
from bots.web.reader import Revision
from core.model.recall import Contact, Notice, State
from core.model.rule import And, CodeRule, Model, Or, Rule
from core.sources.contract import Authority
from core.store.listing import Entry
from core.text.advice import action_of
from core.text.names import option_names
from core.text.translations import Translator

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"
LONGEST_HEADLINE = 160
MOST_CODES = 100
NOBODY = "recallbot"


@dataclass(frozen=True, slots=True)
class Warned:
    """What is warned of: the notice, its versions oldest first, and whose it is."""

    entry: Entry
    revisions: Sequence[Revision]
    authority: Authority | None
    base: str


def cap(warned: Warned, words: Translator) -> bytes:
    """Return the warning as the last version stands; its elements in the standard's order.

    How severe, urgent or certain a hazard is, is only said where the notice says it: nowhere.
    """
    notice = warned.entry.notice
    *earlier, last = _versions(warned)
    retracted = notice.state is State.RETRACTED
    alert = root("alert", CAP)
    add(alert, "identifier", last.identifier)
    add(alert, "sender", last.sender)
    add(alert, "sent", last.sent)
    add(alert, "status", "Exercise" if warned.entry.exercise else "Actual")
    add(alert, "msgType", "Alert" if not earlier else "Cancel" if retracted else "Update")
    if warned.authority is not None:
        add(alert, "source", warned.authority.name)
    add(alert, "scope", "Public")
    if notice.note or retracted:
        says = words("web_state_retracted_means") if retracted else notice.note
        add(alert, "note", says)
    if earlier:
        add(alert, "references", " ".join(one.reference for one in earlier))
    _info(alert, warned, words)
    return document(alert)


@dataclass(frozen=True, slots=True)
class _Sent:
    sender: str
    identifier: str
    sent: str

    @property
    def reference(self) -> str:
        return f"{self.sender},{self.identifier},{self.sent}"


def _versions(warned: Warned) -> list[_Sent]:
    sender = urlsplit(warned.base).hostname or NOBODY
    name = warned.entry.notice.id
    seen = [(one.number, one.seen_at) for one in warned.revisions]
    return [
        _Sent(sender, f"{name}.{number}", moment(at))
        for number, at in seen or [(1, warned.entry.updated)]
    ]


def moment(at: datetime) -> str:
    """Return a moment as CAP writes it: seconds, and -00:00 for UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def _info(alert: Element, warned: Warned, words: Translator) -> None:
    notice = warned.entry.notice
    retracted = notice.state is State.RETRACTED
    info = add(alert, "info")
    add(info, "language", words.lang)
    add(info, "category", "Safety")
    add(info, "event", words(f"web_kind_{notice.kind}"))
    add(info, "responseType", "None" if retracted else "Avoid")
    add(info, "urgency", "Past" if retracted else "Immediate")
    add(info, "severity", "Unknown")
    add(info, "certainty", "Unknown")
    add(info, "senderName", notice.authority)
    add(info, "headline", _headline(notice))
    add(info, "description", notice.hazard.text)
    add(info, "instruction", "\n".join(_instructions(notice, words)))
    add(info, "web", notice.main_source.url)
    if notice.contacts:
        add(info, "contact", _contact(notice.contacts[0]))
    for name, value in _parameters(warned):
        parameter = add(info, "parameter")
        add(parameter, "valueName", name)
        add(parameter, "value", value)
    _areas(info, notice, words)


def _headline(notice: Notice) -> str:
    text = " ".join((notice.title or notice.product).split())
    return text if len(text) <= LONGEST_HEADLINE else f"{text[: LONGEST_HEADLINE - 1]}…"


def _instructions(notice: Notice, words: Translator) -> Iterator[str]:
    if notice.state is State.RETRACTED:
        yield words("web_state_retracted_means")
        return
    yield action_of(notice, words, known=False)
    for remedy in notice.remedies:
        yield f"{option_names(remedy.options, words)}: {remedy.text}"


def _contact(contact: Contact) -> str:
    parts = (contact.phone, contact.hours, contact.email, contact.url)
    return ", ".join(part for part in parts if part)


def _parameters(warned: Warned) -> Iterator[tuple[str, str]]:
    notice = warned.entry.notice
    yield "notice", notice.id
    if notice.number:
        yield "number", notice.number
    yield "state", notice.state.value
    yield "product", notice.product
    yield "category", notice.category
    yield from (("brand", brand) for brand in notice.brands)
    yield from (("hazard", kind.value) for kind in notice.hazard.kinds)
    yield from list(_codes(notice.units))[:MOST_CODES]
    yield "complete", "true" if notice.complete else "false"
    if warned.authority is not None:
        yield "attribution", warned.authority.attribution
        yield "licence", warned.authority.licence
    if warned.base:
        yield "page", f"{warned.base}/recalls/{notice.id}"


def _codes(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield the models and whole codes that the rule asks for, none that it excludes."""
    match rule:
        case And(of=parts) | Or(of=parts):
            for part in parts:
                yield from _codes(part)
        case Model(any_of=models):
            yield from (("model", model) for model in models)
        case CodeRule(at=None, field=field, eq=codes):
            yield from ((field, code) for code in codes)


def _areas(info: Element, notice: Notice, words: Translator) -> None:
    for region in notice.regions:
        area = add(info, "area")
        add(area, "areaDesc", words.region(region))
        if region != "WORLD":
            code = add(area, "geocode")
            add(code, "valueName", "ISO 3166-1")
            add(code, "value", region)
