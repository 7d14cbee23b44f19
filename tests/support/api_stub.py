"""A Bot API server of which a test says what it answers; it has no readers."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from tests.support.waiting import TIMEOUT

ME = {
    "id": 1,
    "is_bot": True,
    "first_name": "Articles",
    "username": "articles_bot",
    "supports_inline_queries": True,
    "can_read_all_group_messages": False,
}
GOOD = {
    "getme": ME,
    "getupdates": [],
    "getmycommands": [],
    "getmydescription": {"description": ""},
    "getmyshortdescription": {"short_description": ""},
    "getwebhookinfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
}
"""What methods return; all others return true."""

Answer = tuple[int, str, dict[str, str]]
"""Status, body, headers. Status 0: the connection is closed without an answer."""


def good(method: str, headers: dict[str, str] | None = None) -> Answer:
    """What a server that works answers."""
    return 200, json.dumps({"ok": True, "result": GOOD.get(method, True)}), headers or {}


def refused(status: int, description: str, **parameters: int) -> Answer:
    """What Telegram answers if it refuses a call."""
    body = {"ok": False, "error_code": status, "description": description}
    return status, json.dumps(body | ({"parameters": parameters} if parameters else {})), {}


class ApiStub:
    """Answers calls on a port of this machine as a function says.

    Attributes:
        calls: How often each method was called, in lower case.
    """

    def __init__(self, answer: Callable[[str, int], Answer] = lambda method, _: good(method)):
        """Set the function: it is given the method in lower case and how often it was called."""
        self.calls: Counter[str] = Counter()
        self._called = threading.Condition()
        self._ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(answer))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)

    def _handler(self, answer: Callable[[str, int], Answer]) -> type[BaseHTTPRequestHandler]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                method = self.path.partition("?")[0].rpartition("/")[2].lower()
                with stub._called:
                    stub.calls[method] += 1
                    number = stub.calls[method]
                    stub._called.notify_all()
                if method == "getupdates":
                    # Without an update, Telegram holds the call; this one need not be as patient.
                    stub._ended.wait(0.2)
                self._reply(*answer(method, number))

            def do_HEAD(self) -> None:
                self._reply(*answer("", 0))

            def _reply(self, status: int, body: str, headers: dict[str, str]) -> None:
                if not status:
                    self.close_connection = True
                    return
                self.send_response_only(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Date" not in headers:
                    self.send_header("Date", self.date_time_string())
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                if self.command == "POST":
                    self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        return Handler

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def hold(self) -> None:
        """Give no answer while the server runs; for the function that answers."""
        self._ended.wait()

    def wait_for_call(self, method: str) -> None:
        """Wait until a method, in lower case, was called."""
        with self._called:
            assert self._called.wait_for(lambda: self.calls[method], TIMEOUT), method

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
