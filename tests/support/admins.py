"""A bot with admins, and what they do."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.chat import Chat
from tests.support.corpora import write_two_articles
from tests.support.stage import Stage
from tests.support.threads import BotThread
from tests.support.waiting import until


@dataclass
class Newsroom:
    """A bot with two articles, two admins and a reader who is none."""

    stage: Stage
    corpus: Path
    admin: Chat
    second: Chat
    reader: Chat
    settings: dict[str, str]
    bot: BotThread = field(init=False)

    async def restart(self, **more: str) -> None:
        self.bot = await self.stage.bot(**{**self.settings, **more})

    async def press(self, message: dict[str, Any], text: str) -> str | None:
        """Press the admin's button with a text; the toast."""
        return await self.admin.tap(message, data_of(message, text))

    async def answer_to_press(self, message: dict[str, Any], text: str) -> dict[str, Any]:
        """Press the admin's button with a text; the message that follows."""
        await self.press(message, text)
        return await self.admin.read()


async def desk(stage: Stage, **more: str) -> Newsroom:
    """Start a bot with admins."""
    admin, second, reader = [await stage.reader() for _ in range(3)]
    settings = {
        "ADMINS": f"{admin.reader} {second.reader}",
        "ALLOW_PRIVATE_ADDRESSES": "yes",
        **more,
    }
    if "CORPUS_DIR" not in settings:
        settings["CORPUS_DIR"] = str(write_two_articles(stage.folder))
    room = Newsroom(stage, Path(settings["CORPUS_DIR"]), admin, second, reader, settings)
    await room.restart()
    return room


def data_of(message: dict[str, Any], text: str) -> str:
    """Return what the button with a text sends."""
    rows = message["reply_markup"]["inline_keyboard"]
    [data] = [b["callback_data"] for row in rows for b in row if b["text"] == text]
    return str(data)


async def seen(chat: Chat, message: dict[str, Any], text: str) -> dict[str, Any]:
    """Wait until a message holds a text; the message as it is then."""
    found: dict[str, Any] = {}

    async def fact() -> bool:
        found.clear()
        found.update(await chat.current(message))
        return text in found["text"]

    await until(fact, lambda: f"{text!r} is not in {found}")
    return found
