"""Serves HTTP to a proxy, a monitor or a load balancer, and nothing to the internet itself."""

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from bot.config.listen_address import ListenAddress
from bot.errors import SettingsError

SHUTDOWN_GRACE = 2.0
"""Seconds that answers which are being sent get when the listener is closed."""


@contextlib.asynccontextmanager
async def listening(app: web.Application, setting: str, at: ListenAddress) -> AsyncIterator[None]:
    """Serve an application.

    Args:
        app: What is served.
        setting: The name of the setting that has the address, for messages.
        at: Where to listen.

    Raises:
        SettingsError: Nobody can listen there, or another program does.
    """
    # The paths that strangers ask for are not logged: aiohttp's log of accesses is off.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_GRACE)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, at.host, at.port).start()
        except OSError as error:
            raise SettingsError(
                f"{setting} is {at}, but the bot cannot listen there ({error.strerror or error}): "
                "stop the other program, or give another address."
            ) from None
        yield
    finally:
        await runner.cleanup()
