"""What stands before the load begins: readers, groups, copies in both, a bot that sent them."""

import asyncio
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.copies.server import TOKEN, ChatKey, Client, Shown, counts
from tests.support.corpora import ROOT
from tests.support.processes import NO_LIMITS, Process, clean_environment

READY = re.compile(r"answers questions about")
MEMBERS = 10
"""Readers in a group."""
TIMEOUT = 120.0
"""Seconds for all copies to be sent."""


@dataclass(frozen=True)
class Sizes:
    """How much of everything there is. chats: private ones; readers: those of them who tap."""

    copies: int
    chats: int
    groups: int
    readers: int


@dataclass(frozen=True)
class People:
    """Who may tap where. chats: the private ones, a reader's id being the chat's."""

    chats: Sequence[int]
    readers: Sequence[int]
    groups: dict[int, list[int]]


async def people(client: Client, sizes: Sizes, chance: random.Random) -> People:
    """Make the private chats and the groups; every reader who taps is in a group."""
    chats = [(await client.post("readers"))["chat"] for _ in range(sizes.chats)]
    readers = chats[: sizes.readers]
    groups = {}
    for number in range(sizes.groups):
        own = readers[number :: sizes.groups]
        others = [reader for reader in readers if reader not in own]
        wanted = max(0, min(MEMBERS - len(own), len(others)))
        members = own + chance.sample(others, wanted)
        made = await client.post("groups", title=f"Group {number + 1}", readers=members)
        groups[made["chat"]] = members
    return People(chats, readers, groups)


async def send_copies(client: Client, people: People, sizes: Sizes, chance: random.Random) -> None:
    """Have readers ask for the article: once in every chat, then in any until all are sent."""
    chats = [*people.chats, *people.groups]
    chats += chance.choices(chats, k=max(0, sizes.copies - len(chats)))
    for chat in chats[: sizes.copies]:
        reader = chance.choice(people.groups[chat]) if chat in people.groups else chat
        await client.post("messages", reader=reader, chat=chat, text="/article")
    deadline = time.monotonic() + TIMEOUT
    while len(await shown(client)) < sizes.copies:
        if time.monotonic() > deadline:
            raise RuntimeError("the bot did not send all copies")
        await asyncio.sleep(1.0)


async def shown(client: Client) -> dict[ChatKey, Shown]:
    """Every copy there is, with what its buttons say."""
    return {
        (chat["id"], message["message_id"]): counts(message["reply_markup"])
        for chat in (await client.get("state"))["chats"]
        for message in chat["messages"]
        if message["from"]["is_bot"] and "reply_markup" in message
    }


def start_bot(folder: Path, url: str, database: str, overall: float | None) -> Process:
    """Start the bot as users do. overall: its limit a second; None for a bot without limits."""
    limits = NO_LIMITS
    if overall is not None:
        limits = {
            "PRIVATE_CHAT_PER_SECOND": "1",
            "GROUP_PER_MINUTE": "20",
            "OVERALL_PER_SECOND": f"{overall:g}",
        }
    environ = clean_environment(
        BOT_TOKEN=TOKEN,
        BOT_API_URL=url,
        CORPUS_DIR=str(ROOT / "corpus"),
        DATABASE_URL=database,
        VOTER_KEY="k" * 32,
        **limits,
    )
    process = Process(["run"], folder, environ)
    process.wait_for(READY, 60)
    return process
