"""What the owner gets, how to claim it, whom to ask and what to do with the old one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from core.model.message import Block, Quote, Role
from core.model.recall import Contact, Notice, Remedy
from core.text.names import is_battery, option_names, region_names
from core.text.translations import Translator

LONG_AGO = date(1, 1, 1)


def remedies_for(notices: Sequence[Notice], region: str | None) -> tuple[Remedy, ...]:
    """Return the remedies that stand now, for `region` or for every one where it is None.

    Of the remedies for one and the same countries the newest stands, and one for `region` by
    name replaces those for the whole world.
    """
    newest: dict[tuple[str, ...], Remedy] = {}
    for remedy in (remedy for notice in notices for remedy in notice.remedies):
        if not _holds(remedy.regions, region):
            continue
        known = newest.get(remedy.regions)
        if known is None or (remedy.since or LONG_AGO) > (known.since or LONG_AGO):
            newest[remedy.regions] = remedy
    own = tuple(remedy for remedy in newest.values() if region in remedy.regions)
    return own or tuple(newest.values())


def _holds(regions: Sequence[str], region: str | None) -> bool:
    return region is None or region in regions or "WORLD" in regions


def remedy_blocks(
    notices: Sequence[Notice], region: str | None, words: Translator
) -> Iterator[Block]:
    """Yield what the owner gets, in their country first."""
    here = remedies_for(notices, region)
    for remedy in _alike(here):
        yield Block(Role.REMEDY, remedy_line(remedy, words), remedy.claim_url)
    if not here:
        yield from _elsewhere(notices, region, words)


def _alike(remedies: Sequence[Remedy]) -> Iterator[Remedy]:
    """Yield the remedies, those that are the same in several countries as one."""
    same: dict[tuple[object, ...], list[Remedy]] = {}
    for remedy in remedies:
        same.setdefault((remedy.options, remedy.claim_url), []).append(remedy)
    for first, *others in same.values():
        regions = tuple(dict.fromkeys(code for one in (first, *others) for code in one.regions))
        since = first.since if not others else None
        yield first.model_copy(update={"regions": regions, "since": since})


def _elsewhere(
    notices: Sequence[Notice], region: str | None, words: Translator
) -> Iterator[Block]:
    others = remedies_for(notices, None)
    if not others or region is None:
        yield Block(Role.REMEDY, words("remedy_none"), notices[0].main_source.url)
        return
    yield Block(Role.REMEDY, words("remedy_not_here", region=words.region(region)))
    for remedy in _alike(others):
        text = words(
            "remedy_elsewhere",
            options=option_names(remedy.options, words),
            regions=region_names(remedy.regions, words),
        )
        yield Block(Role.REMEDY, text, remedy.claim_url)


def remedy_line(remedy: Remedy, words: Translator) -> str:
    """Return one remedy in a sentence: what owners get, in which countries, since when."""
    fields = {
        "regions": region_names(remedy.regions, words),
        "options": option_names(remedy.options, words),
    }
    if remedy.since is None:
        return words("remedy_in", **fields)
    return words("remedy_since", since=words.day(remedy.since), **fields)


def claim_blocks(
    notices: Sequence[Notice], region: str | None, words: Translator
) -> Iterator[Block]:
    """Yield how to claim: the steps, the photo wanted, the receipt, whom to ask."""
    yield Block(Role.VERDICT, words("claim_before_disposal"))
    remedies = remedies_for(notices, region) or remedies_for(notices, None)
    if not remedies:
        yield Block(Role.REMEDY, words("remedy_none"), notices[0].main_source.url)
    for remedy in remedies:
        told = Quote(remedy.text)
        yield Block(Role.REMEDY, remedy_line(remedy, words), remedy.claim_url, told)
        if remedy.photo:
            yield Block(Role.DETAIL, words("remedy_photo"), quote=Quote(remedy.photo))
        if remedy.proof_of_purchase:
            yield Block(Role.DETAIL, words(f"remedy_proof_{remedy.proof_of_purchase}"))
    yield from contact_blocks(notices, region, words)


def contact_blocks(
    notices: Sequence[Notice], region: str | None, words: Translator
) -> Iterator[Block]:
    """Yield whom to ask, each way once; those of other countries where `region` has none."""
    seen: set[str] = set()
    for contact in contacts_for(notices, region):
        # A page alone is no new way to ask where a telephone or an address was named.
        ways = {way for way in (contact.phone, contact.email) if way} or {contact.url or ""}
        if not ways <= seen:
            seen |= ways
            yield Block(Role.DETAIL, _contact(contact, words), contact.url)


def contacts_for(notices: Sequence[Notice], region: str | None) -> list[Contact]:
    """Return whom owners in `region` reach, those of other countries where it has none."""
    contacts = [contact for notice in notices for contact in notice.contacts]
    return [one for one in contacts if _holds(one.regions, region)] or contacts


def _contact(contact: Contact, words: Translator) -> str:
    phone = f"{contact.phone} ({contact.hours})" if contact.hours else contact.phone
    ways = ", ".join(way for way in (phone, contact.email) if way)
    return words("contact", regions=region_names(contact.regions, words), ways=ways)


def disposal_blocks(notices: Sequence[Notice], words: Translator) -> Iterator[Block]:
    """Yield what to do with the old unit; without a notice, the advice for batteries."""
    battery = not notices or any(is_battery(notice) for notice in notices)
    yield Block(Role.ACTION, words("dispose_battery" if battery else "dispose_other"))
    for notice in notices:
        if notice.disposal:
            url = notice.citation(notice.disposal.source).url
            yield Block(Role.SOURCE, "", url, Quote(notice.disposal.text))
            return
