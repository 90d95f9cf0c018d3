"""Writes the lock files with uv; checks that they fit pyproject.toml and name no host."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
# What each holds beside the bot's own dependencies: groups of tools, and extras.
LOCKS = {
    "requirements.lock": ("--group", "build"),
    "requirements-photo.lock": ("--group", "build", "--extra", "photo"),
    "requirements-dev.lock": ("--group", "build", "--group", "dev", "--extra", "photo"),
}
MARK = "# of pyproject.toml "
PIN = re.compile(r"^(?P<name>[a-z0-9._-]+)(?:\[[a-z0-9,._-]+\])?==", re.IGNORECASE)


def fingerprint(root: Path = ROOT) -> str:
    """Return what changes when any dependency in pyproject.toml does."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        project["project"]["dependencies"],
        project["project"]["requires-python"],
        project["project"].get("optional-dependencies", {}),
        project["dependency-groups"],
    ]
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:16]


def write(root: Path = ROOT, *, upgrade: bool = False) -> None:
    """Pin every dependency, with hashes, for every platform and Python from 3.11 on.

    Pins that still fit are kept unless `upgrade`; the bot's own pins hold for the others too.
    """
    for name, parts in LOCKS.items():
        path = root / name
        first = f"{MARK}{fingerprint(root)}; made by `make lock`\n"
        subprocess.run(_command(name, parts, upgrade=upgrade), cwd=root, check=True)
        path.write_text(first + path.read_text(encoding="utf-8"), encoding="utf-8")


def _command(name: str, parts: tuple[str, ...], *, upgrade: bool) -> list[str]:
    command = [str(Path(sys.executable).parent / "uv"), "pip", "compile", "pyproject.toml"]
    command += ["--generate-hashes", "--universal", "--python-version", "3.11", "--quiet"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    command += parts
    if name != "requirements.lock":
        command += ["--constraint", "requirements.lock"]
    return [*command, *(["--upgrade"] if upgrade else []), "--output-file", name]


def problems(root: Path = ROOT) -> Iterator[str]:
    """Yield one line for everything that is wrong with the lock files."""
    for name in LOCKS:
        text = (root / name).read_text(encoding="utf-8")
        if not text.startswith(f"{MARK}{fingerprint(root)};"):
            yield f"{name}: pyproject.toml has changed since; run make lock"
        if "://" in text or "index-url" in text or "find-links" in text:
            yield f"{name}: names a host"
        for pin, following in _pins(text):
            if "--hash=sha256:" not in following:
                yield f"{name}: {pin} has no hash"


def _pins(text: str) -> Iterator[tuple[str, str]]:
    for entry in re.split(r"\n(?=\S)", text):
        if found := PIN.match(entry):
            yield found["name"], entry


def main() -> int:
    """Write or check the locks, as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=("write", "check"))
    parser.add_argument("--upgrade", action="store_true", help="take the newest that fit")
    asked = parser.parse_args()
    if asked.task == "write":
        write(upgrade=asked.upgrade)
    found = list(problems())
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
