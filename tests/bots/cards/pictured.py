"""Cards and charts to draw, and what their pictures are looked at with."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from bots.cards.code import code
from bots.cards.draw import draw
from bots.cards.fonts import fonts_checkup
from bots.cards.layout import Beside, Box, Layout, lay_out
from bots.cards.setting import Typesetter
from core.model.public import Card, Chart
from core.model.recall import HazardKind

Colour = tuple[int, int, int]
URL = "https://www.cpsc.gov/Recalls/2025/Example-Recalls-Power-Banks-Due-to-Fire-Hazard"
LONG_URL = "https://www.example.org/recalls/" + "2025-power-banks-" * 8
CARD = Card(
    lang="en",
    headline="Product safety recall",
    product="Example PowerCore 10000 power bank, model A1263",
    hazards=(HazardKind.FIRE, HazardKind.BURN),
    hazard="Fire and burn hazard",
    action="Stop using it now. Do not throw it in the bin.",
    where="Look for the model number on the back: A1263",
    source="U.S. CPSC, recall 25-337, 12 June 2025",
    url=URL,
    alt="Product safety recall: everything in words.",
)
GERMAN = replace(
    CARD,
    lang="de",
    headline="Produktsicherheitsrückruf",
    product="Elektrischer Konvektorheizlüfter „Wärmewunder“ mit Fernbedienung, WK-2000-EU",
    hazards=(HazardKind.SHOCK,),
    hazard="Stromschlaggefahr",
    action="Sofort nicht mehr benutzen und den Netzstecker ziehen.",
    where="Die Modellnummer steht auf dem Typenschild an der Unterseite: WK-2000-EU",
    source="Safety Gate, Meldung SR/01234/25 vom 12. Juni 2025",
)
JAPANESE = replace(
    CARD,
    lang="ja",
    headline="製品安全リコール",
    product="モバイルバッテリー PowerCore 10000（A1263）",
    hazard="発火・やけどのおそれ",
    action="直ちに使用を中止してください。ごみとして捨てないでください。",
    where="本体裏面の型番をご確認ください：A1263",
    source="消費者庁 リコール情報 第12345号 2025年6月12日",
)
SIMPLIFIED = replace(
    CARD,
    lang="zh-Hans",
    headline="产品安全召回",
    product="PowerCore 10000 移动电源 A1263 型",
    hazard="起火和烧伤危险",
    action="立即停止使用，切勿丢入垃圾桶。",
    where="型号印在产品背面的标签上：A1263",
    source="美国消费品安全委员会，召回 25-337",
)
TRADITIONAL = replace(
    CARD,
    lang="zh-Hant",
    headline="產品安全召回",
    product="PowerCore 10000 行動電源 A1263 型",
    hazard="起火和燒傷危險",
    action="立即停止使用，切勿丟入垃圾桶。",
    where="型號印在產品背面的標籤上：A1263",
    source="美國消費品安全委員會，召回 25-337",
)
ARABIC = replace(
    CARD,
    lang="ar",
    headline="استدعاء منتج لأسباب تتعلق بالسلامة",
    product="سخان كهربائي محمول HotPro 1200W",
    hazard="خطر الصدمة الكهربائية والحروق",
    action="توقف عن استخدامه فوراً وافصله عن الكهرباء.",
    where="ابحث عن رقم الطراز على الملصق الخلفي: HP-1200",
    source="Safety Gate SR/01234/25",
)
HEBREW_NAME = replace(CARD, product="תנור חימום חשמלי HotPro (1200W)")
CARDS = (CARD, GERMAN, JAPANESE, SIMPLIFIED, TRADITIONAL, ARABIC, HEBREW_NAME)
CHART = Chart(
    lang="en",
    title="Recalls this week: 1,234 products",
    bars=(
        ("Fire", 412),
        ("Electric shock", 230),
        ("Choking of small children", 120),
        ("Other", 0),
    ),
    source="U.S. CPSC, Health Canada; 10–16 November 2025",
    alt="Recalls this week: fire 412, electric shock 230, choking 120, other 0.",
)
ALL_FONTS = pytest.mark.skipif(
    not fonts_checkup()[0], reason="the system has not every typeface: see recallbot doctor"
)


def opened(jpeg: bytes) -> Image.Image:
    """Return a picture as somebody's program opens it."""
    return Image.open(BytesIO(jpeg)).convert("RGB")


def drawn(card: Card | Chart, photo: bytes | None = None) -> Image.Image:
    """Return the picture of a card or chart, which there is."""
    picture = draw(card, photo)
    assert picture is not None
    return opened(picture.jpeg)


def laid_out(card: Card, *, photo: bool = False) -> Layout | None:
    """Return the layout that `draw` uses."""
    square = code(card.url)
    words = [card.headline, card.hazard, card.product, card.action, card.source]
    setter = Typesetter.of(card.lang, "\n".join([*words, card.where or ""]))
    return lay_out(card, setter, Beside(square.width if square else 0, photo))


def read(picture: Image.Image) -> list[str]:
    """Return what the QR codes in a picture say."""
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def colours(picture: Image.Image, box: Box) -> Counter[Any]:
    """Return the colours in a piece of a picture."""
    return Counter(picture.crop(box).get_flattened_data())
