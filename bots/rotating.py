"""Changing the secret key of a database that is in use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bots.failure import Failure
from core.settings import Settings, variable
from core.store.failure import StoreUnavailable
from core.store.keys import given_ring, key_file, ring_of
from core.store.location import Location
from core.store.rotation import reseal, rotate_file
from core.store.work import Database

VARIABLE = variable(Settings, "secret_key")


async def rotate(settings: Settings) -> str:
    """Seal everything with a new secret, and say in a line what was done.

    A key file gets a new secret, and the old one is dropped at the end; secrets that are given
    by the settings are only the operator's to change. Raises Failure.
    """
    secrets = settings.secret_key
    if len(secrets) == 1:
        raise Failure(
            f"{VARIABLE} holds one secret: write a new one in front of it, with a comma between"
            " them, restart the bot wherever it runs, and run this again"
        )
    async with _opened(settings) as database:
        if secrets:
            count = await reseal(database, ring_of(secrets))
            return (
                f"Sealed {count} rows anew. Only the first secret of {VARIABLE} is needed now:"
                " take the others out and restart the bot."
            )
        path = key_file(Location.of(settings.database_url))
        count = await rotate_file(database, path)
        return f"Sealed {count} rows anew. {path} holds the new key alone: keep a copy of it."


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    try:
        ring = given_ring(settings.secret_key)
        database = await Database.open(settings.database_url, ring=ring)
        try:
            yield database
        finally:
            await database.close()
    except StoreUnavailable as error:
        raise Failure(str(error)) from None
