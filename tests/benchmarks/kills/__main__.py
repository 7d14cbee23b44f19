"""Votes after many kills: the bot is killed at random moments while readers tap.

    python -m tests.benchmarks.kills [--kills 100] [--engine sqlite|postgres|both] [--seed N]
                                     [--postgres URL] [--standbys 2] [--webhook]
                                     [--questions 2500]

A Bot API server in this process outlives the bot, a child process that SIGKILL ends again and
again: while it starts, while it works and, in every tenth life, while the server is so slow to
take answers that updates are deferred. In the end the database is compared with what readers
tapped. Exit code 1 means that a tap was not counted exactly once, 2 that PostgreSQL was to be
tried and cannot be reached. With --standbys, several processes run on PostgreSQL, and whoever
serves is killed. With --webhook, updates are delivered to the bot, which otherwise fetches them;
where several processes run, a load balancer in front of them finds the one that serves. With
--questions, at least so many readers ask instead, until the last kill, and it is counted how often
each question was answered: more than once only where the process was killed before it could know
that it had answered.
"""

import argparse
import asyncio
import contextlib
import os
import re
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg

from tests.benchmarks.kills.questions import Answers, ask_while_killed
from tests.benchmarks.kills.report import Report, query
from tests.benchmarks.kills.trial import trial


@contextlib.asynccontextmanager
async def new_database(server: str) -> AsyncIterator[str]:
    """The address of an empty database on a PostgreSQL server, dropped afterwards."""
    name = f"article_bot_kills_{secrets.token_hex(6)}"
    await query(server, f"CREATE DATABASE {name}")
    try:
        yield re.sub(r"(://[^/?]*)(/[^?]*)?", rf"\1/{name}", server, count=1)
    finally:
        await query(server, f"DROP DATABASE {name} WITH (FORCE)")


async def try_engine(engine: str, given: argparse.Namespace) -> int:
    """Try an engine and print what came of it; return the exit code."""

    async def run(url: str, folder: Path) -> Report | Answers:
        kills, seed, webhook = given.kills, given.seed, given.webhook
        standbys = given.standbys if engine == "postgres" else 0
        if number := given.questions:
            return await ask_while_killed(url, folder, number, kills, seed, standbys, webhook)
        return await trial(url, folder, kills, seed, standbys=standbys, webhook=webhook)

    report: Report | Answers
    with tempfile.TemporaryDirectory(prefix="article-bot-kills-") as name:
        folder = Path(name)
        if engine == "sqlite":
            report = await run(f"sqlite:///{folder / 'votes.db'}", folder)
        else:
            try:
                await query(given.postgres, "SELECT 1")
            except (OSError, asyncpg.PostgresError) as error:
                print(f"PostgreSQL is not tried, as it cannot be reached: {error}")
                return 2
            async with new_database(given.postgres) as url:
                report = await run(url, folder)
    print(report, flush=True)
    return 0 if report.passed else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    default = os.environ.get("TEST_DATABASE_URL", "postgresql:///postgres")
    parser.add_argument("--postgres", metavar="URL", default=default, help="a server's address")
    parser.add_argument(
        "--standbys", type=int, default=0, help="processes that stand by (PostgreSQL)"
    )
    parser.add_argument("--questions", type=int, default=0, help="ask instead of tapping")
    parser.add_argument("--webhook", action="store_true", help="deliver updates to the bot")
    given = parser.parse_args()
    engines = ("sqlite", "postgres") if given.engine == "both" else (given.engine,)
    codes = [asyncio.run(try_engine(engine, given)) for engine in engines]
    # A tap that was lost says more than a database that was not there.
    return 1 if 1 in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main())
