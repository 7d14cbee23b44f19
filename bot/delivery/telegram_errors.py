"""What Telegram's errors mean. No other module depends on their texts."""

from datetime import timedelta
from enum import Enum, auto

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
)


class NoAnswerError(NetworkError):
    """Telegram did not answer: something between it and the bot failed, or took too long.

    Attributes:
        may_be_done: Whether Telegram may have carried out the call all the same.
    """

    def __init__(self, message: str, may_be_done: bool) -> None:
        super().__init__(message)
        self.may_be_done = may_be_done


class Refusal(Enum):
    """Why Telegram refused a call."""

    NOT_MODIFIED = auto()
    """The edit would not change the message."""
    MESSAGE_GONE = auto()
    """The message was deleted or can no longer be edited."""
    CHAT_GONE = auto()
    """The chat does not exist (any more), or has become a supergroup."""
    FORBIDDEN = auto()
    """The bot was blocked or removed, or is not a member."""
    NO_RIGHTS = auto()
    """The bot lacks a right in the chat."""
    QUERY_EXPIRED = auto()
    """The button or inline query was answered too late."""
    OTHER = auto()


_TEXTS = {
    "message is not modified": Refusal.NOT_MODIFIED,
    "message to edit not found": Refusal.MESSAGE_GONE,
    "message can't be edited": Refusal.MESSAGE_GONE,
    "message_id_invalid": Refusal.MESSAGE_GONE,
    "chat not found": Refusal.CHAT_GONE,
    "not enough rights": Refusal.NO_RIGHTS,
    "need administrator rights": Refusal.NO_RIGHTS,
    "chat_admin_required": Refusal.NO_RIGHTS,
    "query is too old": Refusal.QUERY_EXPIRED,
}
"""Parts of the texts of Bad Request errors, in lower case."""


def refusal_of(error: TelegramError) -> Refusal | None:
    """Return why a call was refused; None if it was not refused but failed."""
    if isinstance(error, ChatMigrated):
        return Refusal.CHAT_GONE
    if isinstance(error, Forbidden):
        return Refusal.FORBIDDEN
    if not isinstance(error, BadRequest):
        return None
    text = error.message.lower()
    return next((why for part, why in _TEXTS.items() if part in text), Refusal.OTHER)


def is_transient(error: TelegramError) -> bool:
    """Return whether the same call may succeed a little later."""
    # In python-telegram-bot, BadRequest is a subclass of NetworkError.
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def outcome_unknown(error: TelegramError) -> bool:
    """Return whether the call may have been carried out although its answer was lost."""
    return isinstance(error, NoAnswerError) and error.may_be_done


def retry_delay(error: RetryAfter) -> float:
    """Return the seconds for which Telegram accepts no further call to the chat."""
    delay = error.retry_after
    # A number or a time span, depending on the environment variable PTB_TIMEDELTA.
    return delay.total_seconds() if isinstance(delay, timedelta) else float(delay)


def describe(error: TelegramError) -> str:
    """Return what went wrong, in words for the log."""
    if isinstance(error, Conflict) and "webhook" in error.message:
        return "another process has set a webhook with the same token; stop it"
    if isinstance(error, Conflict):
        return "another process polls with the same token; stop one of them"
    return error.message
