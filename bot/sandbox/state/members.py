"""Who is in a chat: ChatMembers, and what happens when the bot is added or removed."""

import time
from typing import Any

from bot.sandbox.state.chats import Chat, PrivateChat, Reader
from bot.sandbox.state.shared_chats import Channel, Group
from bot.sandbox.state.world import World

_RIGHTS = (
    *("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members"),
    *("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
    "can_delete_stories",
)


def chat_member(world: World, chat: Chat, user_id: int) -> dict[str, Any] | None:
    """Return a user's membership in a chat as a ChatMember; None when there is no such user."""
    if user_id == world.bot.user["id"]:
        return _member(chat, world.bot.user, chat.bot_status)
    reader = world.readers.get(user_id)
    return _member(chat, reader.as_user(), _status(chat, user_id)) if reader else None


def _status(chat: Chat, reader: int) -> str:
    if reader not in chat.readers:
        return "left"
    if isinstance(chat, PrivateChat) or reader not in chat.admins:
        return "member"
    return "creator" if reader == chat.creator else "administrator"


def _member(chat: Chat, user: dict[str, Any], status: str) -> dict[str, Any]:
    member: dict[str, Any] = {"user": user, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    if status in ("creator", "administrator"):
        member["is_anonymous"] = False
    if status == "administrator":
        member |= {"can_be_edited": False, "can_promote_members": False}
        member |= dict.fromkeys(_RIGHTS, True)
        if isinstance(chat, Channel):
            # The bot may not edit what others posted.
            member |= {"can_post_messages": True, "can_edit_messages": False}
        elif isinstance(chat, Group):
            member["can_pin_messages"] = True
            if chat.kind == "supergroup":
                member["can_manage_topics"] = chat.forum
    return member


def set_bot_status(world: World, chat: Chat, status: str, by: Reader) -> int | None:
    """Change the bot's status in a chat, and tell the bot.

    Args:
        world: what there is.
        chat: where the status changes.
        status: the new one, as in a ChatMember.
        by: who changes it.

    Returns:
        The update's id; None when nothing changed or the bot asked not to get such updates.
    """
    old = chat.bot_status
    if old == status:
        return None
    chat.bot_status = status
    world.send_chat(chat)
    return world.updates.push(
        "my_chat_member",
        {
            "chat": chat.as_chat(),
            "from": by.as_user(),
            "date": int(time.time()),
            "old_chat_member": _member(chat, world.bot.user, old),
            "new_chat_member": _member(chat, world.bot.user, status),
        },
    )


def add_bot(world: World, group: Group, by: Reader) -> dict[str, Any]:
    """Make the bot a member of a group.

    Returns:
        `update_id` of its new status, and the service `message`; both None when it was a member.
    """
    if not group.excludes_bot:
        return {"update_id": None, "message": None}
    update_id = set_bot_status(world, group, "member", by)
    added = world.post(group, by.as_user(), {"new_chat_members": [world.bot.user]})
    return {"update_id": update_id, "message": added["message"]}
