"""Who is in a chat: ChatMembers, and what happens when the bot comes or goes."""

import time
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.shared_chats import Channel, Group
from bot.sandbox.world import World

_RIGHTS = (
    *("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members"),
    *("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
    "can_delete_stories",
)


def member(world: World, chat: Chat, user_id: int) -> dict[str, Any] | None:
    """What a user is in a chat, as a ChatMember; None for somebody who does not exist."""
    if user_id == world.profile.user["id"]:
        return bot_member(world, chat, chat.bot_status)
    reader = world.readers.get(user_id)
    if reader is None:
        return None
    return _member(chat, reader.user(), _status(chat, user_id))


def bot_member(world: World, chat: Chat, status: str) -> dict[str, Any]:
    """The bot as a ChatMember with this status."""
    return _member(chat, world.profile.user, status)


def _status(chat: Chat, reader: int) -> str:
    if reader not in chat.readers:
        return "left"
    if isinstance(chat, Channel):
        return "creator" if reader == chat.owner else "member"
    if isinstance(chat, Group) and reader in chat.admins:
        return "creator" if reader == chat.creator else "administrator"
    return "member"


def _member(chat: Chat, user: dict[str, Any], status: str) -> dict[str, Any]:
    found: dict[str, Any] = {"user": user, "status": status}
    if status == "kicked":
        found["until_date"] = 0
    if status in ("creator", "administrator"):
        found["is_anonymous"] = False
    if status == "administrator":
        found |= {"can_be_edited": False, "can_promote_members": False}
        found |= dict.fromkeys(_RIGHTS, True)
        if isinstance(chat, Channel):
            # What others posted is not the bot's to edit here.
            found |= {"can_post_messages": True, "can_edit_messages": False}
        elif isinstance(chat, Group):
            found["can_pin_messages"] = True
            if chat.kind == "supergroup":
                found["can_manage_topics"] = chat.forum
    return found


def move_bot(world: World, chat: Chat, status: str, by: dict[str, Any]) -> int | None:
    """Give the bot another status in a chat, and tell it so. by: the User who did that.

    The update's id; None when nothing changed, or the bot does not want to hear of it.
    """
    old = chat.bot_status
    if old == status:
        return None
    chat.bot_status = status
    world.show(chat)
    return world.updates.push(
        "my_chat_member",
        {
            "chat": chat.head(),
            "from": by,
            "date": int(time.time()),
            "old_chat_member": bot_member(world, chat, old),
            "new_chat_member": bot_member(world, chat, status),
        },
    )
