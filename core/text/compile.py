"""Turns every .po into its .mo: `python -m core.text.compile [--check]`."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.text.translations import DOMAIN, FOLDER


def compiled(po: Path) -> bytes:
    """Return the .mo of one .po file."""
    with po.open("rb") as source:
        catalogue = read_po(source)
    target = BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def stale() -> list[Path]:
    """Return the .po files whose .mo is missing or says something else."""
    found = []
    for po in sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.read_bytes() != compiled(po):
            found.append(po)
    return found


def main(arguments: list[str]) -> int:
    """Compile what is stale; with --check only report it and return 1."""
    found = stale()
    if "--check" in arguments:
        sys.stderr.writelines(f"{po}: run python -m core.text.compile\n" for po in found)
        return bool(found)
    for po in found:
        po.with_suffix(".mo").write_bytes(compiled(po))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
