"""Which notices an account posts; pure."""

from __future__ import annotations

from core.match.wanted import chosen
from core.model.public import Account
from core.model.recall import Notice


def wants(account: Account, notice: Notice) -> bool:
    """Say whether the account posts the notice: it fits one of each list not empty."""
    return account.active and chosen(account.rules, notice)
