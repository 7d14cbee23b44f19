"""Telegram refuses the whole bot: edits wait together, and answers open them again."""

import asyncio
from collections.abc import Callable
from math import ceil

import pytest
from telegram.error import RetryAfter

from bot.delivery.flood_watch import MIN_CHATS
from bot.delivery.rate_limiter import Limits, Priority, RateLimiter
from tests.support.virtual_time import run_in_virtual_time

ANSWER, TAPPED, REFRESH = Priority


@pytest.fixture(autouse=True)
def _time_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the bot's client has it."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


class Server:
    """Refuses calls as Telegram does, and notes the time and outcome of each."""

    def __init__(self, refuses: Callable[[int, float], float]) -> None:
        """Take a function: chat, time -> seconds for which the chat is refused, 0 for none."""
        self.limiter = RateLimiter(Limits(1, 20, 30))
        self.calls: list[tuple[float, int, bool]] = []
        self._refuses = refuses

    async def edit(self, chat: int, priority: Priority, latency: float = 0.05) -> None:
        while True:
            try:
                async with self.limiter.slot(chat, priority):
                    began = asyncio.get_running_loop().time()
                    await asyncio.sleep(latency)
                    seconds = self._refuses(chat, began)
                    self.calls.append((began, chat, not seconds))
                    if seconds:
                        raise RetryAfter(ceil(seconds))
            except RetryAfter:
                continue
            return

    def edit_all(self, chats: range, priority: Priority) -> None:
        async def run() -> None:
            await asyncio.gather(*(self.edit(chat, priority) for chat in chats))

        run_in_virtual_time(run())

    @property
    def refused(self) -> list[tuple[float, int, bool]]:
        return [call for call in self.calls if not call[2]]


def whole_bot(until: float) -> Callable[[int, float], float]:
    return lambda _, now: max(0.0, until - now)


def test_refreshing_waits_as_a_whole() -> None:
    """Of 200 chats a handful are refused, not each; then one call finds out, and all go on."""
    server = Server(whole_bot(20.0))
    server.edit_all(range(1, 201), REFRESH)
    assert MIN_CHATS <= len(server.refused) <= 10
    assert sum(accepted for *_, accepted in server.calls) == 200
    assert all(began < 1 or began >= 19 for began, *_ in server.calls)


def test_tapped_messages_wait_as_a_whole() -> None:
    """Thirty a second may be under way when the first is refused; the others are not tried."""
    server = Server(whole_bot(20.0))
    server.edit_all(range(1, 201), TAPPED)
    assert len(server.refused) <= 30 + 10


def test_a_refusal_that_is_repeated_costs_one_call() -> None:
    """Telegram closes again after each time that it asked for."""
    closed = [(0.0, 10.0), (10.0, 40.0), (40.0, 100.0)]

    def refuses(_: int, now: float) -> float:
        return next((end - now for start, end in closed if start <= now < end), 0.0)

    server = Server(refuses)
    server.edit_all(range(1, 201), REFRESH)
    first = [call for call in server.refused if call[0] < 5]
    assert len(server.refused) - len(first) <= 6


def test_one_closed_chat_holds_up_no_other() -> None:
    """Nor do two, or many among others that are accepted."""
    server = Server(lambda chat, now: max(0.0, 60.0 - now) if chat % 10 == 0 else 0.0)
    server.edit_all(range(1, 101), REFRESH)
    others = [began for began, chat, _ in server.calls if chat % 10]
    assert max(others) < 100 / 30 + 2
    assert len(server.refused) == 10


def test_answers_are_made_meanwhile_and_open_the_rest() -> None:
    """An answer that Telegram accepts shows that the bot is not refused any more."""
    open_again = asyncio.Event()
    server = Server(lambda *_: 0.0 if open_again.is_set() else 600.0)

    async def run() -> None:
        edits = [asyncio.create_task(server.edit(chat, REFRESH)) for chat in range(1, 51)]
        await asyncio.sleep(10)
        refused = {chat for _, chat, _ in server.refused}
        assert len(refused) < 10
        open_again.set()
        await server.edit(999, ANSWER)
        assert asyncio.get_running_loop().time() < 11
        waiting = [task for n, task in enumerate(edits, 1) if n not in refused]
        await asyncio.wait(waiting, timeout=5)
        assert all(task.done() for task in waiting)
        for task in edits:
            task.cancel()

    run_in_virtual_time(run())
