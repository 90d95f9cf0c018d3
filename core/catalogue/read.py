"""From the bytes of a catalogue file to a checked one, or to what is wrong, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.catalogue.file import CatalogueError, CatalogueFile, Problem

LARGEST = 5_000_000
DEEPEST = 60
_TOO_DEEP = "is nested too deeply"
# pydantic names the chosen kind of rule as a step of the way; our files have no such key there.
_KINDS_OF_RULE = frozenset(
    {
        *("all_units", "model", "code", "date", "attr", "inspect"),
        *("checker", "unparsed", "expect", "and", "or", "not"),
    }
)
_PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing",
        "extra_forbidden": "is an unknown key",
        "string_pattern_mismatch": "{input} does not have the form {pattern}",
        "literal_error": "{input} is not one of {expected}",
        "enum": "{input} is not one of {expected}",
        "union_tag_invalid": "{tag} is no kind of rule",
        "union_tag_not_found": "has no op, so it is no rule",
        "model_type": "is not an object in braces",
        "model_attributes_type": "is not an object in braces",
        "dict_type": "is not an object in braces",
        "tuple_type": "is not a list",
        "too_short": "has too few entries",
        "too_long": "has too many entries",
        "string_type": "{input} is not text",
        "string_too_short": "is empty",
        "string_too_long": "is longer than {max_length} characters",
        "bool_parsing": "{input} is neither true nor false",
        "bool_type": "{input} is neither true nor false",
    }
)


def read(path: Path) -> CatalogueFile:
    """Return the file at `path`; raises CatalogueError with every problem found in it."""
    written = _decoded(path)
    try:
        return CatalogueFile.model_validate_json(_encoded(path, written), strict=True)
    except ValidationError as error:
        errors = [one for one in error.errors(include_url=False) if not _echo(one)]
        problems = [_problem(path.name, written, one) for one in errors]
        raise CatalogueError(problems) from None


def _decoded(path: Path) -> object:
    try:
        return json.loads(
            _bytes(path).decode("utf-8-sig"),
            object_pairs_hook=_without_twins,
            parse_constant=_no_number,
        )
    except OSError as error:
        raise _broken(path, (error.strerror or "cannot be read").lower()) from None
    except UnicodeDecodeError as error:
        raise _broken(path, f"is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _broken(path, f"is not JSON: {error.msg.lower()} ({where})") from None
    except RecursionError:
        raise _broken(path, _TOO_DEEP) from None
    except ValueError as error:
        raise _broken(path, f"is not JSON: {error}") from None


def _encoded(path: Path, written: object) -> bytes:
    """Return the content once more as JSON: pydantic is strict with JSON, lax with objects."""
    depth, level = 0, [written]
    while level:
        depth += 1
        if depth > DEEPEST:
            raise _broken(path, _TOO_DEEP)
        level = [inner for outer in level for inner in _inside(outer)]
    try:
        return json.dumps(written, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _broken(path, "has half a character, a lone surrogate") from None


def _inside(value: object) -> Iterable[object]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
    return ()


def _bytes(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise _broken(path, "is not a file")
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _broken(path, f"is larger than {LARGEST // 1_000_000} MB")
    return content


def _without_twins(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object, refusing one that says the same key twice: which would count?"""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the key {name} stands twice in one object")
    return dict(pairs)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _broken(path: Path, reason: str) -> CatalogueError:
    return CatalogueError([Problem(path.name, None, reason)])


def _echo(error: ErrorDetails) -> bool:
    """Say whether a list is only called too short because its entries are wrong themselves."""
    if error["type"] != "too_short" or not isinstance(error["input"], list):
        return False
    return bool(len(error["input"]) >= error["ctx"]["min_length"])


def _problem(file: str, written: object, error: ErrorDetails) -> Problem:
    steps = error["loc"]
    recall = None
    match steps:
        case ("recalls", int(index), *rest):
            recall, steps = _recall_name(written, index), tuple(rest)
    return Problem(file, recall, _sentence(".".join(map(str, _way(steps))), error))


def _recall_name(written: object, index: int) -> str:
    match written:
        case {"recalls": [*recalls]} if isinstance(recalls[index], dict):
            name = recalls[index].get("id")
            if isinstance(name, str) and name:
                return name
    return f"recall {index + 1}"


def _way(steps: Sequence[int | str]) -> Iterator[int | str]:
    """Yield the steps to the faulty place as our files name them, entries counted from 1."""
    in_rule = False
    for step in steps:
        if isinstance(step, int):
            yield step + 1
        elif not (in_rule and step in _KINDS_OF_RULE):
            yield step
        in_rule = in_rule or step == "units"


def _sentence(way: str, error: ErrorDetails) -> str:
    known = {"input": json.dumps(error["input"], default=str, ensure_ascii=False)[:80]}
    known |= {name: str(value) for name, value in error.get("ctx", {}).items()}
    if error["type"].startswith("date"):
        said = f"{known['input']} is not a date such as 2025-06-12"
    elif error["type"] == "value_error":
        said = known["error"]
    else:
        said = _PLAIN.get(error["type"], error["msg"].lower()).format(**known)
    return f"{way}: {said}" if way else said
