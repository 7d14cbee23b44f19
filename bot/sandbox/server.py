"""The sandbox's server: the Bot API, the page and the control interface on one local port."""

import re
import socket
from collections.abc import Callable
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError

from bot.sandbox.api.bot_api import BotApiHandler
from bot.sandbox.api.downloads import DownloadHandler
from bot.sandbox.control.paths import control_routes
from bot.sandbox.held_requests import HeldRequests
from bot.sandbox.http import SandboxHandler, Site, TelegramHandler
from bot.sandbox.state.example_chats import create_example_chats
from bot.sandbox.state.world import World

# tornado refuses larger bodies before any handler can answer them.
_MAX_READ = 16_000_000
_FOLDER = Path(__file__).parent
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class FileHandler(SandboxHandler):
    """The files of one folder, and no others: the page, or the example pages."""

    def initialize(self, site: Site, folder: str = "page") -> None:
        """Take the folder, by its name beside this file."""
        super().initialize(site)
        self._folder = (_FOLDER / folder).resolve()

    def get(self, name: str = "index.html") -> None:
        """Send a file; 404 when it does not exist or is none of these.

        The ending .html may be left out.
        """
        try:
            path = (self._folder / name).resolve()
            path = path if path.suffix else path.with_suffix(".html")
            if not path.is_relative_to(self._folder) or path.suffix not in _TYPES:
                raise HTTPError(404)
            content = path.read_bytes()
        except (OSError, ValueError):
            raise HTTPError(404) from None
        self.set_header("Content-Type", _TYPES[path.suffix])
        self.finish(content)


class NotFoundHandler(TelegramHandler):
    """All other paths; in the Bot API's form, because most of them are mistyped calls."""

    def prepare(self) -> None:
        """Refuse other machines and sites with 403, all others with 404."""
        super().prepare()
        raise HTTPError(404)


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
        self._http: HTTPServer | None = None

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
        if self._http:
            raise RuntimeError("the sandbox is running")
        # tornado's own function does not close its socket when the port is taken.
        listening = socket.create_server(("127.0.0.1", self._site.port), backlog=512)
        listening.setblocking(False)
        self._site.port = listening.getsockname()[1]
        self.held.open()
        self._http = HTTPServer(self._application(), max_body_size=_MAX_READ)
        self._http.add_socket(listening)
        self.world.webhook.open()

    async def stop(self) -> None:
        """End all held requests and close all sockets, if the server is running."""
        if self._http:
            http, self._http = self._http, None
            http.stop()
            await self.world.webhook.close()
            await self.held.close()
            await http.close_all_connections()

    def appoint_admin(self) -> int:
        """Have the page show the first reader as an admin of the bot; return the reader's id."""
        first = min(self.world.readers)
        self.world.bot.admins = {first}
        self.world.send_bot()
        return first

    def bot_started(self, restart: Callable[[], None]) -> None:
        """Tell the page that the bot runs, and that `restart` restarts it."""
        self.world.restart = restart
        self.world.events.send("bot_started", {})
        self.world.send_bot()

    def bot_stopped(self) -> None:
        """Tell the page that the bot does not run at the moment."""
        self.world.restart = None
        self.world.events.send("bot_stopped", {})

    def _application(self) -> Application:
        site = {"site": self._site}
        return Application(
            [
                (r"/", FileHandler, site),
                (r"/page/(.+)", FileHandler, site),
                (r"/pages/(.+)", FileHandler, {**site, "folder": "example_pages"}),
                (r"/bot([^/]+)/(?:test/)?([^/]+)", BotApiHandler, site),
                (r"/file/bot([^/]+)/(?:test/)?(.+)", DownloadHandler, site),
                *control_routes(self._site),
            ],
            default_handler_class=NotFoundHandler,
            default_handler_args=site,
            # tornado's access log has the paths, and those have the token.
            log_function=lambda _handler: None,
        )
