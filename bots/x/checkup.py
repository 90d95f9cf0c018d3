"""What is right and wrong with the X channel, in words for whoever runs the bot."""

from __future__ import annotations

from urllib.parse import urlsplit

from bots.x.rest import Rest
from bots.x.settings import Identity, XSettings
from bots.x.who import me_of
from core.channel import AddressGone, DeliveryError, TryLater
from core.clock import SystemClock

HOW_TO = (
    "at console.x.com make an app that may read and write, let each account allow it, and set "
    "RECALLBOT_X_API_KEY, RECALLBOT_X_API_SECRET and RECALLBOT_X_ACCOUNTS"
)
REFUSED = (
    "X refuses its token; at console.x.com let the app read and write, then make the access "
    "token anew for RECALLBOT_X_ACCOUNTS"
)


async def checkup(settings: XSettings) -> tuple[bool, str]:
    """Say whether the channel can work, and what to do where it cannot; not set up is right."""
    if not settings.identities:
        return True, f"not set up; to post on X, {HOW_TO}"
    rest = Rest(settings, SystemClock().now)
    try:
        told = [await _of_account(rest, one, settings) for one in settings.identities]
    finally:
        await rest.close()
    hints = [says for _, says in told]
    hints.append(f"At most ${settings.monthly_cap:.2f} are spent in a month")
    if settings.mentions:
        hints.append(f"Mentions of @{settings.mentions} are read, and paid for")
    return all(right for right, _ in told), ". ".join(hints)


async def _of_account(rest: Rest, account: Identity, settings: XSettings) -> tuple[bool, str]:
    name = f"@{account.handle}"
    try:
        me = await me_of(rest, account.handle)
    except DeliveryError as error:
        return False, f"{name}: {_reason(error, settings)}"
    known = str(me.get("username", ""))
    if known.casefold() != account.handle.casefold():
        return False, f"{name}: the token in RECALLBOT_X_ACCOUNTS is that of @{known}"
    return True, f"{name} answers"


def _reason(error: DeliveryError, settings: XSettings) -> str:
    match error:
        case AddressGone(said=said):
            return f"{REFUSED} ({said})"
        case TryLater(said=said) if said:
            return said
    return f"{urlsplit(settings.api_url).hostname} cannot be reached"
