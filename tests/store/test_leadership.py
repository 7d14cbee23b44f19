"""Which process serves: never two, and another one soon when the first is gone."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.leader_process import has_ended, process_name
from bot.store.leadership import FINISHES_FOR, SERVES_FOR, TAKEN_OVER_AFTER, Leadership
from bot.store.postgres import PostgresStore
from tests.store.conftest import execute, open_sqlite
from tests.store.test_postgres import BREAK_ALL_CONNECTIONS
from tests.support.database_proxy import DatabaseProxy
from tests.support.waiting import TIMEOUT, until

Competitor = Callable[..., Awaitable[Leadership]]


@pytest.fixture
async def competitor(postgres_url: str) -> AsyncIterator[Competitor]:
    """Makes one more that wants to serve; ``bot``: which bot, ``url``: how it connects."""
    async with contextlib.AsyncExitStack() as stack:
        store = PostgresStore(postgres_url, b"key")
        stack.push_async_callback(store.close)
        await store.open()

        async def enter(bot: str = "one", url: str = postgres_url) -> Leadership:
            leadership = PostgresStore(url, b"key", bot=bot).leadership()
            return await stack.enter_async_context(leadership)

        yield enter


async def acquired(*those: Leadership) -> list[bool]:
    """Let all compete until one leads; which of them lead then."""
    waiting = [asyncio.create_task(each.acquired()) for each in those]
    async with asyncio.timeout(TIMEOUT):
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return [each.is_leader for each in those]


async def test_one_of_several_leads(competitor: Competitor) -> None:
    """When it ends, another does at once."""
    those = [await competitor() for _ in range(4)]
    assert sum(await acquired(*those)) == 1
    first = next(each for each in those if each.is_leader)
    others = [each for each in those if each is not first]
    begun = asyncio.get_running_loop().time()
    competing = asyncio.create_task(acquired(*others))
    await first.__aexit__(None, None, None)
    assert not first.is_leader
    assert not first.may_finish
    assert sum(await competing) == 1
    # Not after the time in which one that was killed is given up.
    assert asyncio.get_running_loop().time() < begun + TAKEN_OVER_AFTER


async def test_bots_do_not_compete_with_each_other(competitor: Competitor) -> None:
    """Two tokens, one database."""
    assert await acquired(await competitor("one")) == [True]
    assert await acquired(await competitor("two")) == [True]


async def test_a_leader_that_is_cut_off_ends_before_another_begins(
    competitor: Competitor, postgres_url: str
) -> None:
    """It may finish what it has begun for a moment, but not any more when the other serves."""
    async with DatabaseProxy(postgres_url) as proxy:
        first, second = await competitor(url=proxy.url), await competitor()
        assert await acquired(first) == [True]
        proxy.flows.clear()
        other = asyncio.create_task(second.acquired())
        async with asyncio.timeout(TIMEOUT):
            await first.lost()
            assert not first.is_leader
            assert first.may_finish
            assert not second.is_leader
            await until(lambda: not first.may_finish)
            assert not second.is_leader
            await other
        proxy.flows.set()
        # It competes again, in vain.
        again = asyncio.create_task(first.acquired())
        await asyncio.sleep(1)
        assert not again.done()
        assert second.is_leader
        again.cancel()


async def test_connections_that_break_change_nothing(
    competitor: Competitor, postgres_url: str
) -> None:
    """The leader connects again before anybody misses it."""
    first, second = await competitor(), await competitor()
    assert await acquired(first) == [True]
    competing = asyncio.create_task(second.acquired())
    for _ in range(5):
        await asyncio.sleep(0.7)
        await execute(postgres_url, BREAK_ALL_CONNECTIONS)
        assert first.is_leader
    await asyncio.sleep(SERVES_FOR)
    assert first.is_leader
    assert not competing.done()
    competing.cancel()


async def test_a_leader_whose_row_is_taken_ends(competitor: Competitor, postgres_url: str) -> None:
    """As after a copy of the database took over that did not know it yet."""
    first = await competitor()
    assert await acquired(first) == [True]
    await execute(postgres_url, "UPDATE leaders SET process = 'another' RETURNING bot")
    async with asyncio.timeout(TIMEOUT):
        await first.lost()
    assert not first.may_finish


def test_times() -> None:
    """A leader begins nothing more, then calls nothing more, then another begins, within 10 s."""
    assert SERVES_FOR < FINISHES_FOR < TAKEN_OVER_AFTER < 8


def test_a_process_of_this_machine_that_has_ended_is_known() -> None:
    """One that lives is not taken for one that ended, nor is one elsewhere."""
    name = process_name()
    if name.startswith("elsewhere"):
        pytest.skip("the system does not tell which processes run")
    assert not has_ended(f"{name}/more")
    code = "from bot.store.leader_process import process_name; print(process_name())"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert has_ended(f"{ended}/more")
    machine, _, started = name.split("/")
    assert has_ended(f"{machine}/{os.getpid()}/{int(started) + 1}")
    assert not has_ended(f"another {machine}/{ended.split('/', 1)[1]}")
    assert not has_ended("")


async def test_a_sqlite_file_has_one_process(tmp_path: Path) -> None:
    """The second one is told so; when the first has ended, however, the file is free."""
    file = tmp_path / "votes.db"
    code = (
        "import asyncio, pathlib, sys, time\n"
        "from bot.store.sqlite import SqliteStore\n"
        "async def main():\n"
        f"    async with SqliteStore(pathlib.Path({str(file)!r}), b'key').leadership():\n"
        "        print('locked', flush=True)\n"
        "        sys.stdin.read()\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        store = await open_sqlite(file)
        with pytest.raises(StoreError, match="already runs on the database"):
            await store.leadership().__aenter__()
        other.kill()
    async with store.leadership() as leadership:
        assert leadership.is_leader
        assert leadership.may_finish
    await store.close()
