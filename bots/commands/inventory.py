"""Checking a whole inventory: rows in, answers out, in the same order with the same id."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from bots.ask import Asker, Options
from bots.failure import Failure
from core.model.unit import Unit
from core.query.answer import Answer
from core.query.report import as_json as values

NOT_CODES = {"id", "text", "brand", "model", "serial", "codes", "region", "confirmed", "lang"}
LONGEST_ROW = 100_000
COLUMNS = ("id", "text", "brand", "model", "serial", "verdict", "reason", "recalls", "error")
TRUE = {"1", "true", "yes"}
MORE = "values without a column"

Row = dict[str, Any]


def check_file(
    asker: Asker, file: Path, *, out: Path | None, as_json: bool, options: Options
) -> None:
    """Check every row of `file` and write the answers to `out` or to the terminal.

    A row that cannot be read is answered with an error in its place; raises Failure at the
    end where there was one, and at once where the file itself cannot be read.
    """
    rows = _rows(file)
    if out is not None and out.resolve() == file.resolve():
        raise Failure("--out names the inventory itself: name another file")
    counts: Counter[str] = Counter()
    with _target(out) as target:
        as_csv = out is not None and out.suffix.lower() == ".csv"
        writer = csv.DictWriter(target, COLUMNS, extrasaction="ignore") if as_csv else None
        if writer:
            writer.writeheader()
        for number, row in enumerate(_with_progress(rows), 1):
            told = _answered(asker, row, number, options)
            counts[told.get("verdict") or ("error" if "error" in told else "none")] += 1
            if writer:
                writer.writerow(_flat(told))
            elif as_json or out is not None:
                target.write(json.dumps(told, ensure_ascii=False) + "\n")
            else:
                target.write(_line(told) + "\n")
    _summary(counts)


def _rows(file: Path) -> list[str] | list[Row]:
    """Return the rows: raw lines of a JSONL file, dictionaries of a CSV file."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except IsADirectoryError:
        raise Failure(f"{file} is a folder, not an inventory") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, ValueError) else error.strerror
        raise Failure(f"cannot read {file}: {reason}") from None
    if file.suffix.lower() == ".csv":
        return _csv_rows(file, text)
    if file.suffix.lower() not in {".jsonl", ".ndjson", ".json"}:
        raise Failure(f"{file}: an inventory is a .jsonl or .csv file")
    return [line for line in text.split("\n") if line.strip()]


def _csv_rows(file: Path, text: str) -> list[Row]:
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), restkey=MORE, strict=True))
    except csv.Error as error:
        raise Failure(f"cannot read {file}: {error}") from None
    if rows and not {"text", "brand", "model", "serial"} & set(rows[0]):
        raise Failure(f"{file}: the first line must name the columns, such as id,text")
    return rows


def _answered(asker: Asker, row: str | Row, number: int, options: Options) -> dict[str, Any]:
    name: object = None
    try:
        fields = _parsed(row)
        name = _name(fields)
        _refuse_nested(fields)
    except ValueError as error:
        return {"id": name, "error": f"row {number}: {error}"}
    told = None if name is None else str(name)
    return {**values(_ask(asker, fields, options), told), "id": name}


def _parsed(row: str | Row) -> Row:
    """Return the fields of a row; raises ValueError, one clear line, where it has none."""
    if not isinstance(row, str):
        return row
    if len(row) > LONGEST_ROW:
        raise ValueError("the row is too long")
    try:
        fields = json.loads(row)
    except (ValueError, RecursionError):
        raise ValueError("not a JSON object") from None
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - the row is bad, not our types
    return fields


def _name(fields: Row) -> object:
    name = fields.get("id")
    if isinstance(name, dict | list):
        raise ValueError("`id` must be text")  # noqa: TRY004 - bad input, no bug
    return name


def _refuse_nested(row: Row) -> None:
    if MORE in row:
        raise ValueError("more values than columns: put a value with a comma in quotes")
    codes = row.get("codes") or {}
    if not isinstance(codes, dict):
        raise ValueError("`codes` must be an object")  # noqa: TRY004 - bad input, no bug
    for name, value in (*row.items(), *codes.items()):
        if name != "codes" and isinstance(value, dict | list):
            raise ValueError(f"`{name}` must be text")


def _ask(asker: Asker, fields: Row, options: Options) -> Answer:
    region = str(fields.get("region") or options.region or "").upper() or None
    confirmed = str(fields.get("confirmed") or options.confirmed).lower() in TRUE
    here = Options(region, options.lang or str(fields.get("lang") or "") or None, confirmed)
    if fields.get("text"):
        return asker.ask_text(str(fields["text"]), here)
    unit = _unit(fields)
    if not (unit.brand or unit.model or unit.facts):
        return asker.ask_text("", here)
    return asker.ask_unit(unit, here)


def _unit(fields: Row) -> Unit:
    codes = {**fields, **(fields.get("codes") or {})}
    facts = {
        str(name): str(value)
        for name, value in codes.items()
        if (name not in NOT_CODES or name == "serial") and value not in {None, ""}
    }
    brand, model = (str(fields.get(name) or "") or None for name in ("brand", "model"))
    return Unit(brand, model, facts)


@contextmanager
def _target(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    try:
        with out.open("w", encoding="utf-8", errors="backslashreplace", newline="") as target:
            yield target
    except OSError as error:
        raise Failure(f"cannot write {out}: {error.strerror}") from None


def _with_progress(rows: list[str] | list[Row]) -> Iterable[str | Row]:
    if not sys.stderr.isatty():
        return rows
    from rich.console import Console  # noqa: PLC0415 - slow, and only for terminals
    from rich.progress import track  # noqa: PLC0415 - slow, and only for terminals

    return track(rows, description="Checking", console=Console(stderr=True), transient=True)


def _line(told: Mapping[str, Any]) -> str:
    if "error" in told:
        return f"{'error':<16} {told['error']}"
    shown = f"{told['verdict'] or '-':<16} {told['id'] or '':<8} {told['text'][:60]}"
    # A row must not be able to command the terminal, nor to look like two.
    return "".join(letter if letter.isprintable() else " " for letter in shown)


def _flat(told: Mapping[str, Any]) -> dict[str, Any]:
    item: Mapping[str, Any] = next(iter(told.get("items", ())), {})
    recalls = " ".join(recall["id"] for i in told.get("items", ()) for recall in i["recalls"])
    return {**item, **told, "recalls": recalls}


def _summary(counts: Counter[str]) -> None:
    total = sum(counts.values())
    parts = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    sys.stderr.write(f"{total} checked: {parts or 'no rows'}\n")
    if counts["error"]:
        raise Failure(f"{counts['error']} row(s) could not be read; each says why in its place")
