"""What the parsers of all commands have in common."""

import argparse
import textwrap
from collections.abc import Callable, Sequence
from typing import TypeAlias

from bot.config import Settings

Run: TypeAlias = Callable[[Settings, argparse.Namespace], int]
"""Runs a command with its parsed arguments and returns the exit code."""
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

WIDTH = 80


def add_command(
    commands: Commands,
    name: str,
    run: Run,
    *,
    summary: str,
    description: str,
    examples: Sequence[str],
) -> argparse.ArgumentParser:
    """Add a command, whose ``--help`` shows a description and examples.

    Args:
        commands: The sub-parsers of the main parser.
        name: What the user types.
        run: What the command does.
        summary: The line about the command in ``article-bot --help``.
        description: A paragraph; it is wrapped to the width of a terminal.
        examples: Command lines that can be copied.

    Returns:
        The command's parser, for its arguments.
    """
    parser = commands.add_parser(
        name,
        help=summary,
        description=textwrap.fill(description, WIDTH),
        epilog="\n  ".join(("examples:" if len(examples) > 1 else "example:", *examples)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser
