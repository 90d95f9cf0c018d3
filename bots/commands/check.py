"""`recallbot check`: one answer, or one for every row of an inventory."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bots.commands.place import Place
from bots.failure import Failure

if TYPE_CHECKING:
    from core.model.message import Message
    from core.query.answer import Answer

Text = Annotated[
    list[str] | None,
    typer.Argument(metavar="TEXT…", help="What you have: brand, model, serial number."),
]
Country = Annotated[
    str | None, typer.Option(metavar="CC", help="Your country, two letters (US, JP, DE).")
]
Language = Annotated[
    str | None, typer.Option(metavar="TAG", help="Language of the reply (en, de, zh-Hant).")
]
Confirmed = Annotated[
    bool, typer.Option("--confirmed", help="The codes were read twice or from a bar code.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one line a unit.")]
Inventory = Annotated[
    Path | None,
    typer.Option(metavar="F.jsonl|F.csv", help="An inventory to check, row by row."),
]
Photo = Annotated[
    Path | None, typer.Option(metavar="F.jpg", help="A photo of the label to read.")
]
Output = Annotated[
    Path | None, typer.Option(metavar="F", help="Write the inventory's answers here.")
]


def check(  # noqa: PLR0913, PLR0917 - a command takes its options as arguments
    context: typer.Context,
    text: Text = None,
    region: Country = None,
    lang: Language = None,
    confirmed: Confirmed = False,  # noqa: FBT002 - Typer hands flags over like this
    as_json: AsJson = False,  # noqa: FBT002 - the same
    file: Inventory = None,
    out: Output = None,
    photo: Photo = None,
) -> None:
    """Check a product: `recallbot check anker powercore A1263`.

    The exit code is 0 whatever the answer, and 2 for input that cannot be read. An inventory
    has rows {"id", "text"} or {"id", "brand", "model", "serial", "codes", "region",
    "confirmed"}; a CSV file the same columns, and one for each code (date_code, batch, asin).
    """
    from bots.ask import Options, open_asker  # noqa: PLC0415 - slow to import
    from bots.commands.inventory import check_file  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    options = Options(_country(region), lang, confirmed)
    if file is None and out is not None:
        raise Failure("--out goes with --file")
    if photo is not None and file is not None:
        raise Failure("--photo and --file do not go together")
    if photo is None and (file is None) == (not text):
        raise Failure("say what to check, or name an inventory with --file (one of the two)")
    with open_asker(place.settings()) as asker:
        if photo is not None:
            from bots.commands.photo import check_photo  # noqa: PLC0415 - slow to import
            from bots.logs import set_up  # noqa: PLC0415 - slow to import

            set_up(place.settings())
            said = " ".join(text or [])
            check_photo(asker, photo, said, options, as_json=as_json)
        elif file is not None:
            check_file(asker, file, out=out, as_json=as_json, options=options)
        else:
            _print(asker.ask_text(" ".join(text or []), options), as_json=as_json)


def _print(found: Answer, *, as_json: bool) -> None:
    if not as_json:
        show(found.message)
        return
    from core.query.report import as_json as values  # noqa: PLC0415 - only here

    sys.stdout.write(json.dumps(values(found), ensure_ascii=False) + "\n")


def _country(code: str | None) -> str | None:
    if code is None:
        return None
    folded = code.strip().upper()
    if len(folded) != 2 or not folded.isascii() or not folded.isalpha():  # noqa: PLR2004 - ISO
        raise Failure(
            f"--region takes a two-letter country code, such as US or JP, not {code!r}"
        )
    return {"UK": "GB"}.get(folded, folded)


def show(message: Message) -> None:
    """Print a message: styled on a terminal, plain text elsewhere."""
    from bots.render import styled  # noqa: PLC0415 - only here

    if not sys.stdout.isatty():
        sys.stdout.write(message.plain + "\n")
        return
    from rich.console import Console  # noqa: PLC0415 - slow, and only for terminals

    console = Console(highlight=False)
    for block in message.blocks:
        text, style = styled(block)
        console.print(text, style=style, markup=False)
        console.print()
