"""What is right and wrong with the Apprise channel, in words for whoever runs the bot."""

from __future__ import annotations

from bots.apprise.settings import AppriseSettings
from bots.apprise.target import Target

HOW_TO = (
    "to write to mail, Slack, Matrix, ntfy and more, set RECALLBOT_APPRISE_TARGETS to lines of "
    "name=url, with the URLs that Apprise documents"
)
TRY = "`recallbot send-test apprise:NAME` shows whether it arrives"


async def checkup(settings: AppriseSettings) -> tuple[bool, str]:
    """Say whether every URL can be read, and what to do where not; nothing is sent."""
    if not settings.urls:
        return True, f"not set up; {HOW_TO}"
    looked = [_of(name, url) for name, url in settings.urls.items()]
    return all(right for right, _ in looked), ". ".join([*(says for _, says in looked), TRY])


def _of(name: str, url: str) -> tuple[bool, str]:
    try:
        target = Target(url)
    except ValueError:
        return False, f"{name}: Apprise cannot read its URL; {HOW_TO}"
    files = "" if target.takes_files else ", no pictures"
    return True, f"{name} is {target.name}: {target.longest} characters at once{files}"
