"""Serves HTTP to a proxy, a monitor or a load balancer, and nothing to the internet itself."""

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from bot.config.listen_address import ListenAddress
from bot.errors import SettingsError

SHUTDOWN_GRACE = 0.5
"""Seconds that answers which are being sent get when the listener is closed."""

log = logging.getLogger(__name__)

# aiohttp would log what any stranger sends that is no HTTP, with a traceback.
_NOWHERE = logging.Logger("nowhere", logging.CRITICAL + 1)


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
    app.middlewares.append(_faults_logged)
    runner = web.AppRunner(app, access_log=None, logger=_NOWHERE, shutdown_timeout=SHUTDOWN_GRACE)
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


@web.middleware
async def _faults_logged(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer 400 to a body that is broken or ends too early, and log faults of the bot."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except (ConnectionError, web.RequestPayloadError):
        return web.Response(status=400)
    except Exception:
        log.exception("A request could not be answered")
        return web.Response(status=500)
