"""What a message asks, and whether it is addressed to the bot. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Message, MessageEntity, ReplyParameters, User

from bot.views.rich_text import fitting, units

QUOTE_LIMIT = 1024
"""UTF-16 units of a quotation in a reply."""
_QUOTED_TYPES = frozenset(
    {
        *(MessageEntity.BOLD, MessageEntity.ITALIC, MessageEntity.UNDERLINE),
        *(MessageEntity.STRIKETHROUGH, MessageEntity.SPOILER, MessageEntity.CUSTOM_EMOJI),
        "date_time",
    }
)
"""Types of entities that a quotation must have wherever the quoted text has them."""
_BEFORE = " \t\n,;:.!?)–—-،؛؟"
_AFTER = " \t\n,;:(–—-،؛"
"""Characters between a mention and the question, before and after the question."""

Span = tuple[int, int]
"""Start and end in a text, in characters."""


@dataclass(frozen=True)
class AddressedQuestion:
    """A question that is addressed to the bot.

    Attributes:
        text: The question; "" if the message only mentions the bot.
        message: The message that asks it; the answer replies to this one.
        span: The part of that message's text to quote; None to quote nothing.
    """

    text: str
    message: Message
    span: Span | None = None

    def reply_parameters(self) -> ReplyParameters:
        """Return what makes an answer a reply that quotes the question."""
        text, entities = content(self.message)
        if self.span is None:
            return ReplyParameters(self.message.message_id)
        start = self.span[0]
        end = start + fitting(text[start : self.span[1]], QUOTE_LIMIT)
        offset, stop = units(text[:start]), units(text[:end])
        inside = [
            _clipped(e, offset, stop)
            for e in entities
            if e.type in _QUOTED_TYPES and e.offset < stop and e.offset + e.length > offset
        ]
        return ReplyParameters(
            self.message.message_id,
            quote=text[start:end],
            quote_entities=inside or None,
            quote_position=offset,
        )


def content(message: Message) -> tuple[str, Sequence[MessageEntity]]:
    """Return a message's text or caption ("" if it has neither), and its entities."""
    if message.text is not None:
        return message.text, message.entities
    return message.caption or "", message.caption_entities


def addressed_question(message: Message, bot: User) -> AddressedQuestion | None:
    """Return what a message in a group asks the bot; None if it is not addressed to it.

    A message is addressed to the bot if it mentions the bot or replies to one of its messages. A
    mention and nothing else, in a reply to somebody else's message, asks what that message says, or
    what was quoted of it.

    Args:
        message: The message.
        bot: The bot's account.
    """
    text, entities = content(message)
    mentions = [_span(text, entity) for entity in entities if _is_mention(text, entity, bot)]
    replied = message.reply_to_message
    replies_to_bot = replied is not None and _is_from(replied, bot)
    if not mentions and not (replies_to_bot and _has_words(text)):
        # A reply that is only a sticker or an emoji asks nothing.
        return None
    parts = [part for part in _between(text, mentions) if _has_words(text[part[0] : part[1]])]
    if parts:
        question = " ".join(text[start:end] for start, end in parts)
        return AddressedQuestion(question, message, (parts[0][0], parts[-1][1]))
    return _replied_question(message, bot) or AddressedQuestion("", message)


def command_question(message: Message, bot: User) -> AddressedQuestion:
    """Return the question after a command, or else the one that the message replies to.

    Args:
        message: A message whose text or caption starts with a command.
        bot: The bot's account.
    """
    text = content(message)[0]
    question = (text.split(maxsplit=1)[1:] or [""])[0].strip()
    if not _has_words(question):
        return _replied_question(message, bot) or AddressedQuestion("", message)
    start = text.index(question)
    return AddressedQuestion(question, message, (start, start + len(question)))


def _replied_question(message: Message, bot: User) -> AddressedQuestion | None:
    """Return the question in somebody else's message to which a message replies, if any."""
    replied = message.reply_to_message
    if replied is not None and not _is_from(replied, bot):
        text = content(replied)[0]
        question = (message.quote.text if message.quote else text).strip()
        if _has_words(question):
            start = text.find(question)
            span = (start, start + len(question)) if start >= 0 else None
            return AddressedQuestion(question, replied, span)
    elif message.external_reply is not None and message.quote is not None:
        # It is in another chat or topic, where the person who asks here would not see an answer.
        return AddressedQuestion(message.quote.text.strip(), message)
    return None


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _is_from(message: Message, user: User) -> bool:
    return message.from_user is not None and message.from_user.id == user.id


def _clipped(entity: MessageEntity, start: int, end: int) -> MessageEntity:
    """Return the part of an entity inside a quotation, with everything that its type needs."""
    first = max(entity.offset, start)
    fields = {
        **entity.to_dict(),
        "offset": first - start,
        "length": min(entity.offset + entity.length, end) - first,
    }
    return MessageEntity.de_json(fields, None)


def _is_mention(text: str, entity: MessageEntity, bot: User) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == bot.id
    start, end = _span(text, entity)
    return (
        entity.type == MessageEntity.MENTION
        and text[start:end].lower() == f"@{bot.username}".lower()
    )


def _span(text: str, entity: MessageEntity) -> Span:
    """Return the start and end of an entity, in characters instead of UTF-16 units."""
    return fitting(text, entity.offset), fitting(text, entity.offset + entity.length)


def _between(text: str, mentions: Sequence[Span]) -> list[Span]:
    """Return the parts of a text around its mentions, without the punctuation next to them."""
    ends = [0, *(end for _, end in mentions)]
    starts = [*(start for start, _ in mentions), len(text)]
    found = []
    for start, end in zip(ends, starts, strict=True):
        part = text[start:end]
        begin = start + len(part) - len(part.lstrip(_BEFORE))
        found.append((begin, max(begin, start + len(part.rstrip(_AFTER)))))
    return found
