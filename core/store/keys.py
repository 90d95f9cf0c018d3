"""Where the secret keys come from: what the operator set, or a file beside the database."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from pathlib import Path

from core.store.failure import StoreUnavailable
from core.store.keyring import SHORTEST_SECRET, KeyRing, Seal, SealBroken, new_secret
from core.store.location import Location

SUFFIX = ".key"
# In the working directory, where the database is a server's.
OF_A_SERVER = Path("recallbot.key")
MODE = 0o600
# Bits by which others than the owner could read or write it.
OTHERS = 0o077
LONGEST = 64_000
# Under which name a database keeps its own marking key, sealed, in `meta`.
MARKING = "marking_key"


def key_file(location: Location) -> Path:
    """Return where the key of this database lies, unless the operator gives secrets."""
    if location.path is None:
        return OF_A_SERVER
    # Beside the file itself, by whichever link it was opened.
    path = location.path.resolve() if location.path.is_symlink() else location.path
    return path.with_name(path.name + SUFFIX)


def ring_for(location: Location, secrets: Sequence[str] = ()) -> KeyRing:
    """Return the keys of a database that has been sealed: `secrets`, or else those of its file.

    Raises StoreUnavailable where there is no file, or it cannot be used.
    """
    return ring_of(secrets) if secrets else _ring_in(key_file(location))


def given_ring(secrets: Sequence[str]) -> KeyRing | None:
    """Return the keys that the operator gave, None where the file's are to be used.

    Raises StoreUnavailable where one is too short.
    """
    return ring_of(secrets) if secrets else None


def ring_of(secrets: Sequence[str]) -> KeyRing:
    """Return the keys made of these secrets; raises StoreUnavailable where one is too short."""
    try:
        return KeyRing(secrets)
    except ValueError as error:
        raise StoreUnavailable(str(error)) from None


def seal_for(location: Location, secrets: Sequence[str], kept: str | None) -> Seal:
    """Return what a database is sealed with, by what its `meta` keeps under MARKING.

    Nothing but the standard library and `cryptography` is loaded. Raises StoreUnavailable.
    """
    return seal_from(ring_for(location, secrets), kept)


def seal_from(ring: KeyRing, kept: str | None) -> Seal:
    """Return what a database is sealed with, by what its `meta` keeps under MARKING.

    Raises StoreUnavailable where nothing is kept, or none of the keys opens it.
    """
    if kept is None:
        raise StoreUnavailable("the database has lost its marking key: restore a backup")
    try:
        sealed = base64.b64decode(kept, validate=True)
    except ValueError:
        raise SealBroken("the marking key of the database is damaged") from None
    return Seal(ring, ring.open(sealed))


def first_ring(location: Location) -> KeyRing:
    """Return the keys of a database in which nothing is sealed yet, its file made if need be.

    Of several processes that do this at once one makes the file, and all have the same keys.
    Raises StoreUnavailable.
    """
    path = key_file(location)
    if not path.exists():
        make(path, [new_secret()])
    return _ring_in(path)


def make(path: Path, secrets: Sequence[str]) -> None:
    """Write a new key file for its owner's eyes only; one that is there already stays.

    Nobody ever reads half a file. Raises StoreUnavailable where it cannot be written.
    """
    try:
        draft = _draft(path, secrets)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was faster, and its key is ours
        finally:
            draft.unlink(missing_ok=True)
        _settle(path.parent)
    except OSError as error:
        raise _refused(path, "made", error) from None


def replace(path: Path, secrets: Sequence[str]) -> None:
    """Write other secrets in the key file's place, at once; raises StoreUnavailable."""
    try:
        draft = _draft(path, secrets)
        try:
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _settle(path.parent)
    except OSError as error:
        raise _refused(path, "written", error) from None


def secrets_in(path: Path) -> tuple[str, ...]:
    """Return the secrets of a key file, one a line; raises StoreUnavailable."""
    try:
        with path.open(encoding="ascii") as file:
            text = file.read(LONGEST)
    except FileNotFoundError:
        raise StoreUnavailable(
            f"the key file {path} is missing, and without it the database cannot be read: "
            "put it back, or set RECALLBOT_SECRET_KEY"
        ) from None
    except OSError as error:
        raise _refused(path, "read", error) from None
    except ValueError:
        raise StoreUnavailable(f"{path} is not a key file") from None
    secrets = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not secrets:
        raise StoreUnavailable(f"the key file {path} is empty")
    return secrets


def mode_is_right(path: Path) -> bool:
    """Say whether nobody but its owner may read the key file; raises StoreUnavailable."""
    try:
        return not path.stat().st_mode & OTHERS
    except OSError as error:
        raise _refused(path, "read", error) from None


class KeyFile:
    """The secrets in a key file, read again whenever it was replaced."""

    def __init__(self, path: Path) -> None:
        """Watch the file at `path`; it is read at the first call."""
        self._path = path.absolute()
        self._stamp: tuple[int, int] | None = None

    def __call__(self) -> tuple[str, ...] | None:
        """Return the secrets where they changed; None where not, or they cannot be read now."""
        try:
            found = self._path.stat()
            stamp = (found.st_ino, found.st_mtime_ns)
            if stamp == self._stamp:
                return None
            secrets = secrets_in(self._path)
        except (OSError, StoreUnavailable):
            return None
        if any(len(secret) < SHORTEST_SECRET for secret in secrets):
            return None
        self._stamp = stamp
        return secrets


def _ring_in(path: Path) -> KeyRing:
    fresher = KeyFile(path)
    secrets = fresher() or secrets_in(path)
    try:
        return KeyRing(secrets, fresher)
    except ValueError as error:
        raise StoreUnavailable(f"the key file {path}: {error}") from None


def _draft(path: Path, secrets: Sequence[str]) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}-{new_secret()[:8]}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE), "w") as file:
        file.write("".join(f"{secret}\n" for secret in secrets))
        file.flush()
        os.fsync(file.fileno())
    return draft


def _settle(folder: Path) -> None:
    """Let the new name survive a loss of power, before anything is sealed with the key."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(path: Path, what: str, error: OSError) -> StoreUnavailable:
    reason = error.strerror or "it is refused"
    return StoreUnavailable(
        f"the key file {path} cannot be {what}: {reason} (or set RECALLBOT_SECRET_KEY)"
    )
