"""Telegram's limits, and which of the waiting calls goes first; in virtual time."""

import asyncio
import random
from itertools import pairwise

import pytest

from bot.delivery.identity import Caller, caller
from bot.delivery.rate_limiter import (
    TAP_COOLDOWN,
    ChatKey,
    Limits,
    Priority,
    RateLimiter,
)
from bot.delivery.sliding_window import Window
from tests.support.virtual_time import run_in_virtual_time

ADA, BEN, CLEO, GROUP = 1, 2, 4, -3
ANSWER, TAPPED, REFRESH = Priority


def test_a_window_holds_wherever_it_is_put() -> None:
    """Random calls of random length: never more than three arrive within a second."""
    chance = random.Random(1)
    window, now, arrived = Window(3, 1.0), 0.0, []
    for _ in range(300):
        free = window.free_at(now)
        assert free is not None
        now = max(now, free) + chance.choice([0.0, 0.01, 0.3])
        window.start()
        # The call arrives at some time before its answer comes back.
        arrived.append(now + chance.random() / 10)
        now += chance.random() / 10 + 0.1
        window.end(now)
    arrived.sort()
    assert all(later - earlier >= 1.0 for earlier, later in zip(arrived, arrived[3:], strict=False))


@pytest.mark.parametrize(("rate", "spacing"), [(0.5, 2.0), (1, 1.0), (4, 1.0)])
def test_rates_below_one_and_above(rate: float, spacing: float) -> None:
    """Half a message a second is one in two seconds."""
    window = Window(rate, 1.0)
    for _ in range(max(1, int(rate))):
        assert window.free_at(5.0) == 5.0
        window.start()
        window.end(5.0)
    assert window.free_at(5.0) == 5.0 + spacing


def test_a_small_limit_keeps_nothing_in_reserve() -> None:
    """With one message a minute there is nothing to reserve."""
    assert Window(1, 60.0).free_at(5.0, reserve=1) == 5.0


async def admitted(
    limiter: RateLimiter, *wanted: tuple[ChatKey, Priority]
) -> list[tuple[float, ChatKey, Priority]]:
    """Ask for slots at once, in that order; return them with the times when they were given."""
    given: list[tuple[float, ChatKey, Priority]] = []

    async def one(chat: ChatKey, priority: Priority) -> None:
        async with limiter.slot(chat, priority):
            given.append((round(now(), 3), chat, priority))

    await asyncio.gather(*(one(*slot) for slot in wanted))
    return given


def now() -> float:
    """Return the virtual time in seconds."""
    return asyncio.get_running_loop().time()


def test_the_order_of_waiting_calls() -> None:
    """An answer, then the tapped messages, the latest first, then others."""

    async def scenario() -> list[tuple[float, ChatKey, Priority]]:
        limiter = RateLimiter(Limits(overall_per_second=1))
        return await admitted(
            limiter, (99, ANSWER), (1, REFRESH), (2, TAPPED), (3, TAPPED), (4, ANSWER)
        )

    assert run_in_virtual_time(scenario()) == [
        (0.0, 99, ANSWER),
        (1.0, 4, ANSWER),
        (2.0, 3, TAPPED),
        (3.0, 2, TAPPED),
        (4.0, 1, REFRESH),
    ]


def test_a_chat_waits_for_itself_only() -> None:
    """One a second in Ada's chat; Ben's is free."""

    async def scenario() -> list[tuple[float, ChatKey, Priority]]:
        limiter = RateLimiter(Limits())
        return await admitted(limiter, (ADA, ANSWER), (ADA, ANSWER), (BEN, REFRESH))

    assert run_in_virtual_time(scenario()) == [
        (0.0, ADA, ANSWER),
        (0.0, BEN, REFRESH),
        (1.0, ADA, ANSWER),
    ]


def test_a_block_is_for_one_chat() -> None:
    """For as long as Telegram says."""

    async def scenario() -> list[tuple[float, ChatKey, Priority]]:
        limiter = RateLimiter(Limits())
        limiter.block(ADA, 7.5)
        assert limiter.delay(ADA, REFRESH) == 7.5
        assert limiter.delay(BEN, REFRESH) == 0
        return await admitted(limiter, (ADA, ANSWER), (BEN, REFRESH))

    assert run_in_virtual_time(scenario()) == [(0.0, BEN, REFRESH), (7.5, ADA, ANSWER)]


def test_a_group_is_refreshed_evenly() -> None:
    """If its refreshes came all at once, its messages would stay outdated for a minute."""

    async def scenario() -> None:
        limiter = RateLimiter(Limits(overall_per_second=1000))
        await admitted(limiter, (ADA, TAPPED))
        await admitted(limiter, (GROUP, REFRESH))
        assert limiter.delay(GROUP, REFRESH) == pytest.approx(12)
        assert limiter.delay(GROUP, TAPPED) == 0
        await asyncio.sleep(TAP_COOLDOWN + 0.01)
        # Nobody taps any more, so what is refreshed now stays current.
        assert limiter.delay(GROUP, REFRESH) == 0

    run_in_virtual_time(scenario())


def test_readers_in_a_group_find_room() -> None:
    """While they tap, refreshing leaves a quarter of a group's limit for their taps."""

    async def scenario() -> None:
        limiter = RateLimiter(Limits(overall_per_second=1000))
        await admitted(limiter, *[(GROUP, TAPPED)] * 15)
        assert limiter.delay(GROUP, REFRESH) == pytest.approx(60)
        assert limiter.delay(GROUP, TAPPED) == 0

    run_in_virtual_time(scenario())


def test_a_reader_who_taps_is_not_kept_waiting() -> None:
    """Other messages in the same private chat wait until the reader stops tapping."""

    async def scenario() -> None:
        limiter = RateLimiter(Limits())
        await admitted(limiter, (ADA, TAPPED))
        assert limiter.delay(ADA, TAPPED) == pytest.approx(1)
        assert limiter.delay(ADA, REFRESH) == pytest.approx(TAP_COOLDOWN)

    run_in_virtual_time(scenario())


def test_refreshes_go_evenly() -> None:
    """After a burst of them the next answer would wait for a second."""

    async def scenario() -> list[tuple[float, ChatKey, Priority]]:
        limiter = RateLimiter(Limits(overall_per_second=20))
        refreshing = asyncio.create_task(
            admitted(limiter, *((n, REFRESH) for n in range(100, 120)))
        )
        await asyncio.sleep(0.3)
        before = now()
        await admitted(limiter, (ADA, ANSWER))
        assert now() == before
        return await refreshing

    times = [time for time, _, _ in run_in_virtual_time(scenario())]
    assert len(times) == 20
    assert all(later - earlier >= 0.0499 for earlier, later in pairwise(times))
    assert times[-1] < 1.1


def test_a_caller_that_gives_up_holds_no_slot() -> None:
    """Cancelled while waiting, and in the very moment when the slot is given."""

    async def scenario() -> list[tuple[float, ChatKey, Priority]]:
        limiter = RateLimiter(Limits())
        async with limiter.slot(ADA, ANSWER):
            waiting = asyncio.create_task(admitted(limiter, (ADA, ANSWER)))
            await asyncio.sleep(0.01)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            also = asyncio.create_task(admitted(limiter, (BEN, ANSWER)))
            await asyncio.sleep(0)
            also.cancel()
            await asyncio.gather(also, return_exceptions=True)
        return await admitted(limiter, (ADA, ANSWER), (BEN, ANSWER))

    given = run_in_virtual_time(scenario())
    assert sorted(chat for _, chat, _ in given) == [ADA, BEN]
    assert max(time for time, _, _ in given) < 1.1


def test_one_member_leaves_room_for_others() -> None:
    """Of 20 messages a minute one gets 15 at most, until a minute after the first of the last 5."""

    async def asked(limiter: RateLimiter, member: int, times: int) -> list[float]:
        caller.set(Caller(member))
        slots = [(GROUP, ANSWER)] * times
        return [at for at, _, _ in await admitted(limiter, *slots)]

    async def scenario() -> list[list[float]]:
        limiter = RateLimiter(Limits())
        return await asyncio.gather(
            asked(limiter, ADA, 20), asked(limiter, BEN, 3), asked(limiter, CLEO, 2)
        )

    ada, ben, cleo = run_in_virtual_time(scenario())
    assert ada == [0.0] * 15 + [60.0] * 5
    assert ben == [0.0] * 3
    assert cleo == [0.0] * 2


def test_members_who_ask_little_share_the_whole_limit() -> None:
    """Nothing is kept free for somebody else while nobody takes much."""

    async def asked(limiter: RateLimiter, member: int) -> float:
        caller.set(Caller(member))
        return (await admitted(limiter, (GROUP, ANSWER)))[0][0]

    async def scenario() -> list[float]:
        limiter = RateLimiter(Limits())
        return await asyncio.gather(*(asked(limiter, member) for member in range(20)))

    assert run_in_virtual_time(scenario()) == [0.0] * 20
