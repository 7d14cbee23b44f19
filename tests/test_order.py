"""Many readers at once, each reader's updates one by one."""

import asyncio
import random
import time

from telegram import CallbackQuery, Update, User

from bot.order import AT_ONCE, ReaderOrder


def tap(number: int, reader: int) -> Update:
    sender = User(reader, "Reader", is_bot=False)
    return Update(number, callback_query=CallbackQuery(str(number), sender, "1", data="x"))


async def test_a_readers_updates_keep_their_order() -> None:
    """However long each takes; several readers are handled at the same time."""
    order, done = ReaderOrder(), []
    chance = random.Random(1)
    running = most = 0

    async def handle(number: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(chance.random() / 100)
        running -= 1
        done.append(number)

    updates = [tap(number, reader=number % 10) for number in range(100)]
    await asyncio.gather(
        *(order.process_update(update, handle(update.update_id)) for update in updates)
    )
    for reader in range(10):
        own = [number for number in done if number % 10 == reader]
        assert own == sorted(own)
    assert most > 1


async def test_one_readers_many_taps_hold_nobody_up() -> None:
    """More of them than there are places leave places for others."""
    order = ReaderOrder()
    taps = [
        asyncio.create_task(order.process_update(tap(n, reader=1), asyncio.sleep(0.02)))
        for n in range(2 * AT_ONCE)
    ]
    await asyncio.sleep(0)
    started = time.monotonic()
    await order.process_update(tap(999, reader=2), asyncio.sleep(0))
    assert time.monotonic() - started < 0.1
    assert sum(task.done() for task in taps) < AT_ONCE
    await asyncio.gather(*taps)
