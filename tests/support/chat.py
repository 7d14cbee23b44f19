"""A reader, as the bot's readers are: writes, taps and reads in a chat."""

import itertools
import time
from collections.abc import Callable
from typing import Any

import httpx

from tests.support.corpora import ARTICLE
from tests.support.waiting import TIMEOUT, until


class Chat:
    """A reader in a chat with the bot, who writes, taps and reads: a private one, or a group."""

    def __init__(self, client: httpx.AsyncClient, reader: int, chat: int | None = None) -> None:
        self.client = client
        self.reader = reader
        self.chat = reader if chat is None else chat
        self.last = 0

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await self.client.post(f"/sandbox/{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def send(self, text: str | None = None, **more: Any) -> dict[str, Any]:
        """Write to the bot and return its answer."""
        await self.write(text, **more)
        return await self.read()

    async def write(self, text: str | None = None, **more: Any) -> None:
        """Write to the bot, and do not wait."""
        body = {"reader": self.reader, "chat": self.chat, **more}
        if text is not None:
            body["text"] = text
        self.last = (await self.post("messages", body))["message"]["message_id"]

    async def read(self, seconds: float = TIMEOUT) -> dict[str, Any]:
        """Return the next message from the bot."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            response = await self.client.get(
                f"/sandbox/chats/{self.chat}/messages",
                params={"after": self.last, "wait": 5},
            )
            for message in response.json()["messages"]:
                self.last = message["message_id"]
                if message["from"]["is_bot"]:
                    return message
        raise AssertionError("the bot did not answer")

    async def tap(self, message: dict[str, Any], data: str, query: str | None = None) -> str | None:
        """Press a button and return the toast."""
        body = {
            "reader": self.reader,
            "chat": self.chat,
            "message_id": message["message_id"],
            "data": data,
            "wait": 30,
        }
        if query is not None:
            body["callback_query_id"] = query
        answer = (await self.post("taps", body))["answer"]
        assert answer is not None, "the button was not answered"
        return answer["text"]

    async def tap_only(self, message: dict[str, Any], data: str) -> None:
        """Press a button, and do not wait."""
        body = {"reader": self.reader, "chat": self.chat, "data": data}
        await self.post("taps", {**body, "message_id": message["message_id"]})

    async def react(self, message: dict[str, Any], reaction: str) -> str | None:
        return await self.tap(message, f"r:{ARTICLE}:{reaction}")

    async def current(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return a message as it is now."""
        response = await self.client.get(
            f"/sandbox/chats/{self.chat}/messages",
            params={"after": message["message_id"] - 1},
        )
        return response.json()["messages"][0]

    async def shows(self, message: dict[str, Any], *texts: str) -> None:
        """Wait until a message shows these buttons among others."""
        await self._wait_for(message, lambda found: set(texts) <= set(found), texts)

    async def shows_only(self, message: dict[str, Any], *texts: str) -> None:
        """Wait until a message shows just these buttons."""
        await self._wait_for(message, lambda found: found == list(texts), texts)

    async def _wait_for(
        self, message: dict[str, Any], fits: Callable[[list[str]], bool], texts: tuple[str, ...]
    ) -> None:
        found: list[str] = []

        async def fact() -> bool:
            nonlocal found
            # The mark of the reader's own reaction, in a private chat, is left out.
            found = [text.removeprefix("✓ ") for text in buttons(await self.current(message))]
            return fits(found)

        await until(fact, lambda: f"{found} does not show {texts}")


def buttons(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for button in itertools.chain.from_iterable(rows)]


def marked(message: dict[str, Any], kind: str) -> list[str]:
    """Return the parts of a message's text under an entity of a kind."""
    raw = message["text"].encode("utf-16-le")
    return [
        raw[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in message.get("entities", [])
        if e["type"] == kind
    ]
