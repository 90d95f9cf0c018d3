"""The local catalogue: drafts the operator reviewed, in the format of the shipped files."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from core.catalogue import load as shipped
from core.catalogue.file import Catalogue, CatalogueError, CatalogueFile, Judge, Problem
from core.catalogue.lint import problems_of
from core.model.recall import Notice

PREFIX = "local-"
LONGEST_ID = 80
MARK = 12


def local_id(name: str) -> str:
    """Return the id under which the reviewed version of the notice `name` is kept."""
    whole = f"{PREFIX}{name}"
    if len(whole) <= LONGEST_ID:
        return whole
    mark = hashlib.sha256(name.encode()).hexdigest()[:MARK]
    return f"{whole[: LONGEST_ID - MARK - 1]}-{mark}"


def path_of(folder: Path, name: str) -> Path:
    """Return the file that holds the reviewed version of the notice `name`."""
    return folder / f"{local_id(name)}.json"


def reviewed_file(notice: Notice, units: object, *, complete: bool, on: date) -> dict[str, Any]:
    """Return the catalogue file of a notice whose rule somebody reviewed `on` that day.

    The official page counts as read that day. What the notice expands stays with the feed's.
    """
    recall = notice.model_dump(mode="json", exclude_defaults=True)
    recall |= {"id": local_id(notice.id), "units": units, "complete": complete}
    recall.pop("expands", None)
    recall["sources"] = [source | {"seen": on.isoformat()} for source in recall["sources"]]
    maker = {"name": notice.brands[0], "brands": list(notice.brands)}
    return {"makers": [maker], "reviewed": on.isoformat(), "recalls": [recall]}


def checked(name: str, content: str, judge: Judge) -> CatalogueFile:
    """Return the file that `content` is; raises CatalogueError with every problem in it."""
    try:
        file = CatalogueFile.model_validate_json(content)
    except ValueError as error:
        reasons = [line.strip() for line in str(error).splitlines() if line.startswith("  ")]
        problems = [Problem(name, None, reason) for reason in reasons or ["is not JSON"]]
        raise CatalogueError(problems) from None
    if problems := list(problems_of(name, file, judge)):
        raise CatalogueError(problems)
    return file


def keep(folder: Path, name: str, content: dict[str, Any], judge: Judge) -> Path:
    """Write the reviewed version of the notice `name`, whole or not at all; return its file.

    Raises CatalogueError where it is not sound, OSError where it cannot be written.
    """
    path = path_of(folder, name)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    checked(path.name, text, judge)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
    return path


def load_with_local(folder: Path, local: Path, judge: Judge) -> Catalogue:
    """Return the files of `folder` and of `local`, which may be missing or empty.

    Raises CatalogueError with every problem in either.
    """
    own = shipped.load(local, judge).files if any(local.glob("*.json")) else ()
    return Catalogue((*shipped.load(folder, judge).files, *own))


def digest_with_local(folder: Path, local: Path) -> str:
    """Return a fingerprint of both folders' files, for "has anything changed?"."""
    if not any(local.glob("*.json")):
        return shipped.digest(folder)
    both = shipped.digest(folder) + shipped.digest(local)
    return hashlib.sha256(both.encode()).hexdigest()
