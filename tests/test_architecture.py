"""What the whole code keeps to: sizes, names, docstrings, documentation and words."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
import typer.main
from pydantic import BaseModel
from pydantic_settings import BaseSettings

import bots
import core
from bots.__main__ import app
from core.settings import variable

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for top in ("core", "bots") for path in (ROOT / top).rglob("*.py"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
VAGUE = {
    *("base", "common", "data", "handle", "handler", "handlers", "helper", "helpers", "info"),
    *("manager", "managers", "misc", "process", "processor", "util", "utils"),
}
# In pieces, so that this file does not name what it forbids.
REGISTRIES = (
    *("pypi" + ".org", "python" + "hosted.org"),
    *("registry.npm" + "js.org", "deb" + ".debian.org"),
)
MACHINE_PATH = re.compile(rb"(?<![\w.:/-])/(?:home|root|work|farm|Users|tm[p])/\w")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def modules() -> tuple[ModuleType, ...]:
    names = [
        module.name
        for package in (core, bots)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    # A migration runs when it is imported.
    return tuple(importlib.import_module(name) for name in names if ".migrations." not in name)


def own_classes() -> Iterator[type]:
    for module in modules():
        for _, value in inspect.getmembers(module, inspect.isclass):
            if value.__module__ == module.__name__:
                yield value


@cache
def documentation() -> str:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def kept_files() -> list[Path]:
    """Return every file that is, or is about to be, part of the repository."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_one_room_with_a_label(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)

    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.end_lineno and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]

    assert text.count("\n") <= LONGEST_FILE
    assert long == []
    assert ast.get_docstring(tree), "no docstring says what this module is for"


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [name_of(path) for path in SOURCES if VAGUE & {path.stem, path.parent.name}]

    assert vague == []


def test_our_classes_do_not_inherit_from_each_other() -> None:
    heirs = [
        f"{heir.__module__}.{heir.__name__}"
        for heir in own_classes()
        if not issubclass(heir, Exception | BaseModel)
        for parent in heir.__bases__
        if parent.__module__.split(".")[0] in {"core", "bots"}
    ]

    assert heirs == []


def settings_kinds() -> list[type[BaseSettings]]:
    return [kind for kind in own_classes() if issubclass(kind, BaseSettings)]


def test_every_setting_is_documented_with_its_default() -> None:
    lines = (ROOT / "docs/settings.md").read_text(encoding="utf-8").splitlines()

    untold = [
        variable(kind, name)
        for kind in settings_kinds()
        for name, field in kind.model_fields.items()
        if not any(line.startswith(row_of(kind, name, field.default)) for line in lines)
    ]

    assert len(settings_kinds()) >= 2
    assert untold == []


def row_of(kind: type[BaseSettings], name: str, default: object) -> str:
    start = f"| `{variable(kind, name)}` | "
    if isinstance(default, bool):
        return f"{start}`{str(default).lower()}` |"
    return f"{start}`{default}` |" if isinstance(default, str | int) else start


def test_every_documented_setting_exists() -> None:
    known = {variable(kind, name) for kind in settings_kinds() for name in kind.model_fields}
    known |= {f"{name}_FILE" for name in known} | {"RECALLBOT_TEST_POSTGRES_URL"}

    example = (ROOT / "deploy/.env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"\bRECALLBOT_[A-Z_]+[A-Z]\b", documentation() + example))

    assert named - known == set()


def commands(command: object, path: str) -> Iterator[str]:
    inner = getattr(command, "commands", {})
    for name, one in inner.items():
        yield from commands(one, f"{path} {name}")
    if not inner:
        yield path


def test_every_command_is_documented() -> None:
    told = documentation()

    known = list(commands(typer.main.get_command(app), "recallbot"))

    assert known
    assert [command for command in known if command not in told] == []


@pytest.mark.parametrize("registry", REGISTRIES)
def test_no_file_names_a_package_registry(registry: str) -> None:
    naming = [name_of(path) for path in kept_files() if registry.encode() in path.read_bytes()]

    assert naming == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    naming = [
        f"{name_of(path)}: {found.group().decode()}"
        for path in kept_files()
        if (found := MACHINE_PATH.search(path.read_bytes()))
    ]

    assert naming == []


def test_the_search_for_machine_paths_finds_one_and_leaves_addresses_alone() -> None:
    path = b"open('/" + b"home/ann/notes')"

    assert MACHINE_PATH.search(path)
    assert not MACHINE_PATH.search(b"https://example.org/work/notes and /srv/recallbot")
