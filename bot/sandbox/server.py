"""The sandbox's server: the Bot API, the page and the control interface on one local port."""

import logging
import re
import socket
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from bot.sandbox.api.bot_api import bot_api
from bot.sandbox.api.downloads import download
from bot.sandbox.control.paths import control_routes
from bot.sandbox.held_requests import HeldRequests
from bot.sandbox.http import MAX_BODY, SITE, Handler, Site, checks_and_errors, set_headers
from bot.sandbox.state.example_chats import create_example_chats
from bot.sandbox.state.world import World

# Calls may have their parameters in the address.
_MAX_LINE = 65_536
# aiohttp would log malformed requests word for word, and those may have the token. It tells the
# client what is wrong; errors of ours are logged where they are answered.
_SILENT = logging.Logger("malformed requests", logging.CRITICAL)
_FOLDER = Path(__file__).parent
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def _files_of(folder_name: str) -> Handler:
    """Return the handler of the files of a folder beside this file, and of no others.

    It answers 404 when a file does not exist or is none of these. The ending .html may be left
    out.
    """
    folder = (_FOLDER / folder_name).resolve()

    async def send_file(request: web.Request) -> web.Response:
        try:
            path = (folder / request.match_info.get("name", "index.html")).resolve()
            path = path if path.suffix else path.with_suffix(".html")
            if not path.is_relative_to(folder) or path.suffix not in _TYPES:
                raise web.HTTPNotFound
            content = path.read_bytes()
        except (OSError, ValueError):
            raise web.HTTPNotFound from None
        return web.Response(body=content, headers={"Content-Type": _TYPES[path.suffix]})

    return send_file


class SandboxServer:
    """A local Bot API server for one bot; its state is kept while it is stopped.

    `world` is the state, `held` has the requests that wait.

    Args:
        token: "<digits>:<anything>".
        port: 0 for any free one.
        with_examples: whether there are a group and a channel beside the two readers.

    Raises:
        ValueError: the token has another form.
    """

    def __init__(self, token: str, port: int = 0, *, with_examples: bool = False) -> None:
        if not re.fullmatch(r"[0-9]+:[^/]+", token):
            raise ValueError("a token is digits, a colon and a secret, as 123:abc")
        self.world = World(int(token.partition(":")[0]))
        self.held = HeldRequests()
        self._site = Site(token, port, self.world, self.held)
        if with_examples:
            create_example_chats(self.world)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The address; its port is 0 before the first start when none was given."""
        return f"http://127.0.0.1:{self._site.port}"

    async def start(self) -> None:
        """Serve on the running event loop.

        Raises:
            OSError: the port is taken.
            RuntimeError: the server is running.
        """
        if self._runner:
            raise RuntimeError("the sandbox is running")
        # Here, so that the port is known before the first request.
        listening = socket.create_server(("127.0.0.1", self._site.port), backlog=512)
        self._site.port = listening.getsockname()[1]
        self.held.open()
        self._runner = web.AppRunner(
            self._application(),
            # It would have the paths, and those have the token.
            access_log=None,
            logger=_SILENT,
            # A poll must end when its client disconnects.
            handler_cancellation=True,
            # In seconds, for requests that are still coming and answers that are still read.
            shutdown_timeout=0.1,
            max_line_size=_MAX_LINE,
            max_field_size=_MAX_LINE,
        )
        await self._runner.setup()
        await web.SockSite(self._runner, listening, backlog=512).start()
        self.world.webhook.open()

    async def stop(self) -> None:
        """End all held requests and close all sockets, if the server is running."""
        if self._runner:
            runner, self._runner = self._runner, None
            await self.world.webhook.close()
            await runner.cleanup()

    def appoint_admin(self) -> int:
        """Have the page show the first reader as an admin of the bot; return the reader's id."""
        first = min(self.world.readers)
        self.world.bot.admins = {first}
        self.world.send_bot()
        return first

    def set_multilingual(self) -> None:
        """Have the page's demo ask a question in another language than the article's."""
        self.world.bot.is_multilingual = True
        self.world.send_bot()

    def bot_started(self, restart: Callable[[], None]) -> None:
        """Tell the page that the bot runs, and that `restart` restarts it."""
        self.world.restart = restart
        self.world.events.send("bot_started", {})
        self.world.send_bot()

    def bot_stopped(self) -> None:
        """Tell the page that the bot does not run at the moment."""
        self.world.restart = None
        self.world.events.send("bot_stopped", {})

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[checks_and_errors], client_max_size=MAX_BODY)
        application[SITE] = self._site
        application.on_response_prepare.append(set_headers)
        # After it stopped to listen, before it waits for the rest.
        application.on_shutdown.append(lambda _: self.held.close())
        page = _files_of("page")
        calls = "/bot{token:[^/]+}/{test:(?:test/)?}{name:[^/]+}"
        files = "/file/bot{token:[^/]+}/{test:(?:test/)?}{path:.+}"
        application.add_routes(
            [
                web.get("/", page, allow_head=False),
                web.get("/page/{name:.+}", page, allow_head=False),
                web.get("/pages/{name:.+}", _files_of("example_pages"), allow_head=False),
                web.get(calls, bot_api, allow_head=False),
                web.post(calls, bot_api),
                web.get(files, download, allow_head=False),
                *control_routes(),
            ]
        )
        return application
