"""What readers and the log are told when the database fails, and that it works again by itself."""

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.support.chat import Chat, buttons
from tests.support.corpora import ARTICLE
from tests.support.database_proxy import DatabaseProxy
from tests.support.processes import Process
from tests.support.sentences import voted
from tests.support.stage import Stage
from tests.support.threads import BotThread
from tests.support.waiting import until

LIKE, LOVE = f"r:{ARTICLE}:like", f"r:{ARTICLE}:love"
Bot = BotThread | Process
TRY_AGAIN = "Could not count that, please tap again."


async def check(bot: Bot, reader: Chat, answer: dict[str, Any]) -> None:
    """While the database fails: taps are told so, questions answered, one line is logged."""
    for data in (LIKE, LOVE, LIKE):
        assert await reader.tap(answer, data) == TRY_AGAIN
    # An answer needs no counts; its buttons show them when they are known again.
    assert buttons(await reader.send("/article"))[0].startswith("👍")
    # All that was logged since the start: what was still to be written may fail before the taps.
    assert bot.output.count("WARNING") == 1, bot.output
    assert "Traceback" not in bot.output
    assert buttons(await reader.current(answer))[0] == "👍"


async def check_again(bot: Bot, reader: Chat, answer: dict[str, Any]) -> None:
    """When it works again: the tap counts, once, and the log says that it is over."""
    assert await reader.tap(answer, LOVE) == voted("Love")
    await reader.shows(answer, "❤️ 1", "👍")
    assert bot.output.count("Votes are counted again.") == 1


async def ready(stage: Stage, **settings: str) -> tuple[BotThread, Chat, dict[str, Any]]:
    bot = await stage.bot(**settings)
    reader = await stage.reader()
    return bot, reader, await reader.send("/article")


async def ready_process(stage: Stage) -> tuple[Process, Chat, dict[str, Any]]:
    """A bot in a process of its own, for what happens to a process."""
    bot = await stage.process()
    reader = await stage.reader()
    return bot, reader, await reader.send("/article")


@pytest.mark.slow
async def test_a_database_that_another_process_locks(stage: Stage) -> None:
    """For longer than a reader can be kept waiting."""
    bot, ada, answer = await ready(stage)
    other = sqlite3.connect(stage.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    others = [await stage.reader() for _ in range(3)]
    answers = [await other.send("/article") for other in others]
    toasts = await asyncio.gather(
        ada.tap(answer, LIKE),
        *(chat.tap(sent, LIKE) for chat, sent in zip(others, answers, strict=True)),
    )
    assert toasts == [TRY_AGAIN] * 4
    assert bot.output.count("database is locked") == 1
    other.execute("ROLLBACK")
    other.close()
    await check_again(bot, ada, answer)


@pytest.mark.slow
async def test_a_full_disk(stage: Stage) -> None:
    """The process may write no more to any file."""
    bot, ada, answer = await ready_process(stage)
    pid, kind = bot.popen.pid, resource.RLIMIT_FSIZE
    # A log that cannot be written tells nothing: it goes on from where it is.
    log = bot.log.stat().st_size
    free = resource.prlimit(pid, kind, (log + 4000, resource.RLIM_INFINITY))
    await check(bot, ada, answer)
    resource.prlimit(pid, kind, free)
    await check_again(bot, ada, answer)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of the test's own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.call(mount) != 0:
        problem = "only root may mount a file system"
        if os.environ.get("REQUIRE_MOUNT"):
            pytest.fail(problem)
        pytest.skip(problem)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_disk_without_room(stage: Stage, disk: Path) -> None:
    """And then with room."""
    bot, ada, answer = await ready(stage, DATABASE_URL=f"sqlite:///{disk}/votes.db")
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as stream:
        while True:
            stream.write(b"x" * 4096)
    await check(bot, ada, answer)
    filler.unlink()
    await check_again(bot, ada, answer)


@pytest.mark.slow
async def test_a_disk_that_turns_read_only(stage: Stage, disk: Path) -> None:
    """As disks do that are about to fail. The files have to be opened anew for it."""
    bot, ada, answer = await ready(stage, DATABASE_URL=f"sqlite:///{disk}/votes.db")
    assert await stage.stop(bot) == 0
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    refused = Process(["run"], stage.folder, {**os.environ, **settings_of(stage, disk)})
    assert await asyncio.to_thread(refused.popen.wait, 20) == 2
    assert "votes.db" in refused.output
    assert "Read-only file system" in refused.output
    assert "Traceback" not in refused.output
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    bot = await stage.process(DATABASE_URL=f"sqlite:///{disk}/votes.db")
    assert await ada.tap(answer, LOVE) == voted("Love")
    assert await stage.stop(bot) == 0


def settings_of(stage: Stage, disk: Path) -> dict[str, str]:
    return {
        "BOT_TOKEN": "123456:a-token-of-the-tests",
        "BOT_API_URL": stage.server.url,
        "DATABASE_URL": f"sqlite:///{disk}/votes.db",
        "VOTER_KEY": "k" * 32,
    }


async def test_a_database_that_is_moved_away(stage: Stage) -> None:
    """And put back."""
    bot, ada, answer = await ready(stage)
    away = stage.folder / "away"
    away.mkdir()
    parts = [file.name for file in stage.folder.glob("votes.db*")]
    for part in parts:
        (stage.folder / part).rename(away / part)
    await check(bot, ada, answer)
    assert "votes.db is gone" in bot.output
    for file in away.iterdir():
        file.rename(stage.folder / file.name)
    await check_again(bot, ada, answer)


class Wire:
    """What lies between the bot and PostgreSQL; it can be cut and mended."""

    def __init__(self, address: str) -> None:
        """Note the server's socket."""
        self.address = address
        self.up = True
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.cut()
        self._server.close()
        await self._server.wait_closed()

    def cut(self) -> None:
        self.up = False
        for writer in list(self._open):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.up:
            writer.transport.abort()
            return
        there = await asyncio.open_unix_connection(self.address)
        pairs = ((reader, there[1]), (there[0], writer))
        self._open |= {writer, there[1]}
        await asyncio.gather(*(self._pump(*pair) for pair in pairs))
        self._open -= {writer, there[1]}

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
        target.transport.abort()


async def test_postgresql_that_goes_away_and_comes_back(stage: Stage, postgres_url: str) -> None:
    """Nothing but waiting is needed. Without it another process might serve, so this one waits."""
    probe = await asyncpg.connect(postgres_url)
    user, database = await probe.fetchrow("SELECT current_user, current_database()")
    (directory,) = await probe.fetchrow("SHOW unix_socket_directories")
    (port,) = await probe.fetchrow("SHOW port")
    await probe.close()
    wire = Wire(f"{directory.split(',')[0].strip()}/.s.PGSQL.{port}")
    await wire.start()
    url = f"postgresql://{user}@127.0.0.1:{wire.port}/{database}?sslmode=disable"
    bot, ada, answer = await ready(stage, DATABASE_URL=url)
    wire.cut()
    assert await ada.tap(answer, LIKE) == TRY_AGAIN
    await until(lambda: "This process no longer serves" in bot.output)
    await ada.write("/article")
    wire.up = True
    assert buttons(await ada.read())[0].startswith("👍")
    assert bot.output.count("no longer serves") == bot.output.count("This process serves now.") == 1
    await check_again(bot, ada, answer)
    assert await stage.stop(bot) == 0
    await wire.stop()


def test_a_folder_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A sentence that names the file and the setting, at the start."""
    environ = {
        **os.environ,
        "BOT_TOKEN": "123456:a-token-of-the-tests",
        "DATABASE_URL": "sqlite:////proc/votes.db",
        "VOTER_KEY": "k" * 32,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        check=False,
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert "The database /proc/votes.db cannot be opened" in done.stderr
    assert "set DATABASE_URL to a file in a folder that the bot may write to" in done.stderr


async def test_a_vote_whose_commit_is_not_answered(stage: Stage, postgres_url: str) -> None:
    """The reader is told of the vote, not asked to tap again, which would take it back."""
    async with DatabaseProxy(postgres_url) as proxy:
        await stage.bot(DATABASE_URL=proxy.url)
        ada = await stage.reader()
        answer = await ada.send("/article")
        # Not the commit of other work: what has expired is deleted at the start.
        proxy.losing, proxy.losing_after = 1, b"INTO votes"
        toast = await ada.react(answer, "like")
        assert proxy.losing == 0
        assert toast == voted("Like")
        await ada.shows(answer, "👍 1")
        for bot in stage.bots:
            assert await stage.stop(bot) == 0
