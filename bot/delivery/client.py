"""Creates the Bot API client from the settings, and explains its errors."""

import contextlib
import os
from collections.abc import AsyncIterator, Iterator

from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot
from telegram.request import BaseRequest

from bot.config import Settings
from bot.delivery.http_requests import BotApiRequest, environment_proxy
from bot.delivery.metered_request import MeteredRequest
from bot.delivery.metrics import Metrics
from bot.errors import ConnectError, SettingsError


def create_bot(settings: Settings, request: BaseRequest | None = None) -> ExtBot[None]:
    """Return a client that is not connected yet.

    Args:
        settings: The settings.
        request: The HTTP client; None for a new one.

    Raises:
        SettingsError: No token is set.
        ConnectError: The environment names a proxy that cannot be used.
    """
    if settings.bot_token is None:
        raise SettingsError(
            "BOT_TOKEN is not set: get a token from @BotFather and put it into .env."
        )
    # Delays as timedelta: the library is about to drop plain numbers.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    return ExtBot(
        settings.bot_token,
        base_url=settings.base_url,
        base_file_url=settings.base_file_url,
        request=request or create_request(settings),
        # Not used, but the library would make one of another kind.
        get_updates_request=create_request(settings),
    )


def create_request(settings: Settings, metrics: Metrics | None = None) -> BotApiRequest:
    """Return an HTTP client with connections of its own.

    Args:
        settings: The server's address.
        metrics: Counts the calls, if they are to be counted.

    Raises:
        ConnectError: The environment names a proxy that cannot be used.
    """
    # A proxy that the environment names cannot reach a server on this machine.
    proxy = None if settings.is_local else environment_proxy(settings.bot_api_url)
    if metrics is not None:
        return MeteredRequest(settings.bot_api_url, proxy, metrics)
    return BotApiRequest(settings.bot_api_url, proxy)


@contextlib.asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Bot]:
    """Connect for a few calls, without fetching updates.

    Yields:
        The client.

    Raises:
        SettingsError: No token is set.
        ConnectError: Telegram cannot be reached, or refuses the token or a call.
    """
    bot = create_bot(settings)
    with errors_explained(settings):
        async with opened(bot):
            yield bot


@contextlib.asynccontextmanager
async def opened(bot: Bot) -> AsyncIterator[None]:
    """Connect a client, and close its connections at the end, also if it cannot connect.

    Raises:
        TelegramError: Telegram cannot be reached, or refuses the token.
    """
    try:
        await bot.initialize()
        yield
    finally:
        await bot.shutdown()


@contextlib.contextmanager
def errors_explained(settings: Settings) -> Iterator[None]:
    """Turn the client's errors into a ConnectError that says what to do.

    Raises:
        ConnectError: Telegram cannot be reached, or refuses the token or a call.
    """
    try:
        yield
    except InvalidToken:
        # From None: the text of the exception contains the token.
        raise ConnectError(
            f"{settings.shown_api_url} refuses the token: copy BOT_TOKEN again from @BotFather, "
            "and check BOT_API_URL and TELEGRAM_TEST_ENVIRONMENT."
        ) from None
    except TelegramError as error:
        raise ConnectError(
            f"{settings.shown_api_url} cannot be used ({error.message}): "
            "check the network and BOT_API_URL."
        ) from None
