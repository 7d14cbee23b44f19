"""The sandbox's state: readers, chats, messages, updates, queries; all of it in memory."""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from typing import Any

from bot.sandbox.chaos.faults import Faults
from bot.sandbox.chaos.limits import Limits
from bot.sandbox.content import Message
from bot.sandbox.content.forwards import FORWARDER, forwarded, is_edited, updated_forward
from bot.sandbox.held_requests import wake
from bot.sandbox.state.bot_account import BotAccount
from bot.sandbox.state.call_log import CallLog
from bot.sandbox.state.chats import Chat, PrivateChat, Reader
from bot.sandbox.state.documents import Documents
from bot.sandbox.state.events import Broadcast
from bot.sandbox.state.inline_queries import InlineQueries
from bot.sandbox.state.queries import CallbackQueries, GuestQueries, GuestQuery
from bot.sandbox.state.shared_chats import Channel, Group, bot_view, is_delivered_to_bot
from bot.sandbox.state.threads import place_in_thread, replied_view
from bot.sandbox.state.update_queue import UpdateQueue
from bot.sandbox.state.webhook_sender import WebhookSender

# The kinds of updates about messages in channels.
_CHANNEL_KINDS = {"message": "channel_post", "edited_message": "edited_channel_post"}


class World:
    """All state. Pages are told of changes by ``send_bot`` and ``send_chat``.

    Attributes:
        restart: restarts the bot; None while no bot runs in this process.
    """

    def __init__(self, bot_id: int) -> None:
        self.bot = BotAccount(bot_id)
        self.readers: dict[int, Reader] = {}
        self.chats: dict[int, Chat] = {}
        self.events = Broadcast()
        self.calls = CallLog()
        self.limits = Limits(self._send_chaos)
        self.faults = Faults(self._send_chaos)
        self.updates = UpdateQueue(self.faults)
        self.webhook = WebhookSender(self.updates)
        self.callback_queries = CallbackQueries()
        self.inline_queries = InlineQueries()
        self.guest_queries = GuestQueries()
        self.documents = Documents()
        self.channels: dict[str, Channel] = {}
        self.restart: Callable[[], None] | None = None
        self._inline_messages: dict[str, tuple[Chat, int]] = {}
        self._reader_ids = count(1001)
        self._chat_ids = {
            "group": count(-5_000_001, -1),
            "supergroup": count(-1_001_000_000_001, -1),
            "channel": count(-1_002_000_000_001, -1),
        }
        for name in ("Ada", "Ben"):
            self.add_reader(name, "en")

    # --- what pages are told

    def state(self) -> dict[str, Any]:
        """Return everything that a page needs to begin with."""
        return {
            "bot": self._bot_for_page(),
            "readers": [reader.for_page() for reader in self.readers.values()],
            "chats": [chat.for_page() for chat in self.chats.values()],
            **self._chaos(),
        }

    def send_bot(self) -> None:
        """Tell the pages that the bot's account changed, or whether it can be restarted."""
        self.events.send("bot", self._bot_for_page())

    def send_chat(self, chat: Chat) -> None:
        """Tell the pages that a chat changed."""
        self.events.send("chat", {"chat": chat.for_page()})

    def _bot_for_page(self) -> dict[str, Any]:
        return {**self.bot.for_page(), "can_restart": self.restart is not None}

    def _chaos(self) -> dict[str, Any]:
        return {"faults": self.faults.for_page(), "limits": self.limits.for_page()}

    def _send_chaos(self) -> None:
        self.events.send("faults", self._chaos())

    # --- readers and chats

    def add_reader(self, first_name: str, language_code: str | None) -> Reader:
        """Add a reader, with a private chat with the bot that has the same id."""
        reader = Reader(next(self._reader_ids), first_name, language_code)
        self.readers[reader.id] = reader
        self.chats[reader.id] = PrivateChat(reader)
        self._send_reader(reader)
        return reader

    def change_reader(self, reader: Reader, **changes: Any) -> Reader:
        """Change a reader's name or language; messages that were sent keep the old ones."""
        changed = replace(reader, **changes)
        self.readers[changed.id] = changed
        for chat in self.chats.values():
            if changed.id in chat.readers:
                chat.readers[changed.id] = changed
        self._send_reader(changed)
        return changed

    def _send_reader(self, reader: Reader) -> None:
        chat = self.chats[reader.id].for_page()
        self.events.send("reader", {"reader": reader.for_page(), "chat": chat})

    def add_group(
        self, title: str, readers: Iterable[Reader], *, kind: str = "supergroup", **options: Any
    ) -> Group:
        """Add a group of these readers; `options` as for Group."""
        group = Group(next(self._chat_ids[kind]), title, readers, kind=kind, **options)
        self.chats[group.id] = group
        self.send_chat(group)
        return group

    def add_channel(
        self, title: str, username: str, readers: Iterable[Reader], **options: Any
    ) -> Channel:
        """Add a channel that the first of these readers owns; `options` as for Channel."""
        channel = Channel(next(self._chat_ids["channel"]), title, username, readers, **options)
        self.chats[channel.id] = channel
        self.channels[username.lower()] = channel
        if channel.discussion:
            channel.discussion.channel = channel
        self.send_chat(channel)
        return channel

    def find_chat(self, name: str) -> Chat | None:
        """Return the chat with this id or @username; None when there is none."""
        if name.startswith("@"):
            return self.channels.get(name[1:].lower())
        try:
            return self.chats.get(int(name))
        except ValueError:
            return None

    # --- messages

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
        """Add a message to a chat.

        Args:
            chat: where it is sent.
            sender: the User in its `from`.
            content: its other fields, except those that every message has.
            replied: the id of the message that it replies to, or None.
            author: the reader who wrote it; None when it was no reader.
            thread: the topic or thread that it is sent to; None: that of the replied message.
        """
        fields, replied = place_in_thread(chat, thread, replied)
        if isinstance(chat, Group) and fields:
            chat.threads.add(fields["message_thread_id"])
        if isinstance(chat, Channel):
            fields["sender_chat"] = chat.as_chat()
        if replied is not None and "external_reply" not in content:
            fields["reply_to_message"] = replied_view(chat.messages[replied])
        message: Message = {
            "message_id": chat.new_id(),
            "from": sender,
            "chat": chat.as_chat(),
            "date": int(time.time()),
            **fields,
            **content,
        }
        chat.authors[message["message_id"]] = author
        self.save_message(chat, message)
        if sender["id"] == self.bot.user["id"]:
            wake(chat.waiters)
        return message

    def add_inline_message(
        self, chat: Chat, sender: dict[str, Any], content: dict[str, Any], author: int
    ) -> Message:
        """Add a message that a reader chose from the bot's inline results."""
        return self._add_inline(chat, sender, {"via_bot": self.bot.user, **content}, author=author)

    def add_guest_answer(self, query: GuestQuery, content: dict[str, Any]) -> Message:
        """Add the bot's answer to a guest query to the chat where the bot was asked."""
        asked, chat = query.asked["message_id"], query.chat
        content = {**query.caller(), **content}
        replied = asked if asked in chat.messages else None
        message = self._add_inline(chat, self.bot.user, content, replied)
        self.guest_queries.add_sent(chat, message)
        return message

    def _add_inline(
        self, chat: Chat, sender: dict[str, Any], content: dict[str, Any], *args: Any, **more: Any
    ) -> Message:
        inline_id = secrets.token_urlsafe(18)
        content = {"inline_message_id": inline_id, **content}
        message = self.add_message(chat, sender, content, *args, **more)
        self._inline_messages[inline_id] = chat, message["message_id"]
        return message

    def find_inline_message(self, inline_id: str) -> tuple[Chat, Message] | None:
        """Return the inline message with this id and its chat; None when there is none."""
        chat, message_id = self._inline_messages.get(inline_id, (None, 0))
        if chat is None or message_id not in chat.messages:
            return None
        return chat, chat.messages[message_id]

    def save_message(self, chat: Chat, message: Message) -> None:
        """Store a new or edited message; an edited post changes in the discussion group too."""
        chat.messages[message["message_id"]] = message
        self.events.send("message", {"chat": chat.id, "message": message})
        if isinstance(chat, Channel) and chat.discussion:
            self._update_forward(chat, chat.discussion, message)

    def delete_message(self, chat: Chat, message_id: int) -> None:
        """Delete a message; KeyError when there is none with this id."""
        del chat.messages[message_id]
        chat.authors.pop(message_id, None)
        self.events.send("deleted", {"chat": chat.id, "message_id": message_id})

    def forward_to_discussion(self, chat: Chat, message: Message) -> None:
        """Forward a channel's new post to its discussion group, if it has one."""
        if isinstance(chat, Channel) and chat.discussion:
            forward = self.add_message(chat.discussion, FORWARDER, forwarded(message))
            chat.forwards[message["message_id"]] = forward["message_id"]
            chat.discussion.threads.add(forward["message_id"])
            self.notify_bot("message", chat.discussion, forward)

    def _update_forward(self, channel: Channel, group: Group, post: Message) -> None:
        old = group.messages.get(channel.forwards.get(post["message_id"], 0))
        if old:
            forward = updated_forward(old, post)
            self.save_message(group, forward)
            if is_edited(old, forward):
                self.notify_bot("edited_message", group, forward)

    # --- what the bot is told

    def post(
        self, chat: Chat, sender: dict[str, Any], content: dict[str, Any], *args: Any, **more: Any
    ) -> dict[str, Any]:
        """Add a message that others than the bot send, and tell the bot.

        The arguments are those of add_message.

        Returns:
            The `message`, and the `update_id`, which is None when the bot does not get it.
        """
        message = self.add_message(chat, sender, content, *args, **more)
        return {"message": message, "update_id": self.notify_bot("message", chat, message)}

    def notify_bot(self, kind: str, chat: Chat, message: Message) -> int | None:
        """Queue an update about a message that others sent or edited.

        Args:
            kind: "message" or "edited_message"; in channels the kind of their posts is used.
            chat: where the message is.
            message: as everybody sees it.

        Returns:
            The update's id; None when the bot does not get it.
        """
        update_id = None
        if is_delivered_to_bot(chat, message, self.bot.user, privacy=self.bot.switches["privacy"]):
            sent = _CHANNEL_KINDS[kind] if isinstance(chat, Channel) else kind
            update_id = self.updates.push(sent, bot_view(message))
        elif kind == "message":
            update_id = self._notify_guest(chat, message)
        if kind == "message":
            self.forward_to_discussion(chat, message)
        return update_id

    def _notify_guest(self, chat: Chat, message: Message) -> int | None:
        asked = self.guest_queries.asks_guest(chat, message, self.bot.user)
        if not asked or not self.bot.switches["guest"]:
            return None
        query_id = self.callback_queries.new_id()
        self.guest_queries.open(query_id, chat, message)
        return self.updates.push("guest_message", {**bot_view(message), "guest_query_id": query_id})

    def answer_callback_query(self, query_id: str, text: str | None, show_alert: bool) -> None:
        """Answer a tap, and show the answer; ApiError for an unknown id and a second answer."""
        query = self.callback_queries.answer(query_id, text, show_alert)
        toast = {"callback_query_id": query_id, "text": text, "show_alert": show_alert}
        self.events.send("toast", {"reader": query.reader, **toast})
