"""The sandbox's server: the Bot API, the page and its control interface on one local port."""

import socket
from collections.abc import Callable
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError

from bot.sandbox.botapi import MAX_READ, BotApiHandler
from bot.sandbox.control import control_routes
from bot.sandbox.listeners import Waits
from bot.sandbox.scene import Scene, set_scene
from bot.sandbox.watching import watching_routes
from bot.sandbox.web import NotFound, SandboxHandler, Site
from bot.sandbox.world import World

_PAGE = Path(__file__).parent / "page"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
}


class Page(SandboxHandler):
    """GET / and GET /page/<file>: the files of the page's folder, and nothing outside of it."""

    def get(self, name: str = "index.html") -> None:
        """One file; 404 when it is not there or not of a kind that pages are made of."""
        folder = _PAGE.resolve()
        try:
            path = (folder / name).resolve()
            if not path.is_relative_to(folder) or path.suffix not in _TYPES:
                raise HTTPError(404)
            content = path.read_bytes()
        except (OSError, ValueError):
            raise HTTPError(404) from None
        self.set_header("Content-Type", _TYPES[path.suffix])
        self.finish(content)


def _listen(port: int) -> socket.socket:
    """A socket on this machine's own address. tornado's helper leaks it when the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # A server that just stopped may start again on its port; one that runs keeps others out.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setblocking(False)
        listening.bind(("127.0.0.1", port))
        listening.listen(512)
    except (OSError, OverflowError):
        listening.close()
        raise
    return listening


class SandboxServer:
    """A Telegram of one's own, on this machine only, for the bot with `token`.

    token: "<digits>:<anything>"; ValueError when it is not. port: 0 for any free one.
    scene: what there is from the beginning beside two readers; None for nothing.
    The state lives as long as the object: a server that is stopped and started again has it still.
    """

    def __init__(self, token: str, port: int = 0, scene: Scene | None = None) -> None:
        digits, colon, secret = token.partition(":")
        if not (digits.isascii() and digits.isdigit() and colon and secret) or "/" in token:
            raise ValueError("a token is digits, a colon and a secret, as 123:abc")
        self._site = Site(token, port, World(int(digits)), Waits())
        self._scene = scene
        if scene:
            set_scene(self._site.world)
        self._http: HTTPServer | None = None

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT, where PORT is 0 before the first start when none was given."""
        return f"http://127.0.0.1:{self._site.port}"

    async def start(self) -> None:
        """Serve on the running loop. OSError when the port is taken; RuntimeError when it runs."""
        if self._http:
            raise RuntimeError("the sandbox is running")
        listening = _listen(self._site.port)
        self._site.port = listening.getsockname()[1]
        self._site.waits.open()
        self._http = HTTPServer(self._application(), max_body_size=MAX_READ)
        self._http.add_socket(listening)

    async def stop(self) -> None:
        """End what is held open, close every socket; nothing happens when it does not run."""
        if self._http:
            http, self._http = self._http, None
            http.stop()
            await self._site.waits.close()
            await http.close_all_connections()

    def bot_started(self, restart: Callable[[], None]) -> None:
        """Tell the page that the bot runs, and what makes it run anew."""
        self._site.world.restart = restart
        self._site.world.events.send("bot_started", {})
        self._site.world.events.send("bot", self._site.world.bot_shown())

    def bot_stopped(self) -> None:
        """Tell the page that it does not run for now."""
        self._site.world.restart = None
        self._site.world.events.send("bot_stopped", {})

    def _application(self) -> Application:
        shared = {"site": self._site}
        return Application(
            [
                (r"/", Page, shared),
                (r"/page/(.+)", Page, shared),
                (r"/bot([^/]+)/(?:test/)?([^/]+)", BotApiHandler, shared),
                *watching_routes(self._site, self._scene),
                *control_routes(self._site),
            ],
            default_handler_class=NotFound,
            default_handler_args=shared,
            # tornado's own access log would write paths, and paths hold the token.
            log_function=lambda _handler: None,
        )
