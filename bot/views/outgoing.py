"""A message that is ready to be sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity

from bot.views.rich_text import RichText, cut, units

MAX_QUESTION_SHOWN = 500
"""UTF-16 units of a question that is shown above its answer."""


@dataclass(frozen=True)
class OutgoingMessage:
    """A message to send, or to replace another one.

    Attributes:
        text: At most ``rich_text.TEXT_LIMIT`` UTF-16 units.
        entities: Formatting, with offsets in UTF-16 units.
        keyboard: Buttons below the text; None for none.
        article_id: The article whose counts the keyboard shows; None if it shows no counts.
        counts_version: Version of those counts; 0 if it shows none.
        preview_url: Address of the link preview; None for no preview.
        is_answer: Whether it answers a question, so that ``with_question`` can show that above it.
    """

    text: str
    entities: Sequence[MessageEntity] = ()
    keyboard: InlineKeyboardMarkup | None = None
    article_id: str | None = None
    counts_version: int = 0
    preview_url: str | None = None
    is_answer: bool = False

    @property
    def link_preview(self) -> LinkPreviewOptions:
        """The link preview, as the Bot API takes it."""
        return LinkPreviewOptions(is_disabled=self.preview_url is None, url=self.preview_url)

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of the Bot API client's methods that send a text or edit one."""
        return {
            "text": self.text,
            "entities": self.entities,
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
    above = RichText().add(f"{cut(question, MAX_QUESTION_SHOWN)}\n\n", MessageEntity.ITALIC)
    below = MessageEntity.shift_entities(units(above.text), message.entities)
    return replace(message, text=above.text + message.text, entities=[*above.entities, *below])
