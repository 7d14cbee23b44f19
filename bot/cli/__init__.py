"""The commands: one module each, named as the command is.

Each has ``add_arguments``, which fills its parser, and ``run``, which returns the exit code. The
docstring of ``run`` is the command's help: its first line appears in the list of all commands, and
its examples at the end.

Commands are the only place that prints and sets exit codes. Only the module of the command that is
run is imported, and what is slow to import is imported inside the functions that need it: most of a
short command's time would go into it. This module imports next to nothing: Ctrl-C is only handled
from ``main`` on, and importing the rest takes a while.
"""

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from types import ModuleType

COMMANDS = (
    *("run", "doctor", "sandbox"),
    *("ask", "add", "new", "check", "link", "publish"),
    *("stats", "backup", "restore"),
    "evaluate",
)
"""In the order of ``article-bot --help``."""


def main() -> None:
    """Run the command line and exit.

    The exit code is 0 on success, 1 if ``check`` found faults, 2 for wrong arguments and for every
    BotError, whose message goes to standard error without secrets, and 130 after Ctrl-C.
    """
    # While modules are imported, an exception could be lost in the import system.
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    if sys.argv[1:] == ["run"]:
        from bot.cli.signals import begin_as_service  # noqa: PLC0415

        begin_as_service()
    try:
        _run_command()
    except KeyboardInterrupt:
        sys.exit(130)


def _run_command() -> None:
    from bot.cli.output import print_safely  # noqa: PLC0415
    from bot.config import read_settings  # noqa: PLC0415
    from bot.errors import BotError  # noqa: PLC0415
    from bot.logs import RedactingStream  # noqa: PLC0415

    print_safely()
    # Whatever is printed there, and by whom: an error may quote a server's answer, which may repeat
    # the address and the token.
    sys.stderr = printed = RedactingStream(sys.stderr)
    arguments = build_parser(sys.argv[1:2]).parse_args()
    try:
        settings = read_settings()
        printed.secrets = settings.secrets
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.exit(arguments.run(settings, arguments))
    except BotError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The program that read the output has ended, as "head" does. Closing standard error keeps
        # Python from complaining about it at exit.
        sys.stderr.close()
        sys.exit(0)


def build_parser(first: "Sequence[str]" = ()) -> "argparse.ArgumentParser":
    """Return the parser of the command line.

    Args:
        first: The first argument, if it is known. If it names a command, only this command is
            imported, and the parser knows no other.
    """
    import argparse  # noqa: PLC0415
    from importlib import import_module  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        prog="article-bot",
        description="Answers questions about articles on Telegram, and counts reactions to them.",
        epilog="article-bot COMMAND --help explains a command. Settings come from the environment "
        "and from .env; .env.example lists them.",
    )
    wanted = [name for name in COMMANDS if name in first]
    # After a command, --version is none of its options; the number takes a while to find out.
    parser.add_argument("--version", action="version", version="" if wanted else _version())
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in wanted or COMMANDS:
        _add_command(commands, import_module(f"bot.cli.{name}"))
    return parser


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415

    return version("article-bot")


def _add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", command: "ModuleType"
) -> None:
    """Add a command, which its own docstring describes, to the parser of the whole command line."""
    import argparse  # noqa: PLC0415
    import inspect  # noqa: PLC0415

    description, heading, examples = (inspect.getdoc(command.run) or "").partition("Examples:")
    summary = description.partition("\n")[0].rstrip(".")
    own = commands.add_parser(
        command.__name__.rpartition(".")[2],
        help=summary[:1].lower() + summary[1:],
        description=description,
        epilog=heading.lower() + examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(own)
    own.set_defaults(run=command.run)
