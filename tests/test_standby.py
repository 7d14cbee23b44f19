"""Several processes of one bot: one serves, the others stand by, and nothing is answered twice.

Real processes on a real PostgreSQL; they are killed, frozen, cut off and replaced.
"""

import asyncio
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests.store.conftest import execute
from tests.store.test_postgres import BREAK_ALL_CONNECTIONS
from tests.support.chat import Chat
from tests.support.corpora import ARTICLE
from tests.support.database_proxy import DatabaseProxy
from tests.support.processes import Process, article_bot
from tests.support.stage import Stage
from tests.support.waiting import until

pytestmark = pytest.mark.slow

STANDS_BY = "Another process serves; this one stands by."
TAKES_OVER = "This process serves now."
DELETED = "Deleted 1 rows"
NO_LONGER = "This process no longer serves"


class Fleet:
    """Processes of one bot, and readers who ask them."""

    def __init__(self, stage: Stage, url: str) -> None:
        self.stage, self.url = stage, url
        self.readers: list[Chat] = []

    async def start(self, **more: str) -> Process:
        """Start a process, and wait until it serves."""
        return await self.stage.process(**{"DATABASE_URL": self.url, **more})

    async def stand_by(self, **more: str) -> Process:
        """Start a process while another serves, and wait until it stands by."""
        return await self.stage.standby(**{"DATABASE_URL": self.url, **more})

    async def serves(self, process: Process) -> None:
        """Wait until a process that stood by serves."""
        await asyncio.to_thread(process.wait_for, re.compile("answers questions about"))

    async def ask(self, number: int) -> None:
        """Have so many new readers ask, each once."""
        for _ in range(number):
            self.readers.append(await self.stage.reader())
            await self.readers[-1].write("what did the US agree to?")

    async def answers(self) -> Counter[int]:
        """How many answers each reader got, all of whom have got one."""
        found: Counter[int] = Counter()

        async def fact() -> bool:
            calls = await self.stage.calls("sendmessage")
            found.clear()
            found.update(call["chat"] for call in calls if call["status"] == 200)
            return len(found) == len(self.readers) and await self.stage.pending() == 0

        def explain() -> str:
            logs = "\n".join(process.output[-500:] for process in self.stage.processes)
            return f"{len(found)} of {len(self.readers)} readers got an answer\n{logs}"

        await until(fact, explain)
        return found

    async def each_is_answered_once(self) -> None:
        answers = await self.answers()
        assert set(answers.values()) == {1}, answers


@pytest.fixture
async def fleet(stage: Stage, postgres_url: str) -> AsyncIterator[Fleet]:
    yield Fleet(stage, postgres_url)


async def test_a_process_that_stands_by_answers_nothing(fleet: Fleet) -> None:
    """It does not even fetch: the other's fetching would be ended. It says so once."""
    first = await fleet.start()
    second = await fleet.stand_by()
    await fleet.ask(10)
    await fleet.each_is_answered_once()
    assert (await fleet.stage.ask("totals"))["calls"]["getupdates"].get("409", 0) == 0
    await fleet.stage.stop(first)
    await fleet.serves(second)
    await fleet.ask(10)
    await fleet.each_is_answered_once()
    assert second.output.count(STANDS_BY) == second.output.count(TAKES_OVER) == 1
    assert "WARNING" not in first.output + second.output


async def test_only_the_process_that_serves_deletes(fleet: Fleet) -> None:
    """What is kept no longer; one that stands by does when it takes over."""
    settings = {"DATABASE_URL": fleet.url, "VOTER_KEY": "k" * 32}
    assert (await asyncio.to_thread(article_bot, "run", "--prepare", **settings)).returncode == 0
    old = "INSERT INTO saved_questions VALUES ('k', 'Why?', 0) RETURNING key"
    await execute(fleet.url, old)
    first = await fleet.start()
    await asyncio.to_thread(first.wait_for, re.compile(DELETED))
    await execute(fleet.url, old)
    second = await fleet.stand_by()
    await fleet.stage.kill(first)
    await asyncio.to_thread(second.wait_for, re.compile(DELETED))
    assert second.output.index(TAKES_OVER) < second.output.index(DELETED)


async def test_a_process_that_is_replaced(fleet: Fleet) -> None:
    """A new one stands by while the old one ends; no question is lost or answered twice."""
    old = await fleet.start()
    for _ in range(2):
        new = await fleet.stand_by()
        await fleet.ask(5)
        ending = asyncio.create_task(fleet.stage.stop(old))
        await fleet.ask(10)
        assert await ending == 0
        await fleet.serves(new)
        await fleet.ask(5)
        old = new
    await fleet.each_is_answered_once()


async def test_a_process_that_is_killed(fleet: Fleet) -> None:
    """Another takes over."""
    first = await fleet.start()
    second = await fleet.stand_by()
    await fleet.ask(5)
    await fleet.answers()
    await fleet.stage.kill(first)
    await fleet.ask(5)
    await fleet.serves(second)
    await fleet.each_is_answered_once()


async def test_a_process_that_wakes_up_later(fleet: Fleet) -> None:
    """The updates that it was given before are another's by now, and so are those that come."""
    first = await fleet.start()
    second = await fleet.stand_by()
    await fleet.ask(2)
    await fleet.answers()
    first.popen.send_signal(signal.SIGSTOP)
    # The server gives some of them to the call that the sleeping process still holds open.
    await fleet.ask(10)
    await fleet.serves(second)
    await fleet.answers()
    first.popen.send_signal(signal.SIGCONT)
    await asyncio.to_thread(first.wait_for, re.compile(NO_LONGER))
    await fleet.ask(10)
    await fleet.each_is_answered_once()
    # And it can take over in its turn.
    await fleet.stage.kill(second)
    await fleet.ask(5)
    await fleet.each_is_answered_once()


async def test_a_process_that_is_cut_off_from_the_database(fleet: Fleet) -> None:
    """It stops although it could still reach Telegram, before another begins."""
    async with DatabaseProxy(fleet.url) as proxy:
        first = await fleet.start(DATABASE_URL=proxy.url)
        second = await fleet.stand_by()
        await fleet.ask(5)
        await fleet.answers()
        proxy.flows.clear()
        await asyncio.to_thread(first.wait_for, re.compile(NO_LONGER))
        await fleet.ask(10)
        await fleet.serves(second)
        await fleet.each_is_answered_once()
        proxy.flows.set()
        await asyncio.to_thread(first.wait_for, re.compile(re.escape(STANDS_BY)))
        await fleet.ask(10)
        await fleet.each_is_answered_once()


async def test_connections_that_are_cut(fleet: Fleet) -> None:
    """The same process goes on, and nothing is answered twice."""
    first = await fleet.start()
    second = await fleet.stand_by()
    for _ in range(6):
        await fleet.ask(5)
        await execute(fleet.url, BREAK_ALL_CONNECTIONS)
    await fleet.each_is_answered_once()
    assert first.exit_code is None
    assert TAKES_OVER not in second.output


async def test_an_update_that_was_answered_and_not_confirmed(fleet: Fleet) -> None:
    """The next process gets it again from Telegram, and finds that it was handled."""
    first = await fleet.start()
    await fleet.ask(1)
    await fleet.answers()
    # The call that waits for updates now still returns the next one, but none confirms it.
    await fleet.stage.fault("500", method="getUpdates")
    await fleet.ask(1)
    handled = "SELECT update_id FROM handled_updates"

    async def all_are_noted() -> bool:
        return len(await execute(fleet.url, handled)) == 2

    await until(all_are_noted)
    assert await fleet.stage.pending() > 0
    await fleet.stage.kill(first)
    await fleet.stage.mend()
    await fleet.start()
    await fleet.ask(1)
    await fleet.each_is_answered_once()


def _tap_on(reaction: str) -> str:
    return f"""'%"data": "r:{ARTICLE}:{reaction}"%'"""


async def test_taps_that_were_saved_when_a_process_was_killed(fleet: Fleet) -> None:
    """No tap is saved without those before it: the next process would handle it first."""
    first = await fleet.start()
    ada = await fleet.stage.reader()
    answer = await ada.send("/article")
    await fleet.stage.settled(first)
    # What is saved of the second tap takes long, and of the third it does not.
    await execute(
        fleet.url,
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF new.body LIKE {_tap_on('love')} THEN PERFORM pg_sleep(2); END IF;"
        " RETURN new; END $$",
        "CREATE TRIGGER late BEFORE INSERT ON deferred_updates"
        " FOR EACH ROW EXECUTE FUNCTION late()",
        "SELECT 1",
    )
    slow = await fleet.stage.fault("slow", method="answerCallbackQuery", seconds=60)
    await ada.tap_only(answer, f"r:{ARTICLE}:like")
    await fleet.stage.struck(slow)
    await ada.tap_only(answer, f"r:{ARTICLE}:love")
    await ada.tap_only(answer, f"r:{ARTICLE}:wow")

    async def last_is_saved() -> bool:
        last = f"SELECT 1 FROM deferred_updates WHERE body LIKE {_tap_on('wow')}"
        return bool(await execute(fleet.url, last))

    await until(last_is_saved)
    await fleet.stage.kill(first)
    await fleet.stage.mend()
    second = await fleet.start()
    await fleet.stage.settled(second)
    await ada.shows(answer, "😮 1")


async def test_two_processes_on_a_sqlite_file(stage: Stage) -> None:
    """The second ends with a sentence; commands that do not serve go on working."""
    first = await stage.process()
    settings = stage.settings()
    second = await asyncio.to_thread(article_bot, "run", folder=stage.folder, **settings)
    assert second.returncode == 2
    assert "The bot already runs on the database" in second.stderr
    stats = await asyncio.to_thread(article_bot, "stats", folder=stage.folder, **settings)
    assert stats.returncode == 0, stats.stderr
    assert (await (await stage.reader()).send("security"))["text"]
    await stage.kill(first)
    await stage.process()
