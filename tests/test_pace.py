"""Whose turn it is: Telegram's limits and the right of way."""

import asyncio
import random
import time

import pytest

from bot.delivery.rate_limiter import ChatKey, Limits, Priority, RateLimiter, Window

ADA, BEN, GROUP = 1, 2, -3


def test_a_window_holds_wherever_it_is_put() -> None:
    """Random calls of random length: never more than three begin within a second at the server."""
    chance = random.Random(1)
    window, now, arrived = Window(3, 1.0), 0.0, []
    for _ in range(300):
        free = window.free_at(now)
        assert free is not None
        now = max(now, free) + chance.choice([0.0, 0.01, 0.3])
        window.begin()
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
        window.begin()
        window.end(5.0)
    assert window.free_at(5.0) == 5.0 + spacing


def test_a_small_limit_leaves_a_place_all_the_same() -> None:
    """With one message a minute there is nothing to reserve."""
    assert Window(1, 60.0).free_at(5.0, reserve=1) == 5.0


async def turns(
    pace: RateLimiter, *wanted: tuple[ChatKey, Priority]
) -> list[tuple[ChatKey, Priority]]:
    """Ask for turns at the same time, in that order; return them as they were given."""
    given: list[tuple[ChatKey, Priority]] = []

    async def one(place: ChatKey, rank: Priority) -> None:
        async with pace.turn(place, rank):
            given.append((place, rank))

    await asyncio.gather(*(one(*turn) for turn in wanted))
    return given


async def test_right_of_way() -> None:
    """A new answer, then the pressed copies, the latest first, then others, however they came."""
    pace = RateLimiter(Limits(overall_per_second=1))
    async with pace.turn(99, Priority.ANSWER):
        pass
    started = time.monotonic()
    given = await turns(
        pace,
        (1, Priority.OTHERS),
        (2, Priority.PRESSED),
        (3, Priority.PRESSED),
        (4, Priority.ANSWER),
    )
    assert given == [
        (4, Priority.ANSWER),
        (3, Priority.PRESSED),
        (2, Priority.PRESSED),
        (1, Priority.OTHERS),
    ]
    assert time.monotonic() - started > 3.9


async def test_a_chat_waits_for_itself_only() -> None:
    """One a second in Ada's chat; Ben's is free."""
    pace = RateLimiter(Limits())
    started = time.monotonic()
    given = await turns(
        pace, (ADA, Priority.ANSWER), (ADA, Priority.ANSWER), (BEN, Priority.OTHERS)
    )
    assert given == [(ADA, Priority.ANSWER), (BEN, Priority.OTHERS), (ADA, Priority.ANSWER)]
    assert 0.99 < time.monotonic() - started < 1.5


async def test_a_pause_is_for_one_chat() -> None:
    """As long as Telegram says."""
    pace = RateLimiter(Limits())
    pace.pause(ADA, 0.4)
    assert 0.3 < pace.wait(ADA, Priority.OTHERS) <= 0.4
    assert pace.wait(BEN, Priority.OTHERS) == 0
    started = time.monotonic()
    assert await turns(pace, (ADA, Priority.ANSWER), (BEN, Priority.OTHERS)) == [
        (BEN, Priority.OTHERS),
        (ADA, Priority.ANSWER),
    ]
    assert time.monotonic() - started > 0.39


async def test_a_group_is_refreshed_evenly() -> None:
    """All at once, and its copies would be left as they are for the rest of the minute."""
    pace = RateLimiter(Limits(overall_per_second=1000))
    async with pace.turn(ADA, Priority.PRESSED):
        pass
    async with pace.turn(GROUP, Priority.OTHERS):
        pass
    assert 11 < pace.wait(GROUP, Priority.OTHERS) <= 12
    assert pace.wait(GROUP, Priority.PRESSED) == 0
    await asyncio.sleep(2.05)
    # Nobody taps any more, so what is refreshed now stays true.
    assert pace.wait(GROUP, Priority.OTHERS) == 0


async def test_readers_in_a_group_find_room() -> None:
    """While they tap, what is refreshed in the background leaves a quarter of a group's limit."""
    pace = RateLimiter(Limits(overall_per_second=1000))
    for _ in range(15):
        async with pace.turn(GROUP, Priority.PRESSED):
            pass
    assert pace.wait(GROUP, Priority.OTHERS) > 50
    assert pace.wait(GROUP, Priority.PRESSED) == 0


async def test_a_reader_who_taps_is_not_kept_waiting() -> None:
    """Other copies in the same private chat wait until the reader is quiet for a while."""
    pace = RateLimiter(Limits())
    async with pace.turn(ADA, Priority.PRESSED):
        pass
    assert 0.9 < pace.wait(ADA, Priority.PRESSED) <= 1
    assert 1.9 < pace.wait(ADA, Priority.OTHERS) <= 2


async def test_others_go_evenly() -> None:
    """A burst of them would leave no place for the next answer for a second."""
    pace = RateLimiter(Limits(overall_per_second=20))
    refreshing = asyncio.create_task(turns(pace, *((n, Priority.OTHERS) for n in range(100, 120))))
    await asyncio.sleep(0.3)
    started = time.monotonic()
    await turns(pace, (ADA, Priority.ANSWER))
    assert time.monotonic() - started < 0.05
    started = time.monotonic()
    assert len(await refreshing) == 20
    assert 0.5 < time.monotonic() - started < 1.5


async def test_one_who_gives_up_holds_no_place() -> None:
    """Cancelled while waiting, and in the very moment when the turn is given."""
    pace = RateLimiter(Limits())
    async with pace.turn(ADA, Priority.ANSWER):
        waiting = asyncio.create_task(turns(pace, (ADA, Priority.ANSWER)))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        also = asyncio.create_task(turns(pace, (BEN, Priority.ANSWER)))
        await asyncio.sleep(0)
        also.cancel()
        await asyncio.gather(also, return_exceptions=True)
    await asyncio.sleep(1.01)
    assert await turns(pace, (ADA, Priority.ANSWER), (BEN, Priority.ANSWER))
