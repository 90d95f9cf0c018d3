"""`recallbot outbox`: what is to be sent, what was, and what rests and why."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bots.commands.place import Place
from bots.failure import Failure

if TYPE_CHECKING:
    from core.model.delivery import State

MOST_ROWS = 20
app = typer.Typer(
    help="Look at what is to be sent and what became of it; nobody's address is shown.",
    invoke_without_command=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print it for programs.")]
StateName = Annotated[
    str | None, typer.Option("--state", metavar="NAME", help="Such as unknown or rejected.")
]
Alert = Annotated[
    int | None, typer.Argument(metavar="ALERT", help="As `recallbot outbox list` has it.")
]
AddressNumber = Annotated[
    int | None, typer.Argument(metavar="ADDRESS-NUMBER", help="The number behind it.")
]


@app.callback()
def outbox(context: typer.Context, as_json: AsJson = False) -> None:  # noqa: FBT002 - Typer hands flags over like this
    """Count the deliveries by state, reason and channel."""
    if context.invoked_subcommand is not None:
        return
    from bots.outbox_list import counted, table  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    rows = asyncio.run(counted(place.settings()))
    _print(rows, table(rows), as_json=as_json)


@app.command("list")
def entries(
    context: typer.Context,
    state: StateName = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = MOST_ROWS,
    as_json: AsJson = False,  # noqa: FBT002 - Typer hands flags over like this
) -> None:
    """List single deliveries: alert, number of the address, state and why, what it is about."""
    from bots.outbox_list import entries_table, listed, state_named  # noqa: PLC0415

    place: Place = context.obj
    wanted = state_named(state) if state is not None else None
    rows = asyncio.run(listed(place.settings(), wanted, limit))
    _print(rows, entries_table(rows), as_json=as_json)


@app.command("retry")
def retry(
    context: typer.Context,
    alert: Alert = None,
    address: AddressNumber = None,
    state: StateName = None,
) -> None:
    """Send again what rests unsent: one delivery, or all that are unknown or rejected.

    What is unknown may have arrived: whoever got it gets it twice.
    """
    from bots.outbox_list import RESTING, retried, state_named  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    wanted = state_named(state, RESTING) if state is not None else None
    which = _which(alert, address, wanted)
    _told(asyncio.run(retried(place.settings(), which)), "to be sent again")


@app.command("abandon")
def abandon(
    context: typer.Context,
    alert: Alert = None,
    address: AddressNumber = None,
    state: StateName = None,
) -> None:
    """Give up what was not sent, or may have arrived: one delivery, or all of one state."""
    from bots.outbox_list import OPEN, abandoned, state_named  # noqa: PLC0415 - slow to import

    place: Place = context.obj
    wanted = state_named(state, OPEN) if state is not None else None
    which = _which(alert, address, wanted)
    _told(asyncio.run(abandoned(place.settings(), which)), "given up")


def _which(
    alert: int | None, address: int | None, state: State | None
) -> tuple[int, int] | State:
    if state is not None and alert is None:
        return state
    if state is None and alert is not None and address is not None:
        return alert, address
    raise Failure("name one delivery by ALERT and ADDRESS-NUMBER, or all with --state NAME")


def _told(number: int, what: str) -> None:
    if not number:
        raise Failure("there is no such delivery, or it is not in a state for that")
    sys.stdout.write(f"{number} {what}\n")


def _print(rows: list[dict[str, Any]], text: str, *, as_json: bool) -> None:
    told = json.dumps(rows, indent=2, ensure_ascii=False) + "\n" if as_json else text
    sys.stdout.write(told)
