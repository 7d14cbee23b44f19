"""Guest mode: a bot that is asked in groups that it is not in, and answers there."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from bot.sandbox.chats import Chat, Message
from bot.sandbox.errors import TOO_OLD, bad_request
from bot.sandbox.privacy import mentions
from bot.sandbox.shared_chats import SERVICE, Group

MAX_QUERIES = 20_000


@dataclass(frozen=True)
class GuestQuery:
    """What was asked, and where."""

    chat: Group
    asked: Message

    def caller(self) -> dict[str, Any]:
        """The field of the answer that tells who asked."""
        if "sender_chat" in self.asked:
            return {"guest_bot_caller_chat": self.asked["sender_chat"]}
        return {"guest_bot_caller_user": self.asked["from"]}


class Guests:
    """The queries that wait for an answer, and the messages that the bot sent as a guest."""

    def __init__(self) -> None:
        self._queries: OrderedDict[str, GuestQuery] = OrderedDict()
        self._sent: set[tuple[int, int]] = set()

    def is_asked(self, chat: Chat, message: Message, bot: dict[str, Any]) -> bool:
        """Whether a reader's new message asks `bot` (a User) as a guest.

        It mentions the bot, or answers what the bot said there as a guest.
        """
        if not isinstance(chat, Group) or not chat.closed or chat.migrated_to is not None:
            return False
        if message["message_id"] not in chat.authors or SERVICE & message.keys():
            return False
        replied = message.get("reply_to_message", {}).get("message_id", 0)
        return (chat.id, replied) in self._sent or mentions(message, bot)

    def open(self, query_id: str, chat: Group, asked: Message) -> None:
        """Remember a query so that it can be answered."""
        self._queries[query_id] = GuestQuery(chat, asked)
        if len(self._queries) > MAX_QUERIES:
            self._queries.popitem(last=False)

    def take(self, query_id: str) -> GuestQuery:
        """The query, which nobody can take again; ApiError when there is none with this id."""
        query = self._queries.pop(query_id, None)
        if query is None:
            raise bad_request(TOO_OLD)
        return query

    def sent(self, chat: Chat, message: Message) -> None:
        """Remember what the bot sent as a guest."""
        self._sent.add((chat.id, message["message_id"]))
