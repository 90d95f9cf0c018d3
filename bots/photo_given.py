"""A photo given on the command line, with what is said of its licence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bots.failure import Failure
from core.model.photo import NotLicensed, Photo, UnfitPhoto, stated
from core.text.translations import translator


def photo_given(
    recalls: Sequence[str] | None,
    file: Path | None,
    licence: str | None,
    attribution: str | None,
) -> Photo | None:
    """Return the photo of the one recall that is named, None where none is given.

    Raises Failure where it may not be shown, or cannot.
    """
    if file is None:
        if licence or attribution:
            raise Failure("--licence and --attribution are about a --photo")
        return None
    if len(recalls or ()) != 1:
        raise Failure("a photo shows one product: name one recall with --photo")
    if not licence:
        raise Failure("--photo needs --licence: why may it be shown?")
    words = translator(None)
    try:
        return Photo.of(_taken_in(file), stated(licence, attribution or ""))
    except (NotLicensed, UnfitPhoto) as refused:
        raise Failure(words(f"card_photo_{refused.why}")) from None


def _taken_in(file: Path) -> bytes:
    from bots.cards.intake import MOST_BYTES, jpeg_of  # noqa: PLC0415 - slow to import

    try:
        with file.open("rb") as opened:
            return jpeg_of(opened.read(MOST_BYTES + 1))
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}") from None
