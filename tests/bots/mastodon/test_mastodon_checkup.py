from __future__ import annotations

from bots.mastodon.checkup import checkup
from bots.mastodon.settings import MastodonSettings
from tests.platforms.mastodon_server import OTHER_NAME, OTHER_TOKEN, TOKEN, MastodonServer


def with_accounts(text: str) -> MastodonSettings:
    return MastodonSettings.model_validate({"accounts": text})


async def test_without_accounts_it_says_how_to_get_one() -> None:
    right, says = await checkup(MastodonSettings())

    assert right
    assert "New application" in says


async def test_an_account_that_answers_is_right(server: MastodonServer) -> None:
    right, says = await checkup(with_accounts(server.login))

    assert right
    assert says == f"{server.chat} answers, 500 characters a post"


async def test_it_says_how_to_be_known_as_a_bot(server: MastodonServer) -> None:
    right, says = await checkup(with_accounts(f"{OTHER_NAME}@{server.host}:{OTHER_TOKEN}"))

    assert right
    assert "This is an automated account" in says


async def test_a_token_of_somebody_else_is_told(server: MastodonServer) -> None:
    right, says = await checkup(with_accounts(f"ann@{server.host}:{TOKEN}"))

    assert not right
    assert "the token belongs to recalls" in says


async def test_a_token_that_is_refused_is_told_with_the_instances_words(
    server: MastodonServer,
) -> None:
    right, says = await checkup(with_accounts(f"ann@{server.host}:wrong_token"))

    assert not right
    assert "its token is refused (401" in says


async def test_an_instance_that_is_away_is_told_and_the_others_are_looked_at(
    server: MastodonServer,
) -> None:
    right, says = await checkup(with_accounts(f"ann@127.0.0.1:9:some_token,{server.login}"))

    assert not right
    assert "127.0.0.1:9 cannot be reached" in says
    assert f"{server.chat} answers" in says
