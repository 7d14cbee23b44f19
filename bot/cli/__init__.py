"""The commands: one module each, named as the command is.

Each has ``add_arguments``, which fills its parser, and ``run``, which returns the exit code. The
docstring of ``run`` is the command's help: its first line appears in the list of all commands, and
its examples at the end.

Commands are the only place that prints and sets exit codes. Telegram's client and the web server
are imported inside the functions that need them: a question in the terminal is answered in half the
time without them.
"""

import argparse
import inspect
import sys
from importlib.metadata import version

from bot.cli import ask, backup, check, evaluate, link, publish, restore, run, sandbox, stats
from bot.config import read_settings
from bot.errors import BotError
from bot.logs import redact

COMMANDS = (run, sandbox, ask, check, link, publish, stats, backup, restore, evaluate)
"""The commands in the order of ``article-bot --help``."""


def main() -> None:
    """Run the command line and exit.

    The exit code is 0 on success, 1 if ``check`` found faults, 2 for wrong arguments and for every
    BotError, whose message goes to standard error without secrets, and 130 after Ctrl-C.
    """
    arguments = build_parser().parse_args()
    secrets: tuple[str, ...] = ()
    try:
        settings = read_settings()
        secrets = settings.secrets
        sys.exit(arguments.run(settings, arguments))
    except BotError as error:
        # It may quote a server's answer, which may repeat the address and the token.
        print(redact(str(error), secrets), file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The program that read the output has ended, as "head" does. Closing standard error keeps
        # Python from complaining about it at exit.
        sys.stderr.close()
        sys.exit(0)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="article-bot",
        description="Answers questions about articles on Telegram, and counts reactions to them.",
        epilog="article-bot COMMAND --help explains a command. Settings come from the environment "
        "and from .env; .env.example lists them.",
    )
    parser.add_argument("--version", action="version", version=version("article-bot"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
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
    return parser
