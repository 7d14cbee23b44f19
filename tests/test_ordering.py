"""Many readers at once, each reader's updates one by one; in virtual time."""

import asyncio
import datetime as dt
import random

from telegram import CallbackQuery, Chat, Message, Update, User

from bot.delivery.ordering import UpdateSequencer
from tests.support.virtual_time import run_in_virtual_time

ADA, BEN = (User(number, "Reader", is_bot=False) for number in (1, 2))


def tap(number: int, reader: User, data: str = "r:x:like") -> Update:
    message = Message(number, dt.datetime.now(dt.UTC), Chat(reader.id, "private"))
    query = CallbackQuery(str(number), reader, "1", message=message, data=data)
    return Update(number, callback_query=query)


def written(number: int, reader: User, text: str, chat: int = 0) -> Update:
    """Return a message in the reader's own chat, unless another one is named."""
    where = Chat(chat or reader.id, "supergroup" if chat else "private")
    now = dt.datetime.now(dt.UTC)
    return Update(number, message=Message(number, now, where, from_user=reader, text=text))


def test_a_readers_updates_keep_their_order() -> None:
    """However long each takes; several readers are handled at the same time."""
    sequencer, done = UpdateSequencer(), []
    chance = random.Random(1)
    running = most = 0

    async def handle(update: Update) -> None:
        nonlocal running, most
        async with sequencer.hold(update):
            running += 1
            most = max(most, running)
            await asyncio.sleep(chance.random())
            running -= 1
            done.append(update.update_id)

    async def scenario() -> None:
        readers = [User(number, "Reader", is_bot=False) for number in range(10)]
        await asyncio.gather(*(handle(tap(n, readers[n % 10])) for n in range(100)))

    run_in_virtual_time(scenario())
    for reader in range(10):
        own = [number for number in done if number % 10 == reader]
        assert own == sorted(own)
    assert most == 10


def test_a_tap_waits_for_taps_and_forget_only() -> None:
    """Neither for the reader's own question that takes long, nor for another reader."""
    sequencer = UpdateSequencer()

    async def waits(update: Update) -> bool:
        try:
            async with asyncio.timeout(60), sequencer.hold(update):
                return False
        except TimeoutError:
            return True

    async def scenario() -> None:
        async with sequencer.hold(written(1, ADA, "why?")), sequencer.hold(tap(2, BEN)):
            assert not await waits(tap(3, ADA))
            assert await waits(written(4, ADA, "and when?"))
            assert await waits(tap(5, ADA, "q:x:0123456789"))
            assert await waits(written(6, BEN, "/forget"))
            assert not await waits(written(7, BEN, "why?"))
            assert await waits(written(8, ADA, "/forget"))
            assert not await waits(written(9, ADA, "why?", chat=-5))

    run_in_virtual_time(scenario())


def test_one_readers_many_taps_hold_nobody_up() -> None:
    """Another reader's turn comes at once."""
    sequencer = UpdateSequencer()

    async def handle(update: Update, seconds: float) -> float:
        async with sequencer.hold(update):
            await asyncio.sleep(seconds)
            return asyncio.get_running_loop().time()

    async def scenario() -> list[float]:
        taps = [asyncio.create_task(handle(tap(n, ADA), 1.0)) for n in range(100)]
        await asyncio.sleep(0)
        assert await handle(tap(999, BEN), 0) == 0.0
        return await asyncio.gather(*taps)

    assert run_in_virtual_time(scenario()) == [float(n + 1) for n in range(100)]
