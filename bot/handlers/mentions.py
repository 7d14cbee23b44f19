"""Whether a message in a group is meant for the bot, and what it asks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Message, MessageEntity, ReplyParameters, User

from bot.retrieval.analysis import words
from bot.views.rich_text import fitting, units

QUOTE_LIMIT = 1024
"""UTF-16 units of a quotation in a reply."""
_QUOTED = frozenset(
    {
        *(MessageEntity.BOLD, MessageEntity.ITALIC, MessageEntity.UNDERLINE),
        *(MessageEntity.STRIKETHROUGH, MessageEntity.SPOILER, MessageEntity.CUSTOM_EMOJI),
        "date_time",
    }
)
"""Types of entities that a quotation must have where the quoted text has them."""
_BEFORE = " \t\n,;:.!?)–—-،؛؟"
_AFTER = " \t\n,;:(–—-،؛"
"""What stands between a mention and the question, before and after it."""

Span = tuple[int, int]
"""Start and end in a text, in characters."""


@dataclass(frozen=True)
class AddressedQuestion:
    """A message that asks the bot something.

    question: "" for nothing but the mention. message: the one that asks, which the answer replies
    to. span: the part of its text to quote; None for nothing to quote.
    """

    question: str
    message: Message
    span: Span | None

    def reply(self) -> ReplyParameters:
        """Return what makes an answer a reply that quotes the question."""
        text, entities = content(self.message)
        if self.span is None:
            return ReplyParameters(self.message.message_id)
        start = self.span[0]
        end = start + fitting(text[start : self.span[1]], QUOTE_LIMIT)
        offset, stop = units(text[:start]), units(text[:end])
        inside = [
            _cut(e, offset, stop)
            for e in entities
            if e.type in _QUOTED and e.offset < stop and e.offset + e.length > offset
        ]
        return ReplyParameters(
            self.message.message_id,
            quote=text[start:end],
            quote_entities=inside or None,
            quote_position=offset,
        )


def content(message: Message) -> tuple[str, Sequence[MessageEntity]]:
    """Return a message's text or caption, "" for none, and its entities."""
    if message.text is not None:
        return message.text, message.entities
    return message.caption or "", message.caption_entities


def addressed_question(message: Message, me: User) -> AddressedQuestion | None:
    """Return what a message in a group asks the bot; None when it is not addressed.

    It is when it mentions the bot or replies to a message of it. A mention and no more, in a reply
    to somebody else's message, asks what that message says, or what was quoted of it.
    """
    text, entities = content(message)
    mentions = [_span(text, entity) for entity in entities if _is_mention(text, entity, me)]
    replied = message.reply_to_message
    to_me = replied is not None and _is_from(replied, me)
    if not mentions and not (to_me and words(text)):
        # A sticker or an emoji in reply is a reaction, and asks nothing.
        return None
    parts = [part for part in _between(text, mentions) if words(text[part[0] : part[1]])]
    if parts:
        question = " ".join(text[start:end] for start, end in parts)
        return AddressedQuestion(question, message, (parts[0][0], parts[-1][1]))
    return _borrowed(message, me) or AddressedQuestion("", message, None)


def command_question(message: Message, me: User) -> AddressedQuestion:
    """Return what stands after a command; with nothing there, what it replies to."""
    text = content(message)[0]
    question = (text.split(maxsplit=1)[1:] or [""])[0].strip()
    if not words(question):
        return _borrowed(message, me) or AddressedQuestion("", message, None)
    start = text.index(question)
    return AddressedQuestion(question, message, (start, start + len(question)))


def _borrowed(message: Message, me: User) -> AddressedQuestion | None:
    """Return what a message asks by replying to somebody else's; None for nothing."""
    replied = message.reply_to_message
    if replied is not None and not _is_from(replied, me):
        text = content(replied)[0]
        asked = (message.quote.text if message.quote else text).strip()
        if words(asked):
            start = text.find(asked)
            return AddressedQuestion(
                asked, replied, (start, start + len(asked)) if start >= 0 else None
            )
    elif message.external_reply is not None and message.quote is not None:
        # Of another chat or topic, where no answer would be seen by who asks here.
        return AddressedQuestion(message.quote.text.strip(), message, None)
    return None


def _is_from(message: Message, account: User) -> bool:
    return message.from_user is not None and message.from_user.id == account.id


def _cut(entity: MessageEntity, start: int, end: int) -> MessageEntity:
    """Return the part of an entity that stands in a quotation, with all that its type needs."""
    first = max(entity.offset, start)
    fields = {
        **entity.to_dict(),
        "offset": first - start,
        "length": min(entity.offset + entity.length, end) - first,
    }
    return MessageEntity.de_json(fields, None)


def _is_mention(text: str, entity: MessageEntity, me: User) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    start, end = _span(text, entity)
    return (
        entity.type == MessageEntity.MENTION
        and text[start:end].lower() == f"@{me.username}".lower()
    )


def _span(text: str, entity: MessageEntity) -> Span:
    """Return where an entity stands, in characters and not in UTF-16 units."""
    return fitting(text, entity.offset), fitting(text, entity.offset + entity.length)


def _between(text: str, mentions: Sequence[Span]) -> list[Span]:
    """Return the parts of a text around its mentions, without what joined them."""
    ends = [0, *(end for _, end in mentions)]
    starts = [*(start for start, _ in mentions), len(text)]
    found = []
    for start, end in zip(ends, starts, strict=True):
        part = text[start:end]
        begin = start + len(part) - len(part.lstrip(_BEFORE))
        found.append((begin, max(begin, start + len(part.rstrip(_AFTER)))))
    return found
