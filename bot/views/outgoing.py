"""A message that is ready to be sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.views.rich_text import Entity, EntityType, RichText, cut, units

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity

MAX_QUESTION_SHOWN = 500
"""UTF-16 units of a question that is shown above its answer."""


@dataclass(frozen=True)
class InlineButton:
    """A button below a message, which either sends something or leads somewhere.

    Attributes:
        text: What stands on it.
        data: What it sends when it is tapped (``bot.views.callback_data``); None if it is a link.
        url: Where it leads; None if it is no link.
    """

    text: str
    data: str | None = None
    url: str | None = None


Row = list[InlineButton]


def markup(rows: Sequence[Row]) -> "InlineKeyboardMarkup":
    """Return rows of buttons as the Bot API takes them."""
    # Importing Telegram's client takes longer than answering a question in the terminal.
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup  # noqa: PLC0415

    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(each.text, callback_data=each.data, url=each.url) for each in row]
            for row in rows
        ]
    )


def json_rows(rows: Sequence[Row]) -> list[list[dict[str, str]]]:
    """Return rows of buttons as the Bot API's JSON has them, decoded."""
    return [
        [_without_none(text=each.text, callback_data=each.data, url=each.url) for each in row]
        for row in rows
    ]


def keyboard_json(rows: Sequence[Sequence[Mapping[str, str]]]) -> str:
    """Return a keyboard as the Bot API's JSON.

    Args:
        rows: Rows of buttons, as ``json_rows`` returns them.
    """
    return json.dumps({"inline_keyboard": rows} if rows else {})


def _without_none(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class OutgoingMessage:
    """A message to send, or to replace another one.

    Attributes:
        text: At most ``rich_text.TEXT_LIMIT`` UTF-16 units.
        entities: Formatting, with offsets in UTF-16 units.
        rows: Rows of buttons below the text; None for no keyboard.
        article_id: The article whose counts the keyboard shows; None if it shows no counts.
        counts_version: Version of those counts; 0 if it shows none.
        preview_url: Address of the link preview; None for no preview.
        is_answer: Whether it answers a question, so that ``with_question`` can show that above it.
    """

    text: str
    entities: Sequence[Entity] = ()
    rows: Sequence[Row] | None = None
    article_id: str | None = None
    counts_version: int = 0
    preview_url: str | None = None
    is_answer: bool = False

    @cached_property
    def keyboard(self) -> "InlineKeyboardMarkup | None":
        """The buttons, as the Bot API takes them; None for no keyboard."""
        return None if self.rows is None else markup(self.rows)

    @cached_property
    def keyboard_json(self) -> str | None:
        """The buttons as the Bot API's JSON; None for no keyboard."""
        return None if self.rows is None else keyboard_json(json_rows(self.rows))

    @property
    def payload(self) -> dict[str, Any]:
        """Parameters of the Bot API's methods that send a text or edit one, as JSON values."""
        return {
            "text": self.text,
            "entities": [
                _without_none(type=str(e.type), offset=e.offset, length=e.length, url=e.url)
                for e in self.entities
            ],
            "reply_markup": self.keyboard_json,
            "link_preview_options": _without_none(
                is_disabled=self.preview_url is None, url=self.preview_url
            ),
        }

    @property
    def formatting(self) -> "list[MessageEntity]":
        """The entities, as the Bot API takes them."""
        from telegram import MessageEntity  # noqa: PLC0415 - see markup

        return [MessageEntity(e.type, e.offset, e.length, url=e.url) for e in self.entities]

    @property
    def link_preview(self) -> "LinkPreviewOptions":
        """The link preview, as the Bot API takes it."""
        from telegram import LinkPreviewOptions  # noqa: PLC0415 - see markup

        return LinkPreviewOptions(is_disabled=self.preview_url is None, url=self.preview_url)

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of the Bot API client's methods that send a text or edit one."""
        return {
            "text": self.text,
            "entities": self.formatting,
            "reply_markup": self.keyboard,
            "link_preview_options": self.link_preview,
        }


def with_question(message: OutgoingMessage, question: str | None) -> OutgoingMessage:
    """Show a question above its answer, for a chat that does not show it already.

    Args:
        message: The answer; any other message is returned unchanged.
        question: The question as asked; None or "" to show none.

    Returns:
        The message with the question in italics above its text. Answers leave space for it.
    """
    if not question or not message.is_answer:
        return message
    above = RichText().add(f"{cut(question, MAX_QUESTION_SHOWN)}\n\n", EntityType.ITALIC)
    shift = units(above.text)
    below = [replace(each, offset=each.offset + shift) for each in message.entities]
    return replace(message, text=above.text + message.text, entities=[*above.entities, *below])
