"""A small lexicon of makers, models and names for reading messages in tests."""

from __future__ import annotations

from functools import lru_cache

from core.model.lexicon import KnownModel, KnownName, Lexicon
from core.model.recall import Maker

WITHOUT_O_AND_I = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
MODELS = {
    ("Anker",): "A1263 A1257 A1647 A1652 A1681 A1689 A1642 A1680 A1366 A1112",
    ("Soundcore", "Anker"): "A3117 A3130 A3102",
    ("INIU",): "BI-B41",
    ("Casely",): "E33A",
    ("Charmast",): "W1056",
    ("Xiaomi",): "PB2030MI",
    ("Romoss",): "PAC20-272 PAC20-392 PLT20A-152",
    ("IKEA",): "E2037 E2038 CALYPSO",
    ("Belkin",): "BPB002 BPD005 MMA008",
    ("Baseus",): "BS-30KP365",
    ("ESR",): "2G505 2G505B 2G520",
    ("Lenovo",): "PBLG2W 40ALLG2WWW 20HR",
    ("Kidde",): "FA110 PI2010",
    ("Crock-Pot",): "SCCPPC600-V1",
    ("Nexxtech",): "8047797",
}
SPACED_MODELS = {"Petzl": ("GRIGRI 2",), "Instant Pot": ("Gem 65", "Gem 65 8-in-1")}
ALIASES = {
    "Anker": ("anker japan", "安克", "アンカー", "앤커", "анкер", "أنكر", "एंकर"),
    "Xiaomi": ("小米", "シャオミ", "샤오미", "сяоми", "شاومي"),
    "Romoss": ("罗马仕", "羅馬仕"),
    "Casely": ("casley",),
    "AmazonBasics": ("amazon basics",),
    "Samsung": ("三星", "삼성"),
    "Apple": ("苹果", "macbook"),
    "HP": ("hewlett packard",),
    "Stihl": (),
}
NAMES = (
    KnownName(name="PowerCore 10000", brand="Anker"),
    KnownName(name="MagGo", brand="Anker"),
    KnownName(name="VARMFRONT", brand="IKEA"),
    KnownName(name="Galaxy Note 7", brand="Samsung", product="Galaxy Note7"),
    KnownName(name="MacBook Pro 15 mid 2015", brand="Apple", product="MacBook Pro 15 2015"),
)


@lru_cache(maxsize=1)
def a_lexicon() -> Lexicon:
    """Return the lexicon of the examples, always the same object."""
    models = [
        KnownModel(model=model, brands=brands)
        for brands, listed in MODELS.items()
        for model in listed.split()
    ]
    for brand, spaced in SPACED_MODELS.items():
        models += [KnownModel(model=model, brands=(brand,)) for model in spaced]
    brands = dict.fromkeys([*(known.brands[0] for known in models), *ALIASES])
    return Lexicon(makers=tuple(map(_maker, brands)), models=tuple(models), names=NAMES)


def _maker(brand: str) -> Maker:
    anker = brand in {"Anker", "Soundcore"}
    lengths = {"Anker": {"serial": (16,)}, "Belkin": {"serial": (14,)}}
    return Maker(
        name=brand,
        brands=(brand,),
        aliases=ALIASES.get(brand, ()),
        alphabet={"serial": WITHOUT_O_AND_I} if anker else {},
        lengths=lengths.get(brand, {}),
        model_shapes=("a9999",) if brand == "Anker" else (),
    )
