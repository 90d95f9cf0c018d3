"""`recallbot catalogue`: for people who contribute a recall."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bots.failure import Failure

app = typer.Typer(help="Check a recall you contribute.", no_args_is_help=True)


@app.command("lint")
def lint(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Catalogue files.")],
) -> None:
    """Check catalogue files: every fact, every rule, every example."""
    from core.catalogue.lint import lint as problems  # noqa: PLC0415 - slow to import
    from core.match.decide import judge  # noqa: PLC0415 - slow to import

    found = [problem for file in files for problem in problems(file, judge)]
    for problem in found:
        sys.stdout.write(f"{problem}\n")
    if found:
        raise Failure(f"{len(found)} found in {len(files)} file(s)")
    sys.stdout.write(f"{len(files)} file(s) in order\n")


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of catalogue files, for your editor."""
    from core.catalogue.load import json_schema  # noqa: PLC0415 - slow to import

    sys.stdout.write(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")
