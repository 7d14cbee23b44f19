"""Results of inline queries: messages that a reader can send into any chat. No I/O.

The language of that chat is not known, so a result contains no words of the bot's own and is the
same for every reader. Only the button above the list is in the reader's language.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from telegram import InlineQueryResultArticle, InputTextMessageContent

from bot.corpus.article import ID_PATTERN
from bot.views.outgoing import OutgoingMessage
from bot.views.rich_text import cut

PAGE_SIZE = 10
"""Results on a page. Telegram accepts 50, but nobody reads that many."""
QUERY_LIMIT = 256
"""Characters after which Telegram cuts a query."""
TITLE_LIMIT, DESCRIPTION_LIMIT = 100, 200
"""UTF-16 units of a result's title and description; apps show three lines at most."""
SENTENCE_LIMIT = 60
"""UTF-16 units of a sentence that is a title: about one line."""

Result = TypeVar("Result")

_RESULT_ID = re.compile(rf"({ID_PATTERN.pattern}):[a-z0-9.]+:(\d{{1,12}})")


def list_item(
    title: str, description: str, message: OutgoingMessage, name: str
) -> InlineQueryResultArticle:
    """Return a message that can be chosen from the list.

    Args:
        title: First line in the list; its first letter is shown large beside it.
        description: Lines below it; "" for none.
        message: What is sent when it is chosen; it shows an article's counts, and the result's id
            contains the article and the version of the counts.
        name: Distinguishes it from other results of the same article: a-z, 0-9 and ".".
    """
    id_ = f"{message.article_id}:{name}:{message.counts_version}"
    return _article(id_, title, description, message)


def single_result(message: OutgoingMessage) -> InlineQueryResultArticle:
    """Return a message as the result that answers a guest; its title is never shown."""
    return _article("answer", message.text.partition("\n")[0], "", message)


def _article(
    id_: str, title: str, description: str, message: OutgoingMessage
) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        id=id_,
        title=cut(title, TITLE_LIMIT),
        description=cut(description, DESCRIPTION_LIMIT) or None,
        input_message_content=InputTextMessageContent(
            message.text, entities=message.formatting, link_preview_options=message.link_preview
        ),
        reply_markup=message.keyboard,
    )


def parse_result_id(result_id: str) -> tuple[str, int] | None:
    """Return the article id and the counts' version in a result's id; None if it is not valid."""
    match = _RESULT_ID.fullmatch(result_id)
    return (match[1], int(match[2])) if match else None


def page_at(offset: str, results: Iterable[Result]) -> tuple[list[Result], str]:
    """Return the results on a page, and the offset of the next page; "" on the last page.

    Args:
        offset: Offset of the query; "" and anything invalid mean the first page.
        results: All results, of which those behind the page are not made.
    """
    start = int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 7 else 0
    found = list(islice(results, start, start + PAGE_SIZE + 1))
    return found[:PAGE_SIZE], str(start + PAGE_SIZE) if len(found) > PAGE_SIZE else ""


def was_cut(query: str) -> bool:
    """Return whether Telegram has probably cut a query."""
    return len(query) >= QUERY_LIMIT
