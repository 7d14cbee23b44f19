"""The routes: which handler gets which update, and which updates to request from Telegram."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Message
from telegram.constants import UpdateType
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.delivery.identity import FromPeople
from bot.handlers import (
    admin_adding,
    admin_articles,
    admin_reports,
    buttons,
    commands,
    groups,
    guests,
    inline,
    language,
    private,
)
from bot.handlers.admin_desk import AdminDesk
from bot.handlers.services import Context

_WRITTEN = filters.TEXT | filters.CAPTION
_FROM_PEOPLE = FromPeople()
_NEW = _FROM_PEOPLE & filters.UpdateType.MESSAGE
_PRIVATE = _FROM_PEOPLE & filters.UpdateType.MESSAGES & filters.ChatType.PRIVATE
# New messages only: in a group, an edited question is not answered again.
_GROUP = _NEW & filters.ChatType.GROUPS
_MESSAGE, _EDITED = UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE


@dataclass(frozen=True)
class Route:
    """A handler and the kinds of updates that it needs."""

    handler: BaseHandler[Any, Context, Any]
    updates: Sequence[UpdateType]


def routes(desk: AdminDesk | None = None) -> list[Route]:
    """Return all routes. The first one that fits an update handles it, so the order matters.

    Args:
        desk: Says who may change the articles: their messages are tried on more routes.
    """
    return [*(_admin_routes(desk) if desk and desk.admins else ()), *_general_routes()]


class _FromAdmin(filters.MessageFilter):
    """Accepts what an admin writes in the private chat with the bot; the id alone counts."""

    def __init__(self, desk: AdminDesk) -> None:
        super().__init__()
        self._desk = desk

    def filter(self, message: Message) -> bool:
        return self._desk.is_admin(message)


def _admin_routes(desk: AdminDesk) -> list[Route]:
    mine = _PRIVATE & _FromAdmin(desk)
    handlers: list[BaseHandler[Any, Context, Any]] = [
        CommandHandler("articles", admin_articles.articles, filters=mine),
        CommandHandler("reload", admin_reports.reload, filters=mine),
        CommandHandler("stats", admin_reports.stats, filters=mine),
        MessageHandler(mine & filters.Regex(admin_adding.LINK), admin_adding.link),
    ]
    # A file is sent once, while its caption may be edited.
    files = MessageHandler(
        mine & _NEW & filters.Document.ALL & ~filters.ANIMATION, admin_adding.document
    )
    return [*(Route(each, [_MESSAGE, _EDITED]) for each in handlers), Route(files, [_MESSAGE])]


def _general_routes() -> list[Route]:
    return [
        # First, because most updates are taps, and every route that is tried takes time.
        Route(CallbackQueryHandler(buttons.tapped), [UpdateType.CALLBACK_QUERY]),
        # Before messages: the library treats a guest message like any other message.
        Route(
            MessageHandler(_FROM_PEOPLE & filters.UpdateType.GUEST_MESSAGE, guests.asked),
            [UpdateType.GUEST_MESSAGE],
        ),
        _command("start", commands.start),
        _command("help", commands.show_help),
        _command("article", commands.article),
        _command("ask", commands.ask),
        _command("privacy", commands.privacy),
        _command("forget", commands.forget),
        _command("language", language.command),
        Route(InlineQueryHandler(inline.query), [UpdateType.INLINE_QUERY]),
        Route(ChosenInlineResultHandler(inline.chosen), [UpdateType.CHOSEN_INLINE_RESULT]),
        Route(
            ChatMemberHandler(groups.membership_changed, ChatMemberHandler.MY_CHAT_MEMBER),
            [UpdateType.MY_CHAT_MEMBER],
        ),
        Route(MessageHandler(_PRIVATE & filters.COMMAND, commands.unknown), [_MESSAGE, _EDITED]),
        # An edited question is answered again, an edited picture or live location is not.
        Route(MessageHandler(_PRIVATE & _WRITTEN, private.question), [_MESSAGE, _EDITED]),
        Route(
            MessageHandler(_PRIVATE & _NEW & ~filters.StatusUpdate.ALL, private.not_text),
            [_MESSAGE],
        ),
        Route(MessageHandler(_GROUP & filters.StatusUpdate.MIGRATE, groups.migrated), [_MESSAGE]),
        Route(MessageHandler(_GROUP & filters.COMMAND, groups.unknown_command), [_MESSAGE]),
        Route(MessageHandler(_GROUP & _WRITTEN, groups.message), [_MESSAGE]),
    ]


def allowed_updates() -> list[str]:
    """Return the kinds of updates that the routes need."""
    return sorted({str(kind.value) for route in routes() for kind in route.updates})


def _command(name: str, callback: Any) -> Route:
    handler = CommandHandler(name, callback, filters=_PRIVATE | _GROUP)
    return Route(handler, [_MESSAGE, _EDITED])
