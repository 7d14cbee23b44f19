"""The calls that a bot needs to begin, tried again until Telegram answers them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.delivery.telegram_errors import describe, retry_delay
from bot.logs import FailureLog

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds before the next attempt after the first failure, the second and so on."""

_REFUSALS = (InvalidToken, Forbidden, BadRequest, Conflict)
"""What Telegram would say again."""
_NO_ANSWER = (KeyError, TypeError, AttributeError, ValueError)
"""What the library raises if an answer is JSON, but not the Bot API's."""

Result = TypeVar("Result")

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def connected_at_last(bot: Bot, server: str) -> AsyncIterator[None]:
    """Connect a client, however long that takes.

    Args:
        bot: The client.
        server: The address of the Bot API as the log may show it.

    Raises:
        TelegramError: Telegram refuses the token.
    """
    try:
        await answered(bot.initialize, server)
        yield
    finally:
        await bot.shutdown()


async def answered(call: Callable[[], Awaitable[Result]], server: str) -> Result:
    """Return the result of a call, which is repeated until there is one.

    Args:
        call: Makes the call; being made twice must do no harm.
        server: The address of the Bot API as the log may show it.

    Raises:
        TelegramError: Telegram refuses the call.
    """
    failures, failure_log = 0, FailureLog(log)
    while True:
        try:
            result = await call()
        except _REFUSALS:
            raise
        except (TelegramError, *_NO_ANSWER) as error:
            told = error if isinstance(error, TelegramError) else None
            reason = describe(told) if told else "the answer is not that of a Bot API server"
            failure_log.failed(f"{server} cannot be used, trying again: {reason}")
            pause = PAUSES[min(failures, len(PAUSES) - 1)]
            await asyncio.sleep(retry_delay(error) if isinstance(error, RetryAfter) else pause)
            failures += 1
        else:
            failure_log.recovered(f"{server} answers.")
            return result
