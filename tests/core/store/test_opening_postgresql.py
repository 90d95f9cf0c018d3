"""Opening a PostgreSQL database that cannot be used: one clear sentence, never the password."""

from __future__ import annotations

import socket

import pytest

from core.store.migrate import differences
from core.store.work import Database, StoreUnavailable
from tests.contracts.store_cases import database_of


async def refusal(url: str) -> str:
    with pytest.raises(StoreUnavailable) as error:
        await Database.open(url, patience=2)
    assert "secret" not in error.value.reason
    assert "\n" not in error.value.reason
    return error.value.reason


async def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    reason = await refusal(f"postgresql://ann:secret@127.0.0.1:{port}/recalls")

    assert reason.startswith(
        f"the database recalls at 127.0.0.1:{port} (PostgreSQL) cannot be used: "
    )


async def test_a_url_that_cannot_be_read_is_refused_without_showing_it() -> None:
    reason = await refusal("postgresql://ann:secret@127.0.0.1:port/recalls")

    assert reason == "the PostgreSQL URL cannot be read"


@pytest.mark.postgres
async def test_a_database_that_the_server_does_not_have_is_named(postgres: str) -> None:
    reason = await refusal(database_of(postgres, "no_such_database"))

    assert "no_such_database" in reason
    assert "does not exist" in reason


@pytest.mark.postgres
def test_the_schema_of_an_empty_database_differs_in_every_table(postgres: str) -> None:
    found = differences(database_of(postgres, "template1"))

    assert any("notice_key" in difference for difference in found)
