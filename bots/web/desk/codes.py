"""Codes that are used once: of the authenticator app, for recovery, and in invitations."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from datetime import datetime, timedelta
from hashlib import sha256

import pyotp

ISSUER = "recallbot"
# RFC 6238: a code holds for 30 seconds; one step to either side forgives a slow clock.
STEP_SECONDS = 30
DIGITS = 6
STEPS_OFF = (-1, 0, 1)
RECOVERY_CODES = 10
INVITED = "invited"
INVITATION_HOLDS = timedelta(hours=24)
# Without the letters and digits that are mistaken for each other: 80 bits in 16 of them.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LETTERS = 16
LONGEST_CODE = 64
# Nobody's: compared with where there is nothing to compare with.
NOBODYS_TOTP = pyotp.random_base32()


def new_totp() -> str:
    """Return a secret of 160 bits to share with an authenticator app."""
    return pyotp.random_base32()


def totp_address(secret: str, name: str) -> str:
    """Return the otpauth:// address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the step in which an app shows that code, None where it shows none such now."""
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_SECONDS
    given = plain(code).encode()
    found = None
    for off in STEPS_OFF:
        if hmac.compare_digest(totp.generate_otp(current + off).encode(), given):
            found = current + off
    return found


def new_code() -> str:
    """Return a random code as people copy it: four groups of four."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
    return "-".join(drawn[start : start + 4] for start in range(0, LETTERS, 4))


def new_recovery() -> tuple[str, ...]:
    """Return recovery codes, each for one sign-in without the app."""
    return tuple(new_code() for _ in range(RECOVERY_CODES))


def plain(code: str) -> str:
    """Return a code as it was meant: small letters, no spaces or strokes."""
    text = unicodedata.normalize("NFKC", code[:LONGEST_CODE]).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def digest_of(code: str) -> str:
    """Return what is kept of a code; 80 random bits need no slow hash."""
    return sha256(plain(code).encode("utf-8", "surrogatepass")).hexdigest()


def invitation(code: str, now: datetime) -> str:
    """Return what is kept in place of a password until somebody chose one with that code."""
    until = int((now + INVITATION_HOLDS).timestamp())
    return f"{INVITED}${until}${digest_of(code)}"


def is_invited(kept: str) -> bool:
    """Say whether a password is still to be chosen."""
    return kept.startswith(f"{INVITED}$")


def invites(kept: str | None, code: str, now: datetime) -> bool:
    """Say whether that code lets somebody choose their password now."""
    sort, _, rest = (kept or "").partition("$")
    until, _, digest = rest.partition("$")
    same = hmac.compare_digest(digest.encode(), digest_of(code).encode())
    return sort == INVITED and same and now.timestamp() <= int(until)
