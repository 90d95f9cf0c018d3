"""Finds the typefaces: some come as Python packages, those of East Asia with the system."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from fontTools.ttLib import TTCollection, TTFont, TTLibError
from PIL import ImageFont

REGULAR, BOLD = 400, 700
# Where Linux, macOS and Windows keep what is installed.
FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
    Path("/Library/Fonts"),
    Path("~/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
NAME_OF_FAMILY = 1


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of a typeface: its file, its place in it, and the characters it has.

    `weight` is None where the file has but one.
    """

    path: Path
    number: int = 0
    weight: int | None = None
    covers: frozenset[int] = field(default=frozenset(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Typeface:
    """A family with the two weights we write in."""

    family: str
    regular: Face
    bold: Face


@dataclass(frozen=True, slots=True)
class Shipped:
    """A typeface that comes as a package of Python; a variable one has both in one file."""

    family: str
    package: str
    regular: str
    bold: str

    def find(self) -> Typeface | None:
        """Return it, None where its package is not installed."""
        spec = find_spec(self.package)
        if spec is None or spec.origin is None:
            return None
        folder = Path(spec.origin).parent / "files"
        one = self.regular == self.bold
        regular = _face(folder / self.regular, weight=REGULAR if one else None)
        bold = _face(folder / self.bold, weight=BOLD if one else None)
        return Typeface(self.family, regular, bold)


@dataclass(frozen=True, slots=True)
class Installed:
    """A typeface that comes with the system: Debian's package, and its files' names."""

    family: str
    package: str
    regular: str
    bold: str

    def find(self) -> Typeface | None:
        """Return it, None where it is in none of the usual folders."""
        regular, bold = self._weight(self.regular), self._weight(self.bold)
        if regular is None or bold is None:
            return None
        return Typeface(self.family, regular, bold)

    def _weight(self, pattern: str) -> Face | None:
        for path in _files(pattern):
            number = _place(path, self.family)
            if number is not None:
                return _face(path, number)
        return None


def _noto(region: str) -> Installed:
    files = ("NotoSansCJK*-Regular.*", "NotoSansCJK*-Bold.*")
    return Installed(f"Noto Sans CJK {region}", "fonts-noto-cjk", *files)


LATIN = Shipped(
    "Source Sans Pro",
    "font_source_sans_pro",
    "SourceSansPro-Regular.ttf",
    "SourceSansPro-Bold.ttf",
)
_ARABIC = "NotoSansArabic[wdth,wght].ttf"
ARABIC = Shipped("Noto Sans Arabic", "fontpkg_noto_sans_arabic", _ARABIC, _ARABIC)
_HEBREW = "Assistant[wght].ttf"
HEBREW = Shipped("Assistant", "fontpkg_assistant", _HEBREW, _HEBREW)
JAPANESE, SIMPLIFIED, TRADITIONAL, KOREAN = (_noto(name) for name in ("JP", "SC", "TC", "KR"))
# For symbols and the smaller alphabets.
SYMBOLS = Installed("DejaVu Sans", "fonts-dejavu-core", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
WANTED = (LATIN, ARABIC, HEBREW, JAPANESE, SIMPLIFIED, TRADITIONAL)
# The same character is drawn differently in Tokyo, Beijing and Taipei.
_OF_LANGUAGE = MappingProxyType(
    {"ja": JAPANESE, "zh-Hans": SIMPLIFIED, "zh-Hant": TRADITIONAL, "ko": KOREAN}
)
_KANA, _HANGUL = (0x3040, 0x30FF), (0xAC00, 0xD7A3)


def typefaces(lang: str, text: str) -> tuple[Typeface, ...]:
    """Return those that are there, in the order they are to be tried for a text of `lang`."""
    own = _OF_LANGUAGE.get(lang)
    western = (LATIN, ARABIC, HEBREW)
    eastern = own or _eastern(text)
    order = (eastern, *western, SYMBOLS) if own else (*western, eastern, SYMBOLS)
    return tuple(found for wanted in order if (found := _found(wanted)) is not None)


def fonts_checkup() -> tuple[bool, str]:
    """Say whether every language can be written on a picture, else what to install."""
    gone = [wanted for wanted in WANTED if _found(wanted) is None]
    if not gone:
        return True, "typefaces for every language are there"
    families = ", ".join(wanted.family for wanted in gone)
    packages = " ".join(dict.fromkeys(wanted.package for wanted in gone))
    return False, f"no picture where {families} is needed: install {packages}"


@cache
def opened(face: Face, size: int, *, shaping: bool) -> ImageFont.FreeTypeFont:
    """Return a face in a size in pixels; it is not to be used by two threads at once."""
    engine = ImageFont.Layout.RAQM if shaping else ImageFont.Layout.BASIC
    font = ImageFont.truetype(face.path, size, index=face.number, layout_engine=engine)
    if face.weight is not None:
        axes = font.get_variation_axes()
        usual = {axis["name"]: float(axis["default"] or 0) for axis in axes}
        font.set_variation_by_axes(list({**usual, b"Weight": float(face.weight)}.values()))
    return font


def _eastern(text: str) -> Installed:
    """Choose by the characters that one country alone uses."""
    if _any_in(text, _KANA):
        return JAPANESE
    return KOREAN if _any_in(text, _HANGUL) else SIMPLIFIED


def _any_in(text: str, block: tuple[int, int]) -> bool:
    return any(block[0] <= ord(character) <= block[1] for character in text)


@cache
def _found(wanted: Shipped | Installed) -> Typeface | None:
    return wanted.find()


def _files(pattern: str) -> list[Path]:
    folders = [folder.expanduser() for folder in FOLDERS]
    return sorted(path for folder in folders for path in folder.rglob(pattern))


def _place(path: Path, family: str) -> int | None:
    """Return where in the file the family is, None where it is not or cannot be read."""
    try:
        names = _families(path)
    except (TTLibError, OSError):
        return None
    return names.index(family) if family in names else None


@cache
def _families(path: Path) -> list[str | None]:
    if path.suffix == ".ttc":
        with TTCollection(path, lazy=True) as collection:
            return [font["name"].getDebugName(NAME_OF_FAMILY) for font in collection]
    with TTFont(path, lazy=True) as font:
        return [font["name"].getDebugName(NAME_OF_FAMILY)]


@cache
def _face(path: Path, number: int = 0, weight: int | None = None) -> Face:
    with TTFont(path, fontNumber=number, lazy=True) as font:
        return Face(path, number, weight, frozenset(font.getBestCmap()))
