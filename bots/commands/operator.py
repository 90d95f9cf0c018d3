"""`recallbot operator`: who works at the editorial desk."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bots.commands.place import Place
from bots.web.desk.roles import Role

if TYPE_CHECKING:
    from bots.operators import Operators

T = TypeVar("T")
LONGEST_LINE = 2_000
app = typer.Typer(
    help="Say who works at the editorial desk; secrets are shown once.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="What they sign in as.")]


@app.command("add")
def add(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.VIEWER,
    password_stdin: Annotated[  # noqa: FBT002 - Typer hands flags over like this
        bool,
        typer.Option("--password-stdin", help="Read their password from the standard input."),
    ] = False,
) -> None:
    """Invite somebody: a code to choose a password with, and a QR code for their app."""
    from bots.operators import handed, signs_in  # noqa: PLC0415 - slow to import

    if not password_stdin:
        sys.stdout.write(handed(_run(context, lambda people: people.add(name, role))))
        return
    password = sys.stdin.readline(LONGEST_LINE).rstrip("\r\n")
    added = _run(context, lambda people: people.add_with_password(name, role, password))
    sys.stdout.write(signs_in(added))


@app.command("list")
def everybody(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for programs.")] = False,  # noqa: FBT002 - Typer hands flags over like this
) -> None:
    """List who works at the desk, and in which role."""
    from bots.operators import rows, table  # noqa: PLC0415 - slow to import

    people = _run(context, lambda people: people.everybody())
    told = json.dumps(rows(people), indent=2, ensure_ascii=False) + "\n"
    sys.stdout.write(told if as_json else table(people))


@app.command("reset")
def reset(context: typer.Context, name: Name) -> None:
    """Invite somebody anew: password, app and recovery codes; their sessions end."""
    from bots.operators import handed  # noqa: PLC0415 - slow to import

    sys.stdout.write(handed(_run(context, lambda people: people.reset(name))))


@app.command("disable")
def disable(context: typer.Context, name: Name) -> None:
    """Let somebody in no longer; `reset` lets them in again."""
    _run(context, lambda people: people.disable(name))
    sys.stdout.write(f"{name} is let in no longer\n")


@app.command("role")
def set_role(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Argument(help="What they may do from now on.")],
) -> None:
    """Give somebody another role; their sessions end."""

    _run(context, lambda people: people.set_role(name, role))
    sys.stdout.write(f"{name} is {role} now\n")


def _run(context: typer.Context, act: Callable[[Operators], Awaitable[T]]) -> T:
    """Act on the people of the database that was named."""
    from bots.operators import open_operators  # noqa: PLC0415 - slow to import

    place: Place = context.obj

    async def acted() -> T:
        async with open_operators(place.settings()) as people:
            return await act(people)

    return asyncio.run(acted())
