"""Hazards, remedies, brands and categories out of an authority's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.recall import HazardKind, RemedyKind
from core.sources.normalise import (
    NO_BRAND,
    brands,
    category,
    hazards,
    hazards_of,
    remedy_options,
)
from core.sources.vocabulary import word_list
from core.text.translations import translator

SWALLOWED = (
    "The lights contain lithium coin batteries that can be accessed by children, posing an "
    "ingestion hazard. When button cell batteries are swallowed, the batteries can cause "
    "serious injuries, internal chemical burns, and death."
)
HELMET = (
    "The helmets do not comply with the impact attenuation and stability requirements. "
    "The helmets can fail to protect the user in the event of a crash."
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("The battery can overheat and ignite, posing fire and burn hazards.", "fire burn"),
        ("The batteries can overheat.", "fire"),
        ("Unstable dressers pose tip-over and entrapment hazards.", "suffocation impact"),
        ("A child's torso can fit, posing a risk of entrapment.", "suffocation"),
        ("The strap may create a foothold, posing a drowning risk.", "drowning"),
        ("Small parts can detach, posing a choking hazard.", "choking"),
        (SWALLOWED, "ingestion"),
        (HELMET, "failure_to_protect"),
        ("Levels of lead exceed the federal lead content ban.", "poisoning"),
        ("The lock can jam, posing a fall hazard. No fires have been reported.", "fall"),
        ("posing crash and injury hazards to the rider", "crash"),
        ("Users can be electrocuted if it falls into water.", "shock"),
        ("présence de listeria monocytogenes", "infection"),
        ("teneur supérieure à la limite autorisée en oxyde d’éthylène", "poisoning"),
        ("suspicion de bris de verre", "laceration"),
        ("Il y a un risque d'incendie.", "fire"),
        ("May contain undeclared milk, pecans, pistachios.", "allergy"),
        ("potentially contaminated with Salmonella", "infection"),
        ("possible foreign matter contamination", "laceration"),
        ("The frame can break, posing an injury hazard.", "other"),
        ("", "other"),
    ],
)  # fmt: skip
def test_prose_says_what_can_hurt(text: str, kinds: str) -> None:
    assert " ".join(hazards(text)) == kinds


@pytest.mark.parametrize(
    ("label", "table", "kinds"),
    [
        ("riskType.choking", "safety_gate", "choking"),
        ("ELECTRIC_SHOCK", "safety_gate", "shock"),
        ("listeria monocytogenes (agent de la listériose)", "rappelconso", "infection"),
        ("Blessures externes Choc électrique Incendie", "rappelconso", "fire shock"),
        ("inertes (verre, métal, plastique, papier, textile…)", "rappelconso", "laceration"),
        ("substances interdites (règlement ue 37/2010)", "rappelconso", "poisoning"),
        ("autre risque", "rappelconso", "other"),
        ("Fire Hazard", "health_canada", "fire"),
        ("Sterility", "health_canada", "infection"),
        ("Electric Shock", "opss", "shock"),
        ("Entrapment", "accc", "suffocation"),
        ("LATCHES/LOCKS/LINKAGES:DOORS:LOCK", "nhtsa", "other"),
        ("SERVICE BRAKES, HYDRAULIC:FOUNDATION COMPONENTS", "nhtsa", "crash"),
        ("Undeclared allergens", "fda", "allergy"),
        ("Misbranding, Unreported Allergens", "fsis", "allergy"),
        ("no such label", "opss", ""),
        ("", "fda", ""),
    ],
)  # fmt: skip
def test_an_authoritys_label_stands_for_hazards(label: str, table: str, kinds: str) -> None:
    assert " ".join(hazards_of(label, table)) == kinds


@pytest.mark.parametrize("table", sorted(word_list("hazards")["labels"]))
def test_every_label_of_every_table_is_found_by_itself(table: str) -> None:
    for label, kinds in word_list("hazards")["labels"][table].items():
        assert set(hazards_of(label.upper(), table)) == {HazardKind(kind) for kind in kinds}


@given(st.text(max_size=200))
def test_hazards_are_never_none_at_all(text: str) -> None:
    assert hazards(text)


@pytest.mark.parametrize(
    ("labels", "text", "kinds"),
    [
        (["Refund"], "", "refund"),
        (["New Instructions"], "", "repair"),
        (["Inspect", "Repair"], "", "repair"),
        (["Dispose"], "As it was free, no refund or replacement will be provided.", "dispose"),
        (["remboursement|echange"], "", "refund replace"),
        (["autre (voir informations complémentaires)"], "", ""),
        (["R"], "Contact the firm for a full refund.", "refund"),
        ([], "Contact the dealer to schedule a free repair.", "repair"),
        ([], "Throw it away; no refund will be provided. Dispose of it.", "dispose"),
        ([], "", ""),
    ],
)
def test_labels_and_prose_name_the_remedy(labels: list[str], text: str, kinds: str) -> None:
    assert " ".join(option.kind for option in remedy_options(labels, text)) == kinds


def test_a_paragraph_in_the_label_is_read_as_prose() -> None:
    label = (
        "Consumers should contact the firm to have a certified technician install the repair "
        * 2
    )

    assert [option.kind for option in remedy_options([label], "")] == [RemedyKind.REPAIR]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("a $30 gift card", [("refund", None, None), ("gift_card", "30", "USD")]),
        ("a refund of $39.95.", [("refund", "39.95", "USD")]),
        ("a refund of $75 or store credit of $100",
         [("store_credit", "100", "USD"), ("refund", "75", "USD")]),
        ("a full refund or a $1,050 store credit",
         [("refund", None, None), ("store_credit", "1050", "USD")]),
        ("a refund of $100 for AirJet, or $189 for HydroJet", [("refund", None, None)]),
        ("a £20 voucher", [("refund", None, None), ("store_credit", "20", "GBP")]),
        ("pay up to $200 for a technician", [("refund", None, None)]),
    ],
)  # fmt: skip
def test_an_amount_belongs_to_what_it_is_said_of(
    text: str, offered: list[tuple[str, str | None, str | None]]
) -> None:
    found = [(one.kind, one.amount, one.currency) for one in remedy_options(["Refund"], text)]

    assert sorted(found, key=str) == sorted(offered, key=str)


def test_a_bare_dollar_is_the_authoritys_own() -> None:
    (card,) = remedy_options(["gift card"], "a $30 gift card", dollar="AUD")

    assert card.currency == "AUD"


@given(st.lists(st.text(max_size=30), max_size=3), st.text(max_size=120))
def test_reading_remedies_never_raises(labels: list[str], text: str) -> None:
    options = remedy_options(labels, text)

    assert len(set(options)) == len(options)


@pytest.mark.parametrize(
    ("title", "names", "maker", "wanted"),
    [
        ("x", ["Anker", " ", "anker"], "", ("Anker",)),
        ("LIVEHOM 11-Drawer Dressers Recalled Due to Risk", [], "", ("LIVEHOM",)),
        ("Sanven Technology Recalls Vevor Gates", [], "", ("Vevor", "Sanven Technology")),
        ("Bugaboo North America Recalls Giraffe Chairs", [], "", ("Bugaboo", "Giraffe")),
        ("Avenco and Novilla Mattresses Recalled Due to", [], "", ("Avenco", "Novilla")),
        ("Life Fitness Recalls Matrix-Brand Cycles", [], "", ("Life Fitness", "Matrix")),
        ("ESR HaloLock Chargers Recall Expanded to Include More", [], "", ("ESR HaloLock",)),
        ("Children's Robes Recall Expansion Announced", [], "SIORO, of China", ("SIORO",)),
        ("Anker PowerCore power banks recalled due to fire", [], "", ("Anker PowerCore",)),
        ("Food To Live Voluntarily Recalls Organic Moringa", [], "", ("Food To Live",)),
        ("Magnetic Ball Sets Recalled Due to Ingestion", ["unknown"],
         "Yiwu Ji Trading Co., Ltd., dba YooxArmor, of China", ("YooxArmor",)),
        ("Magnetic Ball Sets Recalled", [], "Plunge Buddy LLC, of North Mankato, Minnesota",
         ("Plunge Buddy",)),
        ("Magnetic Ball Sets Recalled", ["sans marque"], "", (NO_BRAND,)),
        ("", [], "", (NO_BRAND,)),
    ],
)  # fmt: skip
def test_a_notice_always_has_a_brand(
    title: str, names: list[str], maker: str, wanted: tuple[str, ...]
) -> None:
    assert brands(title, names, maker) == wanted


@given(
    st.text(max_size=300), st.lists(st.text(max_size=300), max_size=2), st.text(max_size=300)
)
def test_brands_fit_whatever_the_record_holds(title: str, names: list[str], maker: str) -> None:
    found = brands(title, names, maker)

    assert found
    assert all(0 < len(name) <= 200 for name in found)


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        (["INIU BI-B41 Power Banks"], "power-bank"),
        (["Toshiba Laptop AC Adapters"], "charger"),
        (["LIVEHOM 11-Drawer Dressers"], "dresser"),
        (["Beaumont Plus ST Bikes with disc brakes"], "bicycle"),
        (["Baby Safety Gates Recalled Due to Risk of Serious Injury from Toys"], "baby-gate"),
        (["product.category.toys"], "toy"),
        (["MOTOR_VEHICLES"], "vehicle"),
        (["boudin", "alimentation"], "meat"),
        (["sorgho biologique décortiqué", "alimentation"], "food"),
        (["Xyzzy", "lait et produits laitiers"], "food"),
        (["Intramedullary Bone Saw Blade Assembly", "Medical devices"], "medical-device"),
        (["Xyzzy"], "other"),
        ([], "other"),
    ],
)
def test_a_product_has_a_category(texts: list[str], key: str) -> None:
    assert category(*texts) == key


@pytest.mark.parametrize("lang", ["en", "de", "es", "fr", "ja", "zh-Hans", "zh-Hant"])
def test_every_category_and_hazard_has_a_text(lang: str) -> None:
    words = translator(lang)
    lists = word_list("categories")

    keys = [*lists["words"], *lists["labels"].values()]

    assert [key for key in keys if not words.has(f"category_{key}")] == []
    assert [kind for kind in HazardKind if not words.has(f"hazard_{kind}")] == []


@given(st.text(max_size=100))
def test_a_category_is_always_a_known_key(text: str) -> None:
    assert category(text) in word_list("categories")["words"]
