"""The house around the code: installing, locks, deployment and what the README says."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import locks

ROOT = Path(__file__).parent.parent
SH = shutil.which("sh") or "sh"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def run(*command: str | Path, path: str = os.defpath) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def a_command(folder: Path, name: str, script: str) -> None:
    command = folder / name
    command.write_text(f"#!{SH}\n{script}\n", encoding="utf-8")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)


def test_the_locks_belong_to_the_dependencies_carry_hashes_and_name_no_host() -> None:
    assert list(locks.problems()) == []


def test_a_dependency_added_without_locking_it_is_noticed(tmp_path: Path) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        project.replace("dependencies = [", 'dependencies = [\n    "leftpad",', 1)
    )
    for name in locks.LOCKS:
        shutil.copy(ROOT / name, tmp_path)

    found = list(locks.problems(tmp_path))

    assert [line.split(":")[0] for line in found] == list(locks.LOCKS)


def test_a_pin_without_a_hash_and_a_host_are_noticed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in locks.LOCKS:
        text = (ROOT / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(f"{text}extra==1.0\n--index-url https://example.org/\n")

    found = list(locks.problems(tmp_path))

    assert sum("extra has no hash" in line for line in found) == len(locks.LOCKS)
    assert sum("names a host" in line for line in found) == len(locks.LOCKS)


def test_a_python_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    a_command(tmp_path, "python3.12", "exit 1")
    a_command(tmp_path, "python3", f'exec "{sys.executable}" "$@"')

    found = run(SH, ROOT / "tools/find-python.sh", path=str(tmp_path))

    assert found.returncode == 0
    assert found.stdout.strip() == "python3"


def test_without_a_python_the_needed_version_is_named(tmp_path: Path) -> None:
    found = run(SH, ROOT / "tools/find-python.sh", path=str(tmp_path))

    assert found.returncode == 1
    assert "3.11" in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_python_without_venv_names_the_debian_package(tmp_path: Path) -> None:
    a_command(
        tmp_path,
        "python3",
        f'case "$2" in *ensurepip*) exit 1;; esac\nexec "{sys.executable}" "$@"',
    )

    found = run(SH, ROOT / "tools/find-python.sh", path=str(tmp_path))

    assert found.returncode == 1
    assert f"python3.{sys.version_info.minor}-venv" in found.stderr


FAKE_PYTHON = """
echo "$*" >> "$CALLS"
case "$*" in
    "-m venv --clear .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
esac
"""


@pytest.fixture
def install(tmp_path: Path) -> Callable[[], list[str]]:
    """Return what installs a copy of the house with a Python that only takes notes of it."""
    folder = tmp_path / "house"
    (folder / "tools").mkdir(parents=True)
    for name in (*locks.LOCKS, "pyproject.toml", "tools/install.sh", "tools/find-python.sh"):
        shutil.copy(ROOT / name, folder / name)
    calls = tmp_path / "calls"
    a_command(tmp_path, "python3.12", FAKE_PYTHON)

    def once(kind: str = "run") -> list[str]:
        calls.write_text("")
        subprocess.run(
            [SH, str(next(tmp_path.glob("*/tools/install.sh"))), kind],
            env={"PATH": f"{tmp_path}{os.pathsep}{os.defpath}", "CALLS": str(calls)},
            capture_output=True,
            timeout=60,
            check=True,
        )
        return [line for line in calls.read_text().splitlines() if line.startswith("-m")]

    return once


def test_installing_checks_hashes_and_happens_once(install: Callable[[], list[str]]) -> None:
    first, second = install(), install()

    assert first[0] == "-m venv --clear .venv"
    assert "--require-hashes -r requirements.lock" in first[1]
    assert "--no-build-isolation --no-index" in first[2]
    assert second == []


def test_the_tests_packages_hold_the_bots_own(install: Callable[..., list[str]]) -> None:
    for_tests, for_running = install("dev"), install("run")

    assert "--require-hashes -r requirements-dev.lock" in for_tests[1]
    assert for_running == []


def test_who_once_asked_for_photos_keeps_them(install: Callable[..., list[str]]) -> None:
    for_photos, for_running = install("photo"), install("run")

    assert "--require-hashes -r requirements-photo.lock" in for_photos[1]
    assert for_running == []


def test_a_changed_lock_is_installed_into_the_same_environment(
    install: Callable[[], list[str]], tmp_path: Path
) -> None:
    install()
    with (tmp_path / "house/requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# another pin\n")

    again = install()

    assert "--require-hashes -r requirements.lock" in again[0]


def test_a_moved_checkout_gets_a_new_environment(
    install: Callable[[], list[str]], tmp_path: Path
) -> None:
    install()
    (tmp_path / "house").rename(tmp_path / "another place")

    again = install()

    assert again[0] == "-m venv --clear .venv"


def test_make_alone_lists_every_target() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not on this machine")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)

    listed = run(make, "--no-print-directory", "-C", ROOT)

    assert set(targets) >= {"install", "run", "test", "check", "bench", "eval", "example-db"}
    assert [target for target in targets if f"make {target}" not in listed.stdout] == []


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_the_readme_gives_the_two_commands(command: str) -> None:
    assert command in README


def test_everything_the_readme_and_the_documentation_link_to_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]

    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []


def test_the_menu_of_the_documentation_names_every_page_and_no_other() -> None:
    menu = re.findall(r"(?m): (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))

    pages = [str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")]

    assert sorted(menu) == sorted(pages)


@pytest.mark.parametrize("script", [".ci/run", "deploy/backup.sh"])
def test_scripts_can_be_run_and_read(script: str) -> None:
    path = ROOT / script
    bash = shutil.which("bash") or pytest.skip("bash is not on this machine")

    checked = run(bash, "-n", path)

    assert checked.stderr == ""
    assert path.stat().st_mode & stat.S_IXUSR


def backup(folder: Path, command: Path, keep: int = 2) -> subprocess.CompletedProcess[str]:
    bash = shutil.which("bash") or pytest.skip("bash is not on this machine")
    return subprocess.run(
        [bash, str(ROOT / "deploy/backup.sh"), str(folder)],
        env={"PATH": os.environ["PATH"], "RECALLBOT": str(command), "KEEP": str(keep)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_backup_keeps_the_newest_and_lets_the_oldest_go(tmp_path: Path) -> None:
    a_command(tmp_path, "recallbot", 'echo copy > "$3"')
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("20200101", "20200102", "20200103"):
        (folder / f"recallbot-{day}T000000Z.db").write_text("old")
    (folder / "notes.txt").write_text("mine")

    done = backup(folder, tmp_path / "recallbot")

    kept = sorted(path.name for path in folder.glob("*.db"))
    assert done.returncode == 0
    assert len(kept) == 2
    assert kept[0] == "recallbot-20200103T000000Z.db"
    assert (folder / "notes.txt").exists()


def test_a_failed_backup_deletes_nothing(tmp_path: Path) -> None:
    a_command(tmp_path, "recallbot", 'echo half > "$3"; echo "no room" >&2; exit 2')
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("20200101", "20200102", "20200103"):
        (folder / f"recallbot-{day}T000000Z.db").write_text("old")

    done = backup(folder, tmp_path / "recallbot")

    assert done.returncode != 0
    assert len(list(folder.iterdir())) == 3
