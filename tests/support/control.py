"""The control interface of the local Bot API server: groups, channels, inline queries."""

import secrets
from typing import Any

import httpx

from bot.cli.sandbox import SANDBOX_TOKEN
from tests.support.chat import Chat
from tests.support.waiting import until

TOKEN = SANDBOX_TOKEN
"""Of every bot in the tests."""


class ControlClient:
    """Makes groups, channels and readers, and does what only Telegram's apps can do.

    Args:
        client: Talks to the server.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def post(self, path: str, **body: Any) -> Any:
        response = await self.client.post(f"/sandbox/{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def pending(self) -> int:
        """Return the number of updates that the bot has not confirmed."""
        response = await self.client.get(f"/bot{TOKEN}/getWebhookInfo")
        return int(response.json()["result"]["pending_update_count"])

    async def all_handled(self) -> None:
        """Wait until the bot has confirmed every update, which it does when it has handled it."""

        async def fact() -> bool:
            return await self.pending() == 0

        await until(fact, lambda: "some updates are not confirmed")

    async def ask(self, path: str) -> Any:
        return (await self.client.get(f"/sandbox/{path}")).json()

    async def group(self, *readers: Chat, **more: Any) -> list[Chat]:
        """A new group, as each of the readers has it; the first one made it."""
        ids = [chat.reader for chat in readers]
        chat = (await self.post("groups", title="Readers", readers=ids, **more))["chat"]
        return [Chat(self.client, reader, chat) for reader in ids]

    async def channel(self, *readers: Chat, **more: Any) -> list[Chat]:
        """A new channel, as each of its readers has it; the first one owns it."""
        ids = [chat.reader for chat in readers]
        name = f"daily_{secrets.token_hex(4)}"
        made = await self.post("channels", title="Daily", username=name, readers=ids, **more)
        return [Chat(self.client, reader, made["chat"]) for reader in ids]

    async def language_reader(self, code: str) -> Chat:
        """A new reader whose app speaks a language."""
        made = await self.post("readers", language_code=code)
        return Chat(self.client, made["reader"]["id"])

    async def inline(self, reader: Chat, query: str, offset: str = "") -> dict[str, Any]:
        """What a reader sees who types a query after the bot's name."""
        answer = await self.post(
            "inline_queries", reader=reader.reader, query=query, offset=offset, wait=10
        )
        assert answer["results"] is not None, "the inline query was not answered"
        return dict(answer)

    async def choose(
        self, where: Chat, answer: dict[str, Any], number: int = 0, **more: Any
    ) -> dict[str, Any]:
        """Send an inline result into a chat; the message."""
        chosen = await self.post(
            "inline_queries/choose",
            reader=where.reader,
            chat=where.chat,
            inline_query_id=answer["inline_query_id"],
            result_id=answer["results"][number]["id"],
            **more,
        )
        return dict(chosen["message"])
