"""What one fiche of RappelConso says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from core.model.recall import (
    Citation,
    Contact,
    Hazard,
    HazardKind,
    Kind,
    Notice,
    Remedy,
    Sold,
    SourceKind,
    State,
)
from core.model.rule import AllUnits, Rule
from core.sources.contract import RawRecord
from core.sources.drafts.draft import draft
from core.sources.fields import notice, required
from core.sources.french_lots import lots, product_names, said_plainly
from core.sources.json_rows import json_object
from core.sources.listed import every, shop_codes
from core.sources.normalise import (
    brands,
    category,
    clean,
    hazards,
    hazards_of,
    line,
    notice_id,
    passage,
    published,
    remedy_options,
)

NAME = "RappelConso"
SITE = "https://rappel.conso.gouv.fr"
ID = "rappelconso"
FRANCE = ("FR",)
NOT_STATED = "non précisé"
_DAY = "%d/%m/%Y"
_DAY_WRITTEN = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_APART = re.compile(r"[|¤\r\n]+")
_LINK = re.compile(r"https?://[^\s|]{1,480}")
_NAMELESS = frozenset(
    {"sans marque", "sans", "aucune", "aucun", "nc", "non connue", "inconnue"}
)
_RAPEX = re.compile(r"(?i)^(?:sr|a1[12])/\d+/\d{2}$")
_KIND_OF_PRODUCT = "sous_categorie_produit"
# The first data set, rappelconso0, called the same things by these names.
_FIRST_NAMES = {
    "reference_fiche": "numero_fiche",
    "ndeg_de_version": "numero_version",
    "categorie_de_produit": "categorie_produit",
    "sous_categorie_de_produit": "sous_categorie_produit",
    "nom_de_la_marque_du_produit": "marque_produit",
    "noms_des_modeles_ou_references": "modeles_ou_references",
    "identification_des_produits": "identification_produits",
    "motif_du_rappel": "motif_rappel",
    "risques_encourus_par_le_consommateur": "risques_encourus",
    "description_complementaire_du_risque": "description_complementaire_risque",
    "numero_de_contact": "numero_contact",
}


def fiche_notice(record: RawRecord) -> Notice:
    """Return what one fiche says; raises RecordUnreadable and nothing else."""
    fiche = renamed(json_object(record.body))
    number = required(fiche, "numero_fiche")
    seen = record.fetched_at.date()
    names = _names(fiche)
    product = line(names[0]) if names else "produit sans nom"
    makers = _brands(fiche)
    title = passage(" – ".join([*makers[:3], product]))
    return notice(
        id=notice_id(ID, number),
        authority=NAME,
        number=line(number.upper()),
        kind=Kind.ADVISORY if _RAPEX.match(number) else Kind.RECALL,
        state=_state(fiche, seen),
        published=published(fiche.get("date_publication"), seen=seen),
        brands=brands("", makers),
        product=product,
        title=title,
        image=next(_links(fiche, "liens_vers_les_images"), None),
        names=tuple(line(name) for name in names),
        category=_category(fiche, product),
        regions=FRANCE,
        units=_units(fiche, names),
        hazard=_hazard(fiche),
        sold=_sold(fiche),
        remedies=tuple(_remedies(fiche)),
        contacts=tuple(_contacts(fiche)),
        sources=(_citation(fiche, title, seen),),
        note=_note(fiche),
    )


def renamed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the record under the names of today's data set."""
    return {_FIRST_NAMES.get(name, name): value for name, value in row.items()}


def _said(fiche: Mapping[str, Any], name: str) -> list[str]:
    """Return the parts of a field, which "|", "¤" and line breaks keep apart."""
    text = clean(fiche.get(name))
    return [part for one in _APART.split(text) if (part := " ".join(one.split()))]


def _prose(fiche: Mapping[str, Any], *names: str) -> str:
    """Return these fields as sentences: the data set holds them in lower case."""
    parts = ["; ".join(_said(fiche, name)) for name in names]
    return "\n".join(said_plainly(part) for part in parts if part)


def _links(fiche: Mapping[str, Any], name: str) -> Iterator[str]:
    for link in _LINK.findall(clean(fiche.get(name))):
        yield link.replace("http://rappel.conso.gouv.fr", SITE)


def _names(fiche: Mapping[str, Any]) -> list[str]:
    """Return what the product is called; a bar code in place of a name is none."""
    names = [*_said(fiche, "libelle"), *_said(fiche, "modeles_ou_references")]
    called = [name for name in names if not name.isdigit()]
    return list(dict.fromkeys(map(said_plainly, called or _said(fiche, _KIND_OF_PRODUCT))))


def _brands(fiche: Mapping[str, Any]) -> list[str]:
    named = [
        name
        for part in _said(fiche, "marque_produit")
        for one in part.split(" / ")
        if (name := " ".join(one.split())) and name.casefold() not in _NAMELESS
    ]
    capitals = (
        " ".join(word[:1].upper() + word[1:] for word in name.split()) for name in named
    )
    return [line(name) for name in dict.fromkeys(capitals)]


def _category(fiche: Mapping[str, Any], product: str) -> str:
    """Return our category; names of dishes ("cuit au four") would only mislead."""
    theirs = (*_said(fiche, _KIND_OF_PRODUCT), *_said(fiche, "categorie_produit"))
    return category(*theirs) if _is_food(fiche) else category(product, *theirs)


def _is_food(fiche: Mapping[str, Any]) -> bool:
    return clean(fiche.get("categorie_produit")).casefold() == "alimentation"


def _state(fiche: Mapping[str, Any], seen: date) -> State:
    end = published(fiche.get("date_de_fin_de_la_procedure_de_rappel"))
    return State.CLOSED if end and end < seen else State.OPEN


def _units(fiche: Mapping[str, Any], names: list[str]) -> Rule:
    listed = lots(fiche.get("identification_produits"))
    if listed.rule is not None and listed.names_product:
        return listed.rule
    identity = product_names(names)
    if names and not _is_food(fiche):
        said = _said(fiche, "modeles_ou_references")
        called = [one for one in said if not one.isdigit()]
        bar_codes = shop_codes(one for one in said if one.isdigit())
        identity = bar_codes or draft(called, names[0]).rule
    return every([identity, listed.rule]) or AllUnits(op="all_units")


def _hazard(fiche: Mapping[str, Any]) -> Hazard:
    risks = "|".join(_said(fiche, "risques_encourus"))
    said = _prose(
        fiche, "motif_rappel", "risques_encourus", "description_complementaire_risque"
    )
    kinds = hazards_of(risks, "rappelconso")
    if set(kinds) <= {HazardKind.OTHER}:
        kinds = hazards(said)
    return Hazard(kinds=kinds, text=passage(said) or NOT_STATED, source=ID)


def _sold(fiche: Mapping[str, Any]) -> Sold | None:
    start = published(fiche.get("date_debut_commercialisation"))
    end = published(fiche.get("date_date_fin_commercialisation"))
    if period := clean(fiche.get("date_debut_fin_de_commercialisation")):
        written = [published(day, _DAY) for day in _DAY_WRITTEN.findall(period)]
        start, end = (*written, None, None)[:2]
    if start and end and start > end:
        start = end = None
    where = _prose(fiche, "distributeurs", "zone_geographique_de_vente")
    if not (start or end or where):
        return None
    return Sold(start=start, end=end, where=passage(where) or None, source=ID)


def _remedies(fiche: Mapping[str, Any]) -> Iterator[Remedy]:
    labels = _said(fiche, "modalites_de_compensation")
    actions = _said(fiche, "conduites_a_tenir_par_le_consommateur")
    text = _prose(fiche, "modalites_de_compensation", "conduites_a_tenir_par_le_consommateur")
    if options := remedy_options(labels, "; ".join(actions)):
        yield Remedy(regions=FRANCE, options=options, text=passage(text), source=ID)


def _contacts(fiche: Mapping[str, Any]) -> Iterator[Contact]:
    if phone := line(clean(fiche.get("numero_contact"))):
        yield Contact(regions=FRANCE, phone=phone, source=ID)


def _citation(fiche: Mapping[str, Any], title: str, seen: date) -> Citation:
    page = next(_links(fiche, "lien_vers_la_fiche_rappel"), None)
    if page is None:
        poster = next(_links(fiche, "lien_vers_affichette_pdf"), SITE)
        page = poster.replace("affichettePDF", "fiche-rappel").replace("/Interne", "/interne")
    return Citation(id=ID, url=page, kind=SourceKind.OFFICIAL, says=title, seen=seen)


def _note(fiche: Mapping[str, Any]) -> str | None:
    said = _prose(
        fiche,
        "conduites_a_tenir_par_le_consommateur",
        "preconisations_sanitaires",
        "informations_complementaires",
        "informations_complementaires_publiques",
    )
    return passage(said) or None
