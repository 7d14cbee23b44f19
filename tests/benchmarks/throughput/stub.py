"""A Bot API server that costs little: it hands out prepared updates and answers every call."""

import asyncio
import contextlib
import json
import multiprocessing
import re
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

TOKEN = "4242:throughput"
POPULAR = (
    "what did the US agree to?",
    "what do you know about security guarantees?",
    "who met whom, and where?",
    "how many soldiers are there?",
    "when will it be decided?",
)
_WHO = ("the US", "Kyiv", "Zelensky", "Trump", "Moscow", "Europe", "the president", "the ministers")
_DID = ("agree", "refuse", "offer", "promise", "sign", "want", "say", "announce", "reject", "ask")
_ABOUT = (
    *(
        "security guarantees",
        "the conflict",
        "a ceasefire",
        "territory",
        "the elections",
        "weapons",
    ),
    *("the talks in Berlin", "peace", "money", "sanctions", "soldiers", "the agreement", "NATO"),
    *(
        "the front line",
        "prisoners",
        "the summit",
        "frozen assets",
        "energy",
        "the budget",
        "allies",
    ),
    *(
        "air defence",
        "the draft",
        "grain",
        "the border",
        "observers",
        "Christmas",
        "the parliament",
    ),
)
REACTIONS = ("like", "dislike", "love", "funny", "angry", "sad", "wow")
ME = {"id": 4242, "is_bot": True, "first_name": "Bot", "username": "throughput_bot"}
_NUMBER = re.compile(
    rb'(chat_id|message_id|callback_query_id|offset|timeout)(?:"\s*:\s*"?|=|"\r\n\r\n)(-?\d+)'
)
_OTHERS = {
    "getme": json.dumps({"ok": True, "result": ME}).encode(),
    "getmycommands": b'{"ok":true,"result":[]}',
    "getmydescription": b'{"ok":true,"result":{"description":""}}',
    "getmyshortdescription": b'{"ok":true,"result":{"short_description":""}}',
    "getwebhookinfo": b'{"ok":true,"result":{"url":"","has_custom_certificate":false,'
    b'"pending_update_count":0}}',
}
_LENGTH = re.compile(rb"(?i)content-length: (\d+)")


def popular(number: int) -> str:
    """One of a few questions, as readers ask them who tap what the bot suggests."""
    return POPULAR[number % len(POPULAR)]


def different(number: int) -> str:
    """A question of its own for each of 2,160 numbers; the article answers some of them."""
    rest, who = divmod(number, len(_WHO))
    rest, did = divmod(rest, len(_DID))
    return f"what did {_WHO[who]} {_DID[did]} about {_ABOUT[rest % len(_ABOUT)]}?"


TEXTS = {"popular questions": popular, "different questions": different}
"""Kinds of updates that are questions: a number -> what is asked."""


def question(update_id: int, reader: int, text: str) -> dict[str, Any]:
    """An update: a reader asks in the private chat."""
    sent = {**_message(update_id, reader), "from": _user(reader), "text": text}
    return {"update_id": update_id, "message": sent}


def tap(update_id: int, reader: int, article: str) -> dict[str, Any]:
    """An update: a reader taps another reaction than the last time, under one message."""
    # Per reader every tap is another reaction, so that each changes what the message shows.
    reaction = REACTIONS[(update_id // 200) % len(REACTIONS)]
    shown = {**_message(reader, reader), "from": ME, "text": "An answer.", **_keyboard(article)}
    query = {
        "id": str(update_id),
        "from": _user(reader),
        "message": shown,
        "chat_instance": "1",
        "data": f"r:{article}:{reaction}",
    }
    return {"update_id": update_id, "callback_query": query}


def _user(reader: int) -> dict[str, Any]:
    return {"id": reader, "is_bot": False, "first_name": "Ada", "language_code": "en"}


def _message(message_id: int, chat: int) -> dict[str, Any]:
    where = {"id": chat, "type": "private", "first_name": "Ada"}
    return {"message_id": message_id, "date": 1_790_000_000, "chat": where}


def _keyboard(article: str) -> dict[str, Any]:
    row = [{"text": "👍", "callback_data": f"r:{article}:{name}"} for name in REACTIONS]
    return {"reply_markup": {"inline_keyboard": [row[:4], row[4:]]}}


class State:
    """What was loaded, and how much of it is done."""

    def __init__(self) -> None:
        self.updates: dict[int, bytes] = {}
        self.next_id = 1
        self.has_polled = False
        self.calls = 0
        self.polls = 0
        self.waiting: set[int] = set()
        """Updates that are not answered yet."""
        self.not_shown: set[int] = set()
        """Chats whose message was not edited after the last tap."""
        self.started = self.ended = 0.0
        self.changed = asyncio.Event()
        self.by_reader: dict[int, list[int]] = {}

    def load(self, kind: str, count: int, readers: int, article: str) -> None:
        """Prepare updates of readers in turn."""
        ids = range(self.next_id, self.next_id + count)
        self.next_id += count
        self.calls = self.polls = 0
        for each in ids:
            reader = 1000 + each % readers
            asked = TEXTS[kind](each) if kind in TEXTS else None
            made = question(each, reader, asked) if asked else tap(each, reader, article)
            self.updates[each] = json.dumps(made).encode()
            if asked:
                self.by_reader.setdefault(reader, []).append(each)
        self.waiting = set(ids)
        self.started = time.perf_counter()
        self.changed.set()

    def sent(self, chat: int) -> None:
        """A message was sent to a chat: the answer to its oldest question."""
        if asked := self.by_reader.get(chat):
            self.waiting.discard(asked.pop(0))
        self._look()

    def answered(self, query: int, readers: int) -> None:
        """A button was answered; its message has to be edited."""
        self.waiting.discard(query)
        self.not_shown.add(1000 + query % readers)

    def edited(self, chat: int) -> None:
        """A message was edited."""
        self.not_shown.discard(chat)
        self._look()

    def _look(self) -> None:
        if not self.waiting and not self.not_shown:
            self.ended = time.perf_counter()

    def page(self, offset: int) -> bytes:
        """What getUpdates returns: at most 100 updates; those below an id are confirmed."""
        for each in [known for known in self.updates if known < offset]:
            del self.updates[each]
        found = list(self.updates.values())[:100]
        return b'{"ok":true,"result":[' + b",".join(found) + b"]}"


class Server:
    """Answers over plain connections."""

    def __init__(self) -> None:
        self._state = State()
        self._readers = 200
        message = {"text": "The United States has agreed. " * 12, **_keyboard("article")}
        bold = [{"type": "bold", "offset": 0, "length": 10}]
        body = {"from": ME, **message, "entities": bold, "message_id": 0, "date": 1_790_000_000}
        self._sent = json.dumps({"ok": True, "result": {**body, "chat": "CHAT"}}).replace(
            '"CHAT"', '{"id": %d, "type": "private", "first_name": "Ada"}'
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
                target = head.split(b" ", 2)[1].decode()
                answer = await self._answer(target, body)
                size = len(answer)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n" % size + answer
                )
        writer.close()

    async def _answer(self, target: str, body: bytes) -> bytes:
        state = self._state
        path, _, query = target.partition("?")
        method = path.rpartition("/")[2].lower()
        numbers = {k.decode(): int(v) for k, v in _NUMBER.findall(query.encode() + b"&" + body)}
        if method == "getupdates":
            return await self._updates(numbers.get("offset", 0), numbers.get("timeout", 0))
        state.calls += 1
        match method:
            case "sendmessage" | "editmessagereplymarkup":
                chat = numbers["chat_id"]
                (state.sent if method == "sendmessage" else state.edited)(chat)
                return (self._sent % chat).encode()
            case "answercallbackquery":
                state.answered(numbers["callback_query_id"], self._readers)
            case "load":
                given = json.loads(body)
                self._readers = given["readers"]
                state.load(**given)
            case "state":
                return json.dumps(self._figures()).encode()
        return _OTHERS.get(method, b'{"ok":true,"result":true}')

    async def _updates(self, offset: int, timeout: int) -> bytes:
        state = self._state
        state.has_polled = True
        state.polls += 1
        answer = state.page(offset)
        if not state.updates and timeout:
            state.changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(state.changed.wait(), timeout)
            answer = state.page(offset)
        return answer

    def _figures(self) -> dict[str, Any]:
        state = self._state
        done = not state.waiting and not state.not_shown
        return {
            "polled": state.has_polled,
            "done": done,
            "left": len(state.waiting),
            "seconds": state.ended - state.started,
            "calls": state.calls,
            "polls": state.polls,
        }


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Run the server in a process of its own; its address."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        if not ours.poll(30):
            raise RuntimeError("the server did not start")
        yield ours.recv()
    finally:
        process.terminate()
        process.join(10)


def _serve(address: Connection) -> None:
    # Ctrl-C goes to every process of the terminal; this one is ended by the one that measures.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    async def run() -> None:
        server = await asyncio.start_server(Server().serve, "127.0.0.1", 0, limit=2**22)
        address.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await server.serve_forever()

    asyncio.run(run())
