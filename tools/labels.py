"""Draws labels as makers print them, and as a camera sees them; all units are invented."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from random import Random

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont

FONTS = {
    "font_hanken_grotesk": "HankenGrotesk-Regular.otf",
    "font_source_sans_pro": "SourceSansPro-Semibold.ttf",
    "font_lato": "Lato-Regular.ttf",
    "font_source_serif_pro": "SourceSerifPro-Regular.ttf",
}
DIGITS = "0123456789"
# Anker's serials have no O and no I; the others' may.
NO_O_NO_I = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIZE, MARGIN = 34, 60
TABLE = (168, 150, 128)


@dataclass(frozen=True, slots=True)
class Printed:
    """One label: what it says line by line (a tab parts columns), and what is to be read off.

    `code` is the format and content of its bar code, None where it has none.
    """

    brand: str
    model: str
    serial: str
    rows: tuple[str, ...]
    code: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How one maker lays its label out: "{model}" and "{serial}" stand in the rows."""

    brand: str
    models: tuple[str, ...]
    serial: str
    alphabet: str
    rows: tuple[str, ...]


# In a pattern "*" is any character of the maker's alphabet, "9" a digit, others themselves.
LAYOUTS = (
    Layout(
        "Anker",
        ("A1263", "A1257", "A1647", "A1652", "A1681", "A1689", "A1366"),
        "A**C9**G9999****",
        NO_O_NO_I,
        (
            "ANKER",
            "PowerCore 10000",
            "Model: {model}",
            "Capacity: 3.6V=10000mAh/36Wh",
            "Input: 5V=2A",
            "Output: 5V=2.4A",
            "SN: {serial}",
            "Anker Innovations Limited",
            "Room 1318-19, Hollywood Plaza, 610 Nathan Road",
            "Made in China",
        ),
    ),
    Layout(
        "Anker",
        ("A1263", "A1642", "A1680", "A3302"),
        "A**C9**G9999****",
        NO_O_NO_I,
        (
            "Anker",
            "Model\t{model}",
            "Rated Energy\t36Wh",
            "Input\t5V=3A, 9V=2A",
            "Output\t5V=3A, 9V=2.22A, 12V=1.67A",
            "S/N\t{serial}",
            "FCC ID: 2AB7K-{model}",
        ),
    ),
    Layout(
        "INIU",
        ("BI-B41",),
        "000G219999999",
        DIGITS,
        (
            "INIU",
            "Portable Charger",
            "Model: {model}",
            "Battery Capacity: 10000mAh/37Wh",
            "USB-C Input: 5V=3A 9V=2A",
            "Total Output: 22.5W Max",
            "Serial No.: {serial}",
            "www.iniushop.com",
        ),
    ),
    Layout(
        "Belkin",
        ("BPD005", "BPB002", "PB0003"),
        "57V99999999999",
        DIGITS,
        (
            "belkin",
            "BoostCharge Pro",
            "{model}",
            "Input: 5V=3A, 9V=2.77A",
            "Designed in California. Assembled in China.",
            "SN: {serial}",
            "Belkin International, Inc.",
            "555 S. Aviation Blvd., El Segundo, CA 90245",
        ),
    ),
    Layout(
        "Xiaomi",
        ("PB2030MI",),
        "36542/K9PQ999999",
        DIGITS,
        (
            "Xiaomi",
            "33W Power Bank 20000mAh",
            "Model: {model}",
            "Rated capacity: 12000mAh (5V/3A)",
            "Cell: 20000mAh 3.85V (77Wh)",
            "S/N: {serial}",
            "GB/T 35590-2017",
        ),
    ),
    Layout(
        "Baseus",
        ("BS-30KP365", "PPCXM06"),
        "P99***99999999",
        LETTERS,
        (
            "Baseus",
            "Adaman Metal Digital Display Power Bank",
            "Model No.\tSerial No.",
            "{model}\t{serial}",
            "Battery: 3.7V/30000mAh/111Wh",
            "Type-C Input: 5V/3A 9V/3A 20V/3A",
            "Made in China",
        ),
    ),
    Layout(
        "Samsung",
        ("WA50B5100AV/US", "WA52A5500AW/US"),
        "01J957B*999999*",
        LETTERS,
        (
            "SAMSUNG",
            "MODEL CODE: {model}",
            "120V~ 60Hz 9.0A",
            "WATER PRESSURE 137-800 kPa",
            "S/N: {serial}",
            "UL 2157",
            "Samsung Electronics America, Inc.",
        ),
    ),
    Layout(
        "Lenovo",
        ("PBLG2W",),
        "8SSC9999**99",
        LETTERS,
        (
            "Lenovo",
            "Go USB-C Laptop Power Bank",
            "Model: {model}",
            "P/N: SC99A99999",
            "Input: 20V=3.25A",
            "S/N: {serial}",
            "MFG DATE: 2203",
        ),
    ),
)


def a_label(layout: Layout, chance: Random) -> Printed:
    """Return one unit's label in that layout; every second one has a bar code of the serial."""
    model = chance.choice(layout.models)
    serial = "".join(_character(one, layout.alphabet, chance) for one in layout.serial)
    rows = tuple(row.format(model=model, serial=serial) for row in layout.rows)
    kind = chance.choice((None, None, "Code128", "QRCode"))
    content = serial.replace("/", "") if kind == "Code128" else f"{model};{serial}"
    return Printed(layout.brand, model, serial, rows, (kind, content) if kind else None)


def _character(place: str, alphabet: str, chance: Random) -> str:
    if place == "*":
        return chance.choice(alphabet)
    return chance.choice(DIGITS) if place == "9" else place


def font(name: str, size: int = SIZE) -> ImageFont.FreeTypeFont:
    """Return one of FONTS, from the package that carries it."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise LookupError(f"the package {name} is not installed")
    return ImageFont.truetype(str(Path(found.origin).parent / "files" / FONTS[name]), size)


def drawn(printed: Printed, name: str = "font_hanken_grotesk") -> Image.Image:
    """Return the label as a white sticker on a table."""
    small, large = font(name), font(name, SIZE * 3 // 2)
    column = max(_width(small, row.split("\t")[0]) for row in printed.rows) + 2 * SIZE
    wide = max(
        column + _width(small, row.split("\t")[1]) if "\t" in row else _width(small, row)
        for row in printed.rows
    )
    bar = _bar_code(*printed.code) if printed.code else Image.new("RGB", (1, 1), "white")
    tall = SIZE * 2 + len(printed.rows) * (SIZE * 3 // 2)
    sticker = Image.new(
        "RGB", (max(wide, bar.width) + 2 * SIZE, tall + bar.height + SIZE), "white"
    )
    pen = ImageDraw.Draw(sticker)
    place = SIZE
    for index, row in enumerate(printed.rows):
        for number, cell in enumerate(row.split("\t")):
            letters = small if index else large
            pen.text((SIZE + number * column, place), cell, fill=(20, 20, 20), font=letters)
        place += SIZE * 3 // 2 + (0 if index else SIZE // 2)
    sticker.paste(bar, (SIZE, place + SIZE // 2))
    table = Image.new("RGB", (sticker.width + 2 * MARGIN, sticker.height + 2 * MARGIN), TABLE)
    table.paste(sticker, (MARGIN, MARGIN))
    return table


def _width(letters: ImageFont.FreeTypeFont, text: str) -> int:
    return round(letters.getlength(text))


def _bar_code(kind: str, content: str) -> Image.Image:
    made = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind))
    bars = np.array(made.to_image(scale=3 if kind == "Code128" else 6))
    image = Image.fromarray(bars).convert("RGB")
    return image.resize((image.width, 90)) if kind == "Code128" else image


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    """Return the picture as a JPEG."""
    written = io.BytesIO()
    image.convert("RGB").save(written, "JPEG", quality=quality)
    return written.getvalue()


Condition = Callable[[Image.Image, Random], Image.Image]


def _rotated(angle: float) -> Condition:
    return lambda image, _: image.rotate(
        angle, Image.Resampling.BICUBIC, expand=True, fillcolor=TABLE
    )


def _blurred(radius: float) -> Condition:
    return lambda image, _: image.filter(ImageFilter.GaussianBlur(radius))


def _noisy(strength: float) -> Condition:
    def noisy(image: Image.Image, chance: Random) -> Image.Image:
        grain = np.random.default_rng(chance.randrange(2**32)).normal(
            0, strength, (*image.size[::-1], 3)
        )
        return _picture(np.asarray(image, np.float64) + grain)

    return noisy


def _picture(values: NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def _compressed(quality: int) -> Condition:
    return lambda image, _: Image.open(io.BytesIO(jpeg(image, quality))).convert("RGB")


def _reduced(share: float) -> Condition:
    return lambda image, _: image.resize(
        (round(image.width * share), round(image.height * share)), Image.Resampling.BILINEAR
    )


def _tilted(image: Image.Image, _: Random) -> Image.Image:
    width, height = image.size
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    seen = [
        (width * 0.08, height * 0.05),
        (width * 0.95, 0.0),
        (width * 0.88, height * 0.97),
        (0.0, height * 0.9),
    ]
    rows = []
    for (x, y), (u, v) in zip(seen, corners, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    wanted = np.array([value for corner in corners for value in corner])
    solved = np.linalg.solve(np.array(rows, np.float64), wanted)
    return image.transform(
        image.size,
        Image.Transform.PERSPECTIVE,
        tuple(solved),
        Image.Resampling.BICUBIC,
        fillcolor=TABLE,
    )


def _shadowed(image: Image.Image, _: Random) -> Image.Image:
    slope = np.linspace(0.25, 1.0, image.width)[None, :, None]
    return _picture(np.asarray(image, np.float64) * slope)


def _glaring(image: Image.Image, chance: Random) -> Image.Image:
    """Return the picture with a lamp mirrored in it, which veils the print but for its core."""
    width, height = image.size
    x, y = chance.uniform(0.2, 0.8) * width, chance.uniform(0.2, 0.8) * height
    rows, columns = np.mgrid[0:height, 0:width]
    distance = np.hypot((columns - x) / width, (rows - y) / height)
    light = 190 * np.exp(-((distance / 0.28) ** 2))
    return _picture(np.asarray(image, np.float64) + light[:, :, None])


def _curved(image: Image.Image, _: Random) -> Image.Image:
    """Return the label as it looks wound around a can: its sides come nearer to each other."""
    width, height = image.size
    values = np.asarray(image)
    reach = 1.15
    across = np.arcsin(np.linspace(-np.sin(reach), np.sin(reach), width)) / reach
    columns = ((across + 1) / 2 * (width - 1)).round().astype(int)
    sag = (np.cos(across * reach) * height * 0.06).astype(int)
    bent = np.full((height + sag.max() + 1, width, 3), TABLE, np.uint8)
    for column in range(width):
        start = sag[column]
        bent[start : start + height, column] = values[:, columns[column]]
    return Image.fromarray(bent)


def _dark_room(image: Image.Image, chance: Random) -> Image.Image:
    return _noisy(7)(ImageEnhance.Brightness(image).enhance(0.16), chance)


def _dark_plastic(image: Image.Image, chance: Random) -> Image.Image:
    grey = np.asarray(ImageChops.invert(image.convert("L")), np.float64)
    plastic = 35 + grey / 255 * 130
    return _noisy(6)(_picture(np.repeat(plastic[:, :, None], 3, axis=2)), chance)


def _engraved(image: Image.Image, chance: Random) -> Image.Image:
    """Return letters cut into black plastic: a little lighter, with a lit and a dark edge."""
    depth = np.asarray(image.convert("L").filter(ImageFilter.GaussianBlur(0.8)), np.float64)
    edge = np.roll(depth, 2, axis=(0, 1)) - np.roll(depth, -2, axis=(0, 1))
    surface = 42 + (255 - depth) / 255 * 34 + edge / 255 * 18
    return _noisy(4)(_picture(np.repeat(surface[:, :, None], 3, axis=2)), chance)


def _by_telephone(image: Image.Image, chance: Random) -> Image.Image:
    for condition in (_rotated(4), _blurred(1.2), _noisy(12), _shadowed, _compressed(40)):
        image = condition(image, chance)
    return image


def _far_away(image: Image.Image, chance: Random) -> Image.Image:
    """Return a photo of twelve megapixels, of a cluttered table with the label on it."""
    grain = np.random.default_rng(chance.randrange(2**32)).integers(
        60, 200, (30, 40, 3), np.uint8
    )
    table = Image.fromarray(grain).resize((4032, 3024))
    small = image.resize((900, image.height * 900 // image.width), Image.Resampling.LANCZOS)
    free = (table.width - small.width, table.height - small.height)
    table.paste(small, (chance.randrange(free[0]), chance.randrange(free[1])))
    return table


CONDITIONS: Mapping[str, Condition] = {
    "clean": lambda image, _: image,
    "turned 3°": _rotated(3),
    "turned 10°": _rotated(10),
    "turned 45°": _rotated(45),
    "turned 90°": _rotated(90),
    "turned 180°": _rotated(180),
    "blurred 1.5": _blurred(1.5),
    "blurred 3": _blurred(3),
    "noise 25": _noisy(25),
    "JPEG 20": _compressed(20),
    "tilted": _tilted,
    "shadow": _shadowed,
    "half size": _reduced(1 / 2),
    "third size": _reduced(1 / 3),
    "telephone": _by_telephone,
    "dark plastic": _dark_plastic,
    "glare": _glaring,
    "curved": _curved,
    "low light": _dark_room,
    "engraved": _engraved,
    "far away": _far_away,
}
