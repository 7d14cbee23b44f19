"""Bot API calls that readers wait for: rate-limited, and repeated when they fail."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import chain, repeat
from typing import TypeVar

from telegram import CallbackQuery
from telegram.error import NetworkError, RetryAfter, TelegramError

from bot.delivery.calls import answer_button
from bot.delivery.rate_limiter import ChatKey, Priority, RateLimiter
from bot.delivery.telegram_errors import (
    Refusal,
    is_transient,
    outcome_unknown,
    refusal_of,
    retry_delay,
)
from bot.logs import FailureLog

RETRY_DEADLINE = 120.0
"""Seconds after which a call is given up, if it is made again later anyway or is not missed."""
ANSWER_DEADLINE = 3600.0
"""The same for answers. Meanwhile their update is in the store (see ``bot.delivery.polling``), so
that an answer to a chat that Telegram has closed for minutes comes even after a restart."""
RETRY_PAUSES = (0.3, 1.0, 3.0, 5.0, 5.0, 5.0, 10.0)
"""Seconds before the first repetition of a failed call, the second and so on; then the last."""
BUTTON_RETRY_PAUSES = (0.3, 1.0, 3.0)
"""The same for answers to buttons, which Telegram accepts only for a short time."""
BUTTON_TIMEOUT = 5.0
"""Seconds for each attempt to answer a button. It may be answered twice, so waiting has no use."""
MAX_UNKNOWN_OUTCOMES = 2
"""Maximum number of attempts if the outcome is unknown (time-out): at most one duplicate."""
MAX_BUTTON_DELAY = 5.0
"""Seconds. If Telegram asks for a longer delay, a button is not answered: the reader has left."""

Result = TypeVar("Result")
log = logging.getLogger(__name__)


class Sender:
    """Makes Bot API calls within the rate limits.

    Attributes:
        limiter: The rate limiter that all calls go through.
    """

    def __init__(self, limiter: RateLimiter) -> None:
        self.limiter = limiter
        self._failures = FailureLog(log)

    async def call(
        self,
        chat: ChatKey,
        priority: Priority,
        make_call: Callable[[], Awaitable[Result]],
        max_unknown_outcomes: int = MAX_UNKNOWN_OUTCOMES,
        deadline: float = RETRY_DEADLINE,
    ) -> Result:
        """Make a call to a chat when the rate limiter allows it; repeat it while it fails.

        It is repeated even if it may have been carried out: two answers are better than none.

        Args:
            chat: The chat that is written to.
            priority: Which call goes first if several wait.
            make_call: Makes the call; called once for each attempt.
            max_unknown_outcomes: Maximum number of such attempts, 1 or more.
            deadline: Seconds from now, after which the call is given up.

        Raises:
            TelegramError: The call was refused, or failed until the deadline.
        """
        pauses, unknown = chain(RETRY_PAUSES, repeat(RETRY_PAUSES[-1])), 0
        end = (now := asyncio.get_running_loop().time)() + deadline
        while True:
            try:
                return await self._attempt(chat, priority, make_call)
            except RetryAfter as error:
                if now() + retry_delay(error) > end:
                    raise
            except NetworkError as error:
                if not is_transient(error):
                    raise
                self._failures.failed(f"Calls of Telegram fail: {error.message}")
                pause = next(pauses)
                unknown += outcome_unknown(error)
                if unknown >= max_unknown_outcomes or now() + pause > end:
                    raise
                await asyncio.sleep(pause)

    async def _attempt(
        self, chat: ChatKey, priority: Priority, make_call: Callable[[], Awaitable[Result]]
    ) -> Result:
        async with self.limiter.slot(chat, priority):
            result = await make_call()
        self._failures.recovered("Telegram carries out calls again.")
        return result

    async def answer_button(self, query: CallbackQuery, text: str | None = None) -> None:
        """Answer a tap on a button. A failure is only logged: what was asked for has been done.

        Answers to buttons are not rate-limited.

        Args:
            query: The tap.
            text: A toast of at most 200 characters; None for none.
        """
        for pause in (*BUTTON_RETRY_PAUSES, None):
            try:
                await answer_button(query.get_bot(), query.id, text, BUTTON_TIMEOUT)
                return
            except TelegramError as error:
                if refusal_of(error) is Refusal.QUERY_EXPIRED:
                    return
                delay = retry_delay(error) if isinstance(error, RetryAfter) else pause
                can_wait = isinstance(error, RetryAfter) or is_transient(error)
                if pause is None or delay is None or not can_wait or delay > MAX_BUTTON_DELAY:
                    self._failures.failed(f"A button could not be answered: {error.message}")
                    return
                await asyncio.sleep(delay)
