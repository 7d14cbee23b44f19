"""``article-bot doctor``: is all well for the bot to run here?"""

import argparse
import asyncio

from bot.cli.doctor_checks import LOCAL_CHECKS, Finding, Level, findings_of
from bot.cli.doctor_services import SERVICE_CHECKS
from bot.config import Settings
from bot.logs import redact, set_up_logging

_WIDTH = max(map(len, Level))


def add_arguments(_: argparse.ArgumentParser) -> None:
    """The command takes no arguments."""


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Check that the bot can run with these settings.

    Looks at settings, files and their modes, articles, semantic search, disk space,
    the database, the token, the webhook and the clock. Prints a line for each: ok,
    warn (the bot runs all the same) or fail, and what to do. Changes nothing, and
    the bot may run meanwhile. The exit code is 1 if something fails.

    Examples:
        article-bot doctor
    """
    set_up_logging("ERROR", settings.secrets)
    return asyncio.run(_examine(settings))


async def _examine(settings: Settings) -> int:
    levels = set()
    for check in (*LOCAL_CHECKS, *SERVICE_CHECKS):
        for finding in await findings_of(check, settings):
            levels.add(finding.level)
            print(redact(_line(finding), settings.secrets), flush=True)
    return 1 if Level.FAIL in levels else 0


def _line(finding: Finding) -> str:
    # What a server or a library said may have several lines.
    text = " ".join(finding.text.split())
    return f"{finding.level:{_WIDTH}}  {finding.subject}: {text}"
