"""The sandbox's state: readers, chats, messages, callback queries; all of it in memory."""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from typing import Any

from bot.sandbox.calls import CallLog
from bot.sandbox.chats import Chat, Message, PrivateChat, Reader
from bot.sandbox.faults import Faults
from bot.sandbox.forwards import FORWARDER, followed, forwarded, says_otherwise
from bot.sandbox.guests import GuestQuery, Guests
from bot.sandbox.inline import InlineQueries
from bot.sandbox.limits import Limits
from bot.sandbox.listeners import Broadcast
from bot.sandbox.profile import Profile
from bot.sandbox.queries import Queries, wake
from bot.sandbox.shared_chats import Channel, Group
from bot.sandbox.threads import place
from bot.sandbox.updates import UpdateQueue

# How updates about messages are called in channels.
_OF_CHANNELS = {"message": "channel_post", "edited_message": "edited_channel_post"}


def as_the_bot_sees(message: Message) -> Message:
    """The message without what only others learn.

    That is the id of an inline message, and who wrote a channel's post.
    """
    hidden = {"inline_message_id"}
    if message["chat"]["type"] == "channel":
        hidden.add("from")
    return {name: value for name, value in message.items() if name not in hidden}


class World:
    """Everything there is. Changes go through here, so that every page hears of them."""

    def __init__(self, bot_id: int) -> None:
        self.profile = Profile(bot_id)
        self.readers: dict[int, Reader] = {}
        self.chats: dict[int, Chat] = {}
        self.events = Broadcast()
        self.calls = CallLog()
        self.limits = Limits(self._send_trouble)
        self.faults = Faults(self._send_trouble)
        self.updates = UpdateQueue(self.faults)
        self.inline_queries = InlineQueries()
        self.guests = Guests()
        self._inline: dict[str, tuple[Chat, int]] = {}
        self.queries = Queries()
        self.usernames: dict[str, Chat] = {}
        self._reader_ids = count(1001)
        self._ids = {
            "group": count(-5_000_001, -1),
            "supergroup": count(-1_001_000_000_001, -1),
            "channel": count(-1_002_000_000_001, -1),
        }
        # Makes the bot run anew; None while none runs that this process can restart.
        self.restart: Callable[[], None] | None = None
        for name in ("Ada", "Ben"):
            self.add_reader(name, "en")

    def bot_shown(self) -> dict[str, Any]:
        """The bot for the page. can_restart: whether it runs here, and can be made to anew."""
        return {**self.profile.shown(), "can_restart": self.restart is not None}

    def state(self) -> dict[str, Any]:
        """All a page needs to begin with."""
        return {
            "bot": self.bot_shown(),
            "readers": [reader.shown() for reader in self.readers.values()],
            "chats": [chat.shown() for chat in self.chats.values()],
            **self._trouble(),
        }

    def _trouble(self) -> dict[str, Any]:
        return {"faults": self.faults.shown(), "limits": self.limits.shown()}

    def _send_trouble(self) -> None:
        self.events.send("faults", self._trouble())

    def add_reader(self, first_name: str, language_code: str | None) -> PrivateChat:
        """A new reader's private chat with the bot."""
        reader = Reader(next(self._reader_ids), first_name, language_code)
        chat = PrivateChat(reader)
        self.readers[reader.id] = reader
        self.chats[chat.id] = chat
        self.events.send("reader", {"reader": reader.shown(), "chat": chat.shown()})
        return chat

    def change_reader(self, reader: Reader, **changes: Any) -> Reader:
        """Give a reader another name or language, in all chats; what was written stays."""
        new = replace(reader, **changes)
        self.readers[new.id] = new
        for chat in self.chats.values():
            if new.id in chat.readers:
                chat.readers[new.id] = new
        self.events.send("reader", {"reader": new.shown(), "chat": self.chats[new.id].shown()})
        return new

    def add_group(self, title: str, readers: Iterable[Reader], **more: Any) -> Group:
        """A new group of these readers; `more` as a Group takes it."""
        number = next(self._ids[more.get("kind", "supergroup")])
        group = Group(number, title, readers, **more)
        self.chats[group.id] = group
        self.show(group)
        return group

    def add_channel(
        self, title: str, username: str, readers: Iterable[Reader], **more: Any
    ) -> Channel:
        """A new channel of the first of these readers; `more` as a Channel takes it."""
        channel = Channel(next(self._ids["channel"]), title, username, readers, **more)
        self.chats[channel.id] = channel
        self.usernames[username.lower()] = channel
        if channel.discussion:
            channel.discussion.channel = channel
        self.show(channel)
        return channel

    def named(self, chat_id: str) -> Chat | None:
        """The chat with this id or @username; None when there is none."""
        if chat_id.startswith("@"):
            return self.usernames.get(chat_id[1:].lower())
        try:
            return self.chats.get(int(chat_id))
        except ValueError:
            return None

    def show(self, chat: Chat) -> None:
        """Tell the pages how a chat is now."""
        self.events.send("chat", {"chat": chat.shown()})

    def add_message(
        self,
        chat: Chat,
        sender: dict[str, Any],
        content: dict[str, Any],
        replied: int | None = None,
        *,
        author: int | None = None,
        thread: int | None = None,
    ) -> Message:
        """Put a message into `chat`.

        replied: the id of the message it answers, or None. author: the reader who wrote it, None
        when none did. thread: the topic or thread it stands in, None for that of what it answers.
        """
        if "external_reply" in content:
            placed, _ = place(chat, thread, None)
        else:
            placed, replied = place(chat, thread, replied)
        message: Message = {
            "message_id": chat.new_id(),
            "from": sender,
            "chat": chat.head(),
            "date": int(time.time()),
        }
        if isinstance(chat, Channel):
            message["sender_chat"] = chat.head()
        elif isinstance(chat, Group) and placed:
            chat.threads.add(placed["message_thread_id"])
        if replied is not None:
            # Telegram shows one step only: what was replied to does not show its own.
            quoted = as_the_bot_sees(chat.messages[replied])
            quoted.pop("reply_to_message", None)
            message["reply_to_message"] = quoted
        message.update({**placed, **content})
        if author is not None:
            chat.authors[message["message_id"]] = author
        self.put(chat, message)
        if sender["id"] == self.profile.user["id"]:
            wake(chat.waiters)
        return message

    def add_inline(
        self,
        chat: Chat,
        sender: dict[str, Any],
        content: dict[str, Any],
        *,
        author: int | None = None,
    ) -> Message:
        """Put a message into `chat` that `sender` chose from what the bot offered inline."""
        inline_id = secrets.token_urlsafe(18)
        inline = {"via_bot": self.profile.user, "inline_message_id": inline_id}
        message = self.add_message(chat, sender, {**inline, **content}, author=author)
        self._inline[inline_id] = chat, message["message_id"]
        return message

    def add_guest(self, query: GuestQuery, content: dict[str, Any]) -> Message:
        """Put the bot's answer to a guest query into the chat where it was asked."""
        inline_id = secrets.token_urlsafe(18)
        asked = query.asked["message_id"]
        message = self.add_message(
            query.chat,
            self.profile.user,
            {**query.caller(), "inline_message_id": inline_id, **content},
            asked if asked in query.chat.messages else None,
        )
        self._inline[inline_id] = query.chat, message["message_id"]
        self.guests.sent(query.chat, message)
        return message

    def inline(self, inline_id: str) -> tuple[Chat, Message] | None:
        """The inline message with this id and its chat; None when there is none."""
        chat, message_id = self._inline.get(inline_id, (None, 0))
        if chat is None or message_id not in chat.messages:
            return None
        return chat, chat.messages[message_id]

    def put(self, chat: Chat, message: Message) -> None:
        """Put a message, new or edited, in its place; an edited post also where it is discussed."""
        chat.messages[message["message_id"]] = message
        self.events.send("message", {"chat": chat.id, "message": message})
        if isinstance(chat, Channel) and chat.discussion:
            self._follow(chat.discussion, chat.forwards.get(message["message_id"], 0), message)

    def discuss(self, chat: Chat, message: Message) -> None:
        """Forward a new post to the group in which its channel is discussed, if there is one."""
        if isinstance(chat, Channel) and chat.discussion:
            forward = self.add_message(chat.discussion, FORWARDER, forwarded(message))
            chat.forwards[message["message_id"]] = forward["message_id"]
            chat.discussion.threads.add(forward["message_id"])
            self.tell("message", chat.discussion, forward)

    def _follow(self, group: Group, message_id: int, post: Message) -> None:
        old = group.messages.get(message_id)
        if old is None:
            return
        forward = followed(old, post)
        self.put(group, forward)
        if says_otherwise(old, forward):
            self.tell("edited_message", group, forward)

    def tell(self, kind: str, chat: Chat, message: Message) -> int | None:
        """Queue an update of `kind` about a message that is not the bot's own.

        The update's id; None when the bot does not hear of it.
        """
        update_id = None
        if chat.lets_through(message, self.profile.user, privacy=self.profile.switches["privacy"]):
            named = _OF_CHANNELS[kind] if isinstance(chat, Channel) else kind
            update_id = self.updates.push(named, as_the_bot_sees(message))
        elif kind == "message":
            update_id = self._tell_guest(chat, message)
        if kind == "message":
            self.discuss(chat, message)
        return update_id

    def _tell_guest(self, chat: Chat, message: Message) -> int | None:
        asked = self.guests.is_asked(chat, message, self.profile.user)
        if not isinstance(chat, Group) or not asked or not self.profile.switches["guest"]:
            return None
        query_id = self.queries.new_id()
        self.guests.open(query_id, chat, message)
        seen = {**as_the_bot_sees(message), "guest_query_id": query_id}
        return self.updates.push("guest_message", seen)

    def delete(self, chat: Chat, message_id: int) -> None:
        """Take a message away; KeyError when it is not there."""
        del chat.messages[message_id]
        chat.authors.pop(message_id, None)
        self.events.send("deleted", {"chat": chat.id, "message_id": message_id})

    def answer_query(self, query_id: str, text: str | None, show_alert: bool) -> None:
        """Answer a tap once; ApiError for an unknown id and for the second time."""
        query = self.queries.answer(query_id, text, show_alert)
        toast = {"callback_query_id": query_id, "text": text, "show_alert": show_alert}
        self.events.send("toast", {"reader": query.reader, **toast})
