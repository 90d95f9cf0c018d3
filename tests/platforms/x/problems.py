"""How X says no: problem documents, as far as their texts are known.

Seen in public logs of 2026: duplicates, credits, replies to who did not ask, deleted targets.
Marked *unverified* where only the wording or the status of v1.1 is known.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
TYPES = "https://api.twitter.com/2/problems/"
PHRASES = {400: "Invalid Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           429: "Too Many Requests", 500: "Internal Server Error",
           503: "Service Unavailable"}  # fmt: skip
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
UNASKED = (
    "Reply to this conversation is not allowed because you have not been mentioned or "
    "otherwise engaged by the author of the post you are replying to."
)
NOT_THERE = "You attempted to reply to a Tweet that is deleted or not visible to you."
NOT_PERMITTED = "You are not permitted to perform this action."
SUSPENDED = (
    "Your account is suspended and is not permitted to access this feature."  # unverified
)
LOCKED = (  # unverified: the text of v1.1
    "To protect our users from spam and other malicious activity, this account is temporarily "
    "locked. Please log in to https://x.com to unlock your account."
)
READ_ONLY = (
    "Your client app is not configured with the appropriate oauth1 app permissions for this "
    "endpoint."
)


class Refused(Exception):  # noqa: N818 - it names an outcome
    """An answer that is no result."""

    def __init__(self, status: int, body: Json) -> None:
        """Keep what is answered."""
        super().__init__(status, body)
        self.status, self.body = status, body


def problem(status: int, detail: str = "", title: str = "") -> Refused:
    """Return a plain problem; without more it says its status in words."""
    phrase = title or PHRASES.get(status, "Error")
    told = {"title": phrase, "detail": detail or phrase, "type": "about:blank"}
    return Refused(status, {**told, "status": status})


def invalid(message: str, parameters: Json | None = None) -> Refused:
    """Return the 400 that names the wrong parameter."""
    return Refused(
        400,
        {
            "errors": [{"parameters": parameters or {}, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{TYPES}invalid-request",
        },
    )


def no_credits(enrolled: str) -> Refused:
    """Return the 402 of an app whose credits are spent."""
    detail = (
        f"Your enrolled account [{enrolled}] does not have any credits to fulfill this request."
    )
    return Refused(
        402, {"title": "CreditsDepleted", "detail": detail, "type": f"{TYPES}credits"}
    )


def not_found(kind: str, number: str) -> Json:
    """Return the error that a 200 carries for what is not there."""
    return {
        "value": number, "detail": f"Could not find {kind} with id: [{number}].",
        "title": "Not Found Error", "resource_type": kind, "parameter": "id",
        "resource_id": number, "type": f"{TYPES}resource-not-found",
    }  # fmt: skip
