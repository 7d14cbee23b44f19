"""Lists of passages to send into any chat: what inline queries are answered with. Pure.

What a result holds has no word of the bot's own, as nobody knows which language a chat speaks; so
it is the same for every reader. Words stand only on the button above the list.
"""

import re
from dataclasses import dataclass

from telegram import InlineQueryResultArticle, InputTextMessageContent

from bot.corpus.article import ID_PATTERN
from bot.delivery.sender import sending
from bot.views.answers import OutgoingMessage
from bot.views.rich_text import cut

PAGE = 10
"""Results a page; Telegram takes 50, and nobody reads as many."""
QUERY_LIMIT = 256
"""Characters after which Telegram cuts a query."""
TITLE_LIMIT, DESCRIPTION_LIMIT = 100, 200
"""UTF-16 units of a result in the list; clients show three lines at most."""

_ID = re.compile(rf"({ID_PATTERN.pattern}):[a-z0-9.]+:(\d{{1,12}})")


@dataclass(frozen=True)
class Listed:
    """A message that can be chosen. name: tells it from others of its article, in a-z, 0-9, "."."""

    title: str
    description: str
    rendered: OutgoingMessage
    name: str
    version: int


def result(listed: Listed) -> InlineQueryResultArticle:
    """Return the result for a list, whose id tells article and version of the counts in it."""
    id_ = f"{listed.rendered.article_id}:{listed.name}:{listed.version}"
    return _result(id_, listed.title, listed.description, listed.rendered)


def single_result(rendered: OutgoingMessage) -> InlineQueryResultArticle:
    """Return a message as the one result that guest mode takes; nobody sees its title."""
    return _result("answer", rendered.text.partition("\n")[0], "", rendered)


def _result(
    id_: str, title: str, description: str, rendered: OutgoingMessage
) -> InlineQueryResultArticle:
    parts = sending(rendered)
    keyboard = parts.pop("reply_markup")
    return InlineQueryResultArticle(
        id=id_,
        title=cut(title, TITLE_LIMIT),
        description=cut(description, DESCRIPTION_LIMIT) or None,
        input_message_content=InputTextMessageContent(parts.pop("text"), **parts),
        reply_markup=keyboard,
    )


def parse_result_id(result_id: str) -> tuple[str, int] | None:
    """Return article id and version of a chosen result; None for what is no id of ours."""
    match = _ID.fullmatch(result_id)
    return (match[1], int(match[2])) if match else None


def page_at(offset: str, count: int) -> tuple[range, str]:
    """Return which of count results to show at an offset, and the next offset, "" for none."""
    start = int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 7 else 0
    end = min(start + PAGE, count)
    return range(start, end), str(end) if end < count else ""


def was_cut(query: str) -> bool:
    """Tell whether Telegram cut a query, as far as that can be told."""
    return len(query) >= QUERY_LIMIT
