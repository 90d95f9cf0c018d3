"""The QR code that leads to an official page."""

from __future__ import annotations

import segno
from PIL import Image
from segno.encoder import DataOverflowError

from bots.cards.palette import INK, PAPER

# Clear modules round a code, as ISO/IEC 18004 asks.
QUIET = 4
# A module smaller than this is lost where a platform halves the picture.
LEAST_MODULE = 4
USUAL_SIDE, LARGEST_SIDE = 250, 300


def code(url: str) -> Image.Image | None:
    """Return an address as a QR code with its quiet zone, at error level M.

    None where there is no address, or one so long that the code could not be read.
    """
    try:
        drawn = segno.make_qr(url, error="m", boost_error=False) if url else None
    except (DataOverflowError, UnicodeEncodeError):
        return None
    if drawn is None:
        return None
    modules = int(drawn.symbol_size(border=QUIET)[0])
    scale = max(USUAL_SIDE // modules, LEAST_MODULE)
    if modules * scale > LARGEST_SIDE:
        return None
    rows = drawn.matrix_iter(scale=scale, border=QUIET)
    dark = bytes(0 if module else 255 for row in rows for module in row)
    mask = Image.frombytes("L", (modules * scale, modules * scale), dark)
    picture = Image.new("RGB", mask.size, INK)
    picture.paste(PAPER, mask=mask)
    return picture
