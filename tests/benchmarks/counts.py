"""How much is done for one question and one tap: calls counted, not timed.

    python -m tests.benchmarks.counts

The bot runs in this process on a local Bot API server, with ten articles.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from bot.app import run
from bot.config import Settings
from bot.corpus.loader import load_corpus
from bot.sandbox.server import SandboxServer
from tests.benchmarks.profiler import Profiler

TOKEN = "123456:a-token-of-the-benchmark"
QUESTION = "who paid for the brigde in the end?"
SENTENCE = "paid for the bridge in the end"
"""Of the answer."""
ARTICLES = 10
WAY = (
    "handlers/private.py",
    "handlers/responder.py",
    "retrieval/index.py",
    "views/answers.py",
    "handlers/messenger.py",
    "delivery/sender.py",
    "delivery/live_counts.py",
)
"""The files that a question goes through; what they look up elsewhere is not counted."""
WRITES = {"vote", "track", "update", "defer", "delete_deferred", "save_question"}


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


PROFILER = Profiler(QUESTION, SENTENCE)


async def question_rows(client: httpx.AsyncClient, reader: int) -> list[tuple[str, object]]:
    """Count a question in a private chat, and the same inline."""
    with PROFILER.counted() as chat:
        await ask(client, reader, QUESTION)
        await settled(client)
    with PROFILER.counted() as inline:
        await post(client, "inline_queries", reader=reader, query=QUESTION, wait=10)
        await settled(client)
    return [
        ("times a question is cut into words, 10 articles", chat.texts.count(QUESTION)),
        ("the same inline", inline.texts.count(QUESTION)),
        ("spelling corrections", chat.of("retrieval/spelling.py:correct_query")),
        ("the same inline", inline.of("retrieval/spelling.py:correct_query")),
        ("objects between question and what is sent", ", ".join(sorted(+chat.built))),
        ("entries into each file on its way", {file: chat.entered[file] for file in WAY}),
    ]


async def sample_rows(client: httpx.AsyncClient, reader: int) -> list[tuple[str, object]]:
    """Count the tap on a sample question, below a message of the bot and below an inline one."""
    start = await ask(client, reader, "/start bridge-1")
    data, after = button(start, "q:"), start["message_id"]
    with PROFILER.counted() as chat:
        await post(client, "taps", reader=reader, chat=reader, message_id=after, data=data, wait=10)
        await answer_after(client, reader, after)
        await settled(client)
    group = (await post(client, "groups", title="Readers", readers=[reader]))["chat"]
    keyboard = {"inline_keyboard": [[{"text": "How long?", "callback_data": data}]]}
    sent = await post(
        client,
        "inline_messages",
        reader=reader,
        chat=group,
        text="A bridge",
        reply_markup=keyboard,
    )
    after = sent["message"]["message_id"]
    with PROFILER.counted() as inline:
        await post(client, "taps", reader=reader, chat=group, message_id=after, data=data, wait=10)
        await settled(client)
    search = "retrieval/index.py:answer"
    return [
        ("searches for a tapped sample question", chat.of(search)),
        ("the same below an inline message", inline.of(search)),
    ]


async def tap_rows(client: httpx.AsyncClient, reader: int) -> list[tuple[str, object]]:
    """Count the tap on a reaction, until the message shows it."""
    answer = await ask(client, reader, QUESTION)
    await settled(client)
    body = {"reader": reader, "chat": reader, "message_id": answer["message_id"]}
    with PROFILER.counted() as counts:
        await post(client, "taps", **body, data=button(answer, "r:"), wait=10)
        while "editmessagereplymarkup" not in (await client.get("/sandbox/totals")).json()["calls"]:
            await asyncio.sleep(0.02)
        await settled(client)
    store = counts.store()
    return [
        ("store calls for a tap", dict(store)),
        ("writes among them", sum(store[name] for name in WRITES)),
        (
            "times a keyboard's JSON is parsed for a tap",
            counts.of("delivery/message_editor.py:parse_keyboard"),
        ),
        ("parses of callback data for a tap", counts.of("views/callback_data.py:parse")),
    ]


async def main() -> None:
    """Print a line for each count."""
    PROFILER.install()
    for rows in (question_rows, sample_rows, tap_rows):
        async with running_bot() as client:
            reader = (await post(client, "readers"))["reader"]["id"]
            for name, count in await rows(client, reader):
                print(f"{name}: {count}")


if __name__ == "__main__":
    asyncio.run(main())
