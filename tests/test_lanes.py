"""Many readers at once, each reader's updates one by one."""

import asyncio
import datetime as dt
import random
import time

from telegram import CallbackQuery, Chat, Message, Update, User

from bot.delivery.ordering import UpdateSequencer

ADA, BEN = (User(number, "Reader", is_bot=False) for number in (1, 2))


def tap(number: int, reader: User, data: str = "r:x:like") -> Update:
    message = Message(number, dt.datetime.now(dt.UTC), Chat(reader.id, "private"))
    query = CallbackQuery(str(number), reader, "1", message=message, data=data)
    return Update(number, callback_query=query)


def written(number: int, reader: User, text: str, chat: int = 0) -> Update:
    """In the reader's own chat, unless another one is named."""
    where = Chat(chat or reader.id, "supergroup" if chat else "private")
    now = dt.datetime.now(dt.UTC)
    return Update(number, message=Message(number, now, where, from_user=reader, text=text))


async def test_a_readers_updates_keep_their_order() -> None:
    """However long each takes; several readers are handled at the same time."""
    lanes, done = UpdateSequencer(), []
    chance = random.Random(1)
    running = most = 0

    async def handle(update: Update) -> None:
        nonlocal running, most
        async with lanes.hold(update):
            running += 1
            most = max(most, running)
            await asyncio.sleep(chance.random() / 100)
            running -= 1
            done.append(update.update_id)

    readers = [User(number, "Reader", is_bot=False) for number in range(10)]
    await asyncio.gather(*(handle(tap(n, readers[n % 10])) for n in range(100)))
    for reader in range(10):
        own = [number for number in done if number % 10 == reader]
        assert own == sorted(own)
    assert most > 1


async def test_a_tap_waits_for_taps_and_forget_only() -> None:
    """Neither for the reader's own question that takes long, nor for another reader."""
    lanes = UpdateSequencer()

    async def waits(update: Update) -> bool:
        try:
            async with asyncio.timeout(0.05), lanes.hold(update):
                return False
        except TimeoutError:
            return True

    async with lanes.hold(written(1, ADA, "why?")), lanes.hold(tap(2, BEN)):
        assert not await waits(tap(3, ADA))
        assert await waits(written(4, ADA, "and when?"))
        assert await waits(tap(5, ADA, "q:x:0123456789"))
        assert await waits(written(6, BEN, "/forget"))
        assert not await waits(written(7, BEN, "why?"))
        assert await waits(written(8, ADA, "/forget"))
        assert not await waits(written(9, ADA, "why?", chat=-5))


async def test_one_readers_many_taps_hold_nobody_up() -> None:
    """Another reader's turn comes at once."""
    lanes = UpdateSequencer()

    async def handle(update: Update, seconds: float) -> None:
        async with lanes.hold(update):
            await asyncio.sleep(seconds)

    taps = [asyncio.create_task(handle(tap(n, ADA), 0.02)) for n in range(100)]
    await asyncio.sleep(0)
    started = time.monotonic()
    await handle(tap(999, BEN), 0)
    assert time.monotonic() - started < 0.1
    assert not all(task.done() for task in taps)
    for task in taps:
        task.cancel()
