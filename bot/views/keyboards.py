"""Inline keyboards: reactions with their counts, sample questions, passages, articles. No I/O."""

import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.corpus.article import Article
from bot.corpus.reactions import Reaction
from bot.retrieval.analysis import same_words
from bot.retrieval.answer import Match
from bot.views.callback_data import (
    ArticleButton,
    Button,
    LanguageButton,
    QuestionButton,
    ReactionButton,
    SearchAllButton,
    TurnButton,
    is_reaction,
    question_key,
)
from bot.views.i18n import Languages, Translator
from bot.views.outgoing import InlineButton, Row, json_rows
from bot.views.rich_text import cut

if TYPE_CHECKING:
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup

REACTIONS_PER_ROW = 4
"""Seven in one row would leave no space for counts on a phone."""
OWN_MARK = "✓ "
"""Before the reader's own reaction."""
MAX_ARTICLES_LISTED = 20
"""Articles listed as buttons; nobody reads a longer list."""


def compact(number: int) -> str:
    """Return a count as shown on a button: "" for 0, "1.2K" for 1234 (rounded down)."""
    for size, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")):
        if number >= size:
            tenths = number * 10 // size
            whole = tenths >= 1000 or tenths % 10 == 0
            return f"{tenths // 10}{letter}" if whole else f"{tenths // 10}.{tenths % 10}{letter}"
    return str(number) if number > 0 else ""


def reaction_rows(
    article_id: str,
    reactions: Sequence[Reaction],
    counts: Mapping[str, int],
    own: str | None = None,
) -> list[Row]:
    """Return the buttons of all reactions with their counts.

    Args:
        article_id: The article that the reactions are about.
        reactions: The reactions, in the order to show.
        counts: Reaction id -> votes.
        own: Id of the reaction to mark as the reader's own; None for none, as everywhere but in a
            private chat, where nobody else sees the keyboard.
    """
    buttons = [
        _button(
            (OWN_MARK if reaction.id == own else "")
            + f"{reaction.emoji} {compact(counts.get(reaction.id, 0))}".rstrip(),
            ReactionButton(article_id, reaction.id),
        )
        for reaction in reactions
    ]
    return [buttons[n : n + REACTIONS_PER_ROW] for n in range(0, len(buttons), REACTIONS_PER_ROW)]


def with_counts(
    rows: Sequence[Sequence[Mapping[str, str]]],
    article_id: str,
    reactions: Sequence[Reaction],
    counts: Mapping[str, int],
    own: str | None = None,
) -> list[Sequence[Mapping[str, str]]]:
    """Return a keyboard with current reaction rows, and all other rows as they were.

    Keyboards are as the Bot API's JSON has them, decoded.

    Args:
        rows: What the message shows; none if that is not known.
        article_id: The article that the reactions are about.
        reactions: The current set of reactions; rows of an earlier set are replaced too.
        counts: Reaction id -> votes.
        own: Id of the reaction to mark as the reader's own; None for none.
    """
    kept = [
        row for row in rows if not all(is_reaction(button.get("callback_data")) for button in row)
    ]
    return [*json_rows(reaction_rows(article_id, reactions, counts, own)), *kept]


def question_rows(article: Article, limit: int, asked: str = "") -> list[Row]:
    """Return a button for each of some of the article's sample questions, one per row.

    Args:
        article: The article.
        limit: How many questions at most.
        asked: What the reader has just asked: that is not offered again, and another question leads
            to other offers. "" for the first questions.
    """
    questions = [q for q in article.questions if not same_words(q, asked)]
    if asked and questions:
        # The same for everyone who asks the same, without keeping what was offered.
        start = zlib.crc32(asked.encode()) % len(questions)
        questions = questions[start:] + questions[:start]
    return [
        [_button(question, QuestionButton(article.id, question_key(question)))]
        for question in questions[:limit]
    ]


def turn_row(
    translator: Translator, article: Article, matches: Sequence[Match], position: int
) -> Row:
    """Return the buttons that turn to the matches before and after ``position`` (from 0)."""
    places = tuple((match.passage.position, match.sentence_number) for match in matches)
    targets = (("turn_previous", position - 1), ("turn_next", position + 1))
    return [
        _button(translator.text(key), TurnButton(article.id, article.version, other, places))
        for key, other in targets
        if 0 <= other < len(matches)
    ]


def search_all_row(translator: Translator) -> Row:
    """Return the button that asks all articles the same question."""
    return [_button(translator.text("search_all"), SearchAllButton())]


def has_search_all(keyboard: "InlineKeyboardMarkup | None") -> bool:
    """Return whether a button of a keyboard asks all articles the same question."""
    return any(each.callback_data == SearchAllButton().data for each in buttons_of(keyboard))


def buttons_of(keyboard: "InlineKeyboardMarkup | None") -> "list[InlineKeyboardButton]":
    """Return all buttons of a keyboard; none for None."""
    return [button for row in (keyboard.inline_keyboard if keyboard else ()) for button in row]


def article_rows(articles: Sequence[Article]) -> list[Row]:
    """Return a button for each article, at most MAX_ARTICLES_LISTED, one per row."""
    return [
        [_button(cut(article.title, 60), ArticleButton(article.id))]
        for article in articles[:MAX_ARTICLES_LISTED]
    ]


def language_rows(languages: Languages) -> list[Row]:
    """Return a button for each language, two per row, each named in that language."""
    buttons = [
        _button(translator.text("language_name"), LanguageButton(translator.code))
        for translator in languages.all
    ]
    return [buttons[n : n + 2] for n in range(0, len(buttons), 2)]


def _button(text: str, button: Button) -> InlineButton:
    return InlineButton(text, button.data)
