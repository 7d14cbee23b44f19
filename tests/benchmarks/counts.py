"""How much is done for one question and one tap: calls counted, not timed.

    python -m tests.benchmarks.counts

The bot runs in this process on a local Bot API server, with ten articles. Its calls are counted
from outside, by a profile function; the bot itself counts nothing.
"""

import asyncio
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import httpx

from bot.app import run
from bot.config import Settings
from bot.corpus.loader import load_corpus
from bot.sandbox.server import SandboxServer
from bot.store.base import Store

BOT = Path(sys.modules["bot"].__file__ or "").parent
TOKEN = "123456:a-token-of-the-benchmark"
QUESTION = "who paid for the brigde in the end?"
ARTICLES = 10
WRITES = {"vote", "track", "update", "defer", "delete_deferred", "save_question"}


@dataclass
class Counts:
    """What was called while it was counted.

    Attributes:
        calls: "file:function" -> calls.
        entered: File -> calls from another file of the bot.
        built: Dataclasses of the bot of which an instance was made.
        questions: Texts that were cut into words.
    """

    calls: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)
    built: Counter[str] = field(default_factory=Counter)
    questions: list[str] = field(default_factory=list)

    def of(self, name: str) -> int:
        """Return the calls of "file:function"."""
        return self.calls[name]

    def store(self) -> Counter[str]:
        """Return the calls of the store's contract, by method."""
        methods = {name for name in vars(Store) if not name.startswith("_")}
        found: Counter[str] = Counter()
        for name, calls in self.calls.items():
            file, function = name.split(":")
            if file in ("store/sql.py", "store/sqlite.py") and function in methods:
                found[function] += calls
        return found


def file_of(code: CodeType) -> str:
    """Return a file's path in bot/; "" for code of others."""
    path = Path(code.co_filename)
    return path.relative_to(BOT).as_posix() if path.is_relative_to(BOT) else ""


@contextmanager
def counted() -> Iterator[Counts]:
    """Count what the bot does, on every thread."""
    counts = Counts()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event != "call":
            return
        code = frame.f_code
        file = file_of(code)
        if not file or file.startswith("sandbox/"):
            if code.co_name == "__init__" and code.co_filename == "<string>":
                kind = type(frame.f_locals.get("self"))
                if kind.__module__.startswith("bot.") and "sandbox" not in kind.__module__:
                    counts.built[kind.__name__] += 1
            return
        # A coroutine or generator is "called" each time it goes on.
        if frame.f_lasti > 4:
            return
        counts.calls[f"{file}:{code.co_name}"] += 1
        caller = file_of(frame.f_back.f_code) if frame.f_back else ""
        if caller != file:
            counts.entered[file] += 1
        if (file, code.co_name) == ("retrieval/analysis.py", "words"):
            counts.questions.append(str(frame.f_locals.get("text")))

    threading.setprofile_all_threads(note) if sys.version_info >= (3, 12) else None
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield counts
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
        if sys.version_info >= (3, 12):
            threading.setprofile_all_threads(None)


def write_corpus(folder: Path) -> None:
    """Write ten articles about bridges, all of which a question may be about."""
    for number in range(ARTICLES):
        (folder / f"bridge-{number}.md").write_text(
            f"---\ntitle: Harbour Bridge Number {number} Opens\n"
            f"standfirst: Bridge {number} over the harbour opened on Monday.\nlanguage: en\n"
            f"questions:\n  - How long is bridge number {number}?\n---\n"
            f"Bridge number {number} is {number + 1},200 metres long.\n\n"
            f"The city of Newport {number} paid for the bridge in the end.\n",
            encoding="utf-8",
        )


@asynccontextmanager
async def running_bot() -> AsyncIterator[httpx.AsyncClient]:
    """Run the bot in this process; yields a client of the server's control interface."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpus(folder)
        server, stop, ready = SandboxServer(TOKEN), asyncio.Event(), asyncio.Event()
        await server.start()
        settings = Settings(
            bot_token=TOKEN,
            bot_api_url=server.url,
            database_url=f"sqlite:///{folder}/votes.db",
            private_chat_per_second=1_000,
        )
        bot = asyncio.create_task(run(settings, load_corpus(folder), stop, lambda _: ready.set()))
        try:
            await asyncio.wait(
                {bot, asyncio.ensure_future(ready.wait())}, return_when="FIRST_COMPLETED"
            )
            async with httpx.AsyncClient(
                base_url=server.url, trust_env=False, timeout=30
            ) as client:
                yield client
        finally:
            stop.set()
            await bot
            await server.stop()


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> Any:
    """Do something in the place of a reader."""
    response = await client.post(f"/sandbox/{path}", json=body)
    response.raise_for_status()
    return response.json()


async def ask(client: httpx.AsyncClient, reader: int, text: str) -> dict[str, Any]:
    """Write to the bot and return its answer."""
    sent = await post(client, "messages", reader=reader, text=text)
    return await answer_after(client, reader, sent["message"]["message_id"])


async def answer_after(client: httpx.AsyncClient, reader: int, after: int) -> dict[str, Any]:
    """Return the bot's first message after another one."""
    while True:
        path = f"/sandbox/chats/{reader}/messages"
        found = await client.get(path, params={"after": after, "wait": 10})
        for message in found.json()["messages"]:
            if message["from"]["is_bot"]:
                return dict(message)


async def settled(client: httpx.AsyncClient) -> None:
    """Wait until every update is confirmed."""
    while True:
        info = await client.get(f"/bot{TOKEN}/getWebhookInfo")
        if info.json()["result"]["pending_update_count"] == 0:
            return
        await asyncio.sleep(0.05)


def button(message: dict[str, Any], start: str) -> str:
    """Return the callback data of a message's first button that starts so."""
    rows = message["reply_markup"]["inline_keyboard"]
    data = [each.get("callback_data", "") for row in rows for each in row]
    return str(next(each for each in data if each.startswith(start)))


def of_question(counts: Counts, words: str) -> int:
    """Return how often a text with these words, or a correction of it, was cut into words."""
    return sum(words in text for text in counts.questions)


async def question_rows(client: httpx.AsyncClient, reader: int) -> list[tuple[str, object]]:
    """Count a question in a private chat, and the same inline."""
    with counted() as chat:
        await ask(client, reader, QUESTION)
        await settled(client)
    with counted() as inline:
        await post(client, "inline_queries", reader=reader, query=QUESTION, wait=10)
        await settled(client)
    handlers = {f: n for f, n in chat.entered.items() if f.startswith("handlers/")}
    return [
        ("times a question is cut into words, 10 articles", of_question(chat, "who paid")),
        ("the same inline", of_question(inline, "who paid")),
        ("spelling corrections, 10 articles", chat.of("retrieval/spelling.py:correct_words")),
        ("objects between question and what is sent", ", ".join(sorted(chat.built))),
        ("files of handlers/ on its way, with entries", handlers),
    ]


async def sample_rows(client: httpx.AsyncClient, reader: int) -> list[tuple[str, object]]:
    """Count the tap on a sample question."""
    start = await ask(client, reader, "/start")
    data, after = button(start, "q:"), start["message_id"]
    with counted() as counts:
        await post(client, "taps", reader=reader, chat=reader, message_id=after, data=data, wait=10)
        await answer_after(client, reader, after)
        await settled(client)
    return [("searches for a tapped sample question", counts.of("retrieval/index.py:answer"))]


async def tap_rows(client: httpx.AsyncClient, reader: int) -> list[tuple[str, object]]:
    """Count the tap on a reaction, until the message shows it."""
    answer = await ask(client, reader, QUESTION)
    await settled(client)
    body = {"reader": reader, "chat": reader, "message_id": answer["message_id"]}
    with counted() as counts:
        await post(client, "taps", **body, data=button(answer, "r:"), wait=10)
        while (await client.get("/sandbox/totals")).json()["totals"].get(
            "editMessageReplyMarkup"
        ) is None:
            await asyncio.sleep(0.02)
        await settled(client)
    store = {
        name: calls
        for name, calls in counts.store().items()
        # The refresher looks for outdated messages all the time, tap or not.
        if name not in ("outdated", "try_acquire_leadership", "open", "close")
    }
    return [
        ("store calls for a tap", store),
        ("writes among them", sum(store.get(name, 0) for name in WRITES)),
        (
            "times a keyboard's JSON is parsed for a tap",
            counts.of("delivery/message_editor.py:parse_keyboard"),
        ),
        ("parses of callback data for a tap", counts.of("views/callback_data.py:parse")),
    ]


async def main() -> None:
    """Print a line for each count."""
    async with running_bot() as client:
        reader = (await post(client, "readers"))["reader"]["id"]
        for rows in (question_rows, sample_rows, tap_rows):
            for name, count in await rows(client, reader):
                print(f"{name}: {count}")


if __name__ == "__main__":
    asyncio.run(main())
