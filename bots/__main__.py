"""The command line: `recallbot --help` says what there is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Annotated, NoReturn

import typer
from typer.exceptions import Abort, TyperException

from bots.commands import (
    account,
    catalogue,
    chat,
    check,
    database,
    discord,
    doctor,
    drill,
    fetch,
    operator,
    outbox,
    post,
    recalls,
    replay,
    review,
    run,
    screenshots,
    send_test,
    sources,
    work,
)
from bots.commands.place import Place
from bots.failure import Failure
from core.store.failure import StoreUnavailable

BAD_INPUT = 2
INTERRUPTED = 130

app = typer.Typer(
    name="recallbot",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Tells you whether a product you have is recalled, and remembers what you own.",
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer hands flags over like this
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and seldom asked for

        typer.echo(f"recallbot {version('recallbot')}")
        raise typer.Exit


@app.callback()
def _everywhere(
    context: typer.Context,
    database_place: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="FILE|URL",
            help="The database: an SQLite file, or a postgresql:// URL. "
            "Without it RECALLBOT_DATABASE_URL, else ./recallbot.db.",
        ),
    ] = None,
    _show: Annotated[  # noqa: FBT002 - Typer hands flags over like this
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    context.obj = Place(database_place)


app.command("run")(run.run)
app.command("work")(work.work)
app.command("check")(check.check)
app.command("chat")(chat.chat)
app.command("doctor")(doctor.doctor)
# Groups of Telegram have numbers below zero, which are no options.
app.command("send-test", context_settings={"ignore_unknown_options": True})(send_test.send_test)
app.command("screenshots")(screenshots.screenshots)
app.command("recalls")(recalls.recalls)
app.command("post")(post.post)
app.command("fetch")(fetch.fetch)
app.command("sources")(sources.sources)
app.command("replay")(replay.replay)
app.command("drill", context_settings={"ignore_unknown_options": True})(drill.drill)
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(database.app, name="db")
app.add_typer(discord.app, name="discord")
app.add_typer(review.app, name="review")
app.add_typer(outbox.app, name="outbox")
app.add_typer(account.app, name="account")
app.add_typer(operator.app, name="operator")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; what a person can act on is one line and exit code 2."""
    _print_anything()
    try:
        code = app(arguments, standalone_mode=False)
    except TyperException as problem:
        _fail(problem.format_message())
    except (Failure, StoreUnavailable) as problem:
        _fail(str(problem))
    except (Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _print_anything() -> None:
    """Escape what the terminal's encoding does not have, such as half a character pair."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _fail(reason: str) -> NoReturn:
    sys.stderr.write(f"recallbot: {' '.join(reason.split())}\n")
    sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
