"""Calls that readers wait for: made in their turn, and again when the network or Telegram fails."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import chain, repeat
from typing import Any, TypeVar

from telegram import CallbackQuery, LinkPreviewOptions
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.delivery.rate_limiter import ChatKey, Priority, RateLimiter
from bot.views.answers import OutgoingMessage

PATIENCE = 120.0
"""Seconds after which nobody waits any more for what a chat's limit holds back."""
PAUSES = (0.3, 1.0, 3.0, 5.0)
"""Seconds before a call that failed is tried again, for each try; then always the last."""
MAX_UNKNOWN_OUTCOMES = 3
"""Times that a call is made of which nobody knows whether it was carried out."""
BUTTON_PAUSES = (0.3, 1.0)
"""The same for the answer to a button, which Telegram soon takes no more."""
BUTTON_WAIT = 5.0
"""Seconds that a button may be told to wait; later its answer helps nobody."""

Result = TypeVar("Result")
log = logging.getLogger(__name__)


class Sender:
    """Makes calls."""

    def __init__(self, pace: RateLimiter) -> None:
        self.pace = pace

    async def call(
        self,
        place: ChatKey,
        rank: Priority,
        make: Callable[[], Awaitable[Result]],
        unheard_at_most: int = MAX_UNKNOWN_OUTCOMES,
    ) -> Result:
        """Make a call to a chat when its turn comes.

        It is made until it succeeds, for PATIENCE seconds. After a time-out nobody knows whether
        a message was sent; it is sent again then, as two answers are better than none, but
        unheard_at_most times, as ten are not.

        Raises:
            TelegramError: it is refused, or failed after all tries.
        """
        pauses, unheard = chain(PAUSES, repeat(PAUSES[-1])), 0
        clock = asyncio.get_running_loop().time
        deadline = clock() + PATIENCE
        while True:
            try:
                async with self.pace.turn(place, rank):
                    return await make()
            except RetryAfter as error:
                self.pace.pause(place, seconds(error))
                if clock() + seconds(error) > deadline:
                    raise
            except NetworkError as error:
                pause = next(pauses)
                unheard += outcome_unknown(error)
                if not _may_pass(error) or unheard >= unheard_at_most or clock() + pause > deadline:
                    raise
                await asyncio.sleep(pause)

    async def answer_button(self, query: CallbackQuery, text: str | None = None) -> None:
        """Answer a press, at once: there is no limit. A failure is logged and no more.

        What the press asked for was done already.

        text: a toast of at most 200 characters; None for none.
        """
        for pause in (*BUTTON_PAUSES, None):
            try:
                await query.answer(text)
                return
            except TelegramError as error:
                # Telegram gives up on a press after a while, which is no trouble of ours.
                if "query is too old" in error.message.lower():
                    return
                if pause is None or not _may_pass(error):
                    log.warning("A button could not be answered: %s", error.message)
                    return
                await asyncio.sleep(seconds(error) if isinstance(error, RetryAfter) else pause)


def _may_pass(error: TelegramError) -> bool:
    """Whether the same call may well succeed a little later."""
    if isinstance(error, RetryAfter):
        return seconds(error) <= BUTTON_WAIT
    # For the library a refusal is a kind of network error.
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def outcome_unknown(error: NetworkError) -> bool:
    """Whether the call may have been carried out: its answer was lost, and not its way there."""
    lost = isinstance(error, TimedOut) or error.message.startswith("httpx.")
    return lost and "ConnectError" not in error.message


def seconds(error: RetryAfter) -> float:
    """Return for how long a chat must be left alone."""
    after = error.retry_after
    # A number or a time span, as the library is told by PTB_TIMEDELTA.
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def sending(rendered: OutgoingMessage) -> dict[str, Any]:
    """Return a message as the parameters of the calls that send or edit a text."""
    return {
        "text": rendered.text,
        "entities": rendered.entities,
        "reply_markup": rendered.keyboard,
        "link_preview_options": LinkPreviewOptions(
            is_disabled=rendered.preview is None, url=rendered.preview
        ),
    }
