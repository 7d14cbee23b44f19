"""Keyboards: counts and callback data on buttons. Pure, as messages are."""

from collections.abc import Mapping, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.corpus.article import Article
from bot.corpus.loader import Reaction
from bot.retrieval.article_index import Match
from bot.views.callback_data import (
    ArticleButton,
    LanguageButton,
    QuestionButton,
    ReactionButton,
    SearchAllButton,
    TurnButton,
    parse,
    question_key,
)
from bot.views.i18n import Languages, Translator
from bot.views.rich_text import cut

BUTTONS_A_ROW = 4
"""Seven in one row leave no room for counts on a phone."""
MAX_LISTED = 20
"""Articles listed as buttons; more would be no list to read."""

Row = list[InlineKeyboardButton]


def compact(number: int) -> str:
    """Return a count as it stands on a button: 0 as nothing, 1234 as 1.2K, rounded down."""
    for size, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")):
        if number >= size:
            tenths = number * 10 // size
            whole = tenths >= 1000 or tenths % 10 == 0
            return f"{tenths // 10}{letter}" if whole else f"{tenths // 10}.{tenths % 10}{letter}"
    return str(number) if number > 0 else ""


def reaction_rows(
    article_id: str, reactions: Sequence[Reaction], counts: Mapping[str, int]
) -> list[Row]:
    """Return the buttons of all reactions with their counts."""
    buttons = [
        InlineKeyboardButton(
            f"{reaction.emoji} {compact(counts.get(reaction.id, 0))}".rstrip(),
            callback_data=ReactionButton(article_id, reaction.id).data,
        )
        for reaction in reactions
    ]
    return [buttons[n : n + BUTTONS_A_ROW] for n in range(0, len(buttons), BUTTONS_A_ROW)]


def with_counts(
    keyboard: InlineKeyboardMarkup | None,
    article_id: str,
    reactions: Sequence[Reaction],
    counts: Mapping[str, int],
) -> InlineKeyboardMarkup:
    """Return a keyboard as a message should show it now: fresh reactions, other rows kept.

    keyboard: the one that the message shows; None when that is not known.
    """
    others = [
        row
        for row in (keyboard.inline_keyboard if keyboard else ())
        if not all(isinstance(parse(_data(button)), ReactionButton) for button in row)
    ]
    return InlineKeyboardMarkup([*reaction_rows(article_id, reactions, counts), *others])


def _data(button: InlineKeyboardButton) -> str | None:
    return button.callback_data if isinstance(button.callback_data, str) else None


def question_rows(article: Article, most: int) -> list[Row]:
    """Return a button for each of the article's first sample questions, one a row."""
    return [
        [
            InlineKeyboardButton(
                question,
                callback_data=QuestionButton(article.id, question_key(question)).data,
            )
        ]
        for question in article.questions[:most]
    ]


def turn_row(words: Translator, article: Article, matches: Sequence[Match], position: int) -> Row:
    """Return the buttons that turn to the matches before and after a position (from 0)."""
    places = tuple((match.passage.number, match.place) for match in matches)
    turns = (("turn_previous", position - 1), ("turn_next", position + 1))
    return [
        InlineKeyboardButton(
            words.text(key), callback_data=TurnButton(article.id, other, places).data
        )
        for key, other in turns
        if 0 <= other < len(matches)
    ]


def search_all_row(words: Translator) -> Row:
    """Return the button that asks the same question of all articles."""
    text = words.text("search_all")
    return [InlineKeyboardButton(text, callback_data=SearchAllButton().data)]


def article_rows(articles: Sequence[Article]) -> list[Row]:
    """Return a button for each article, at most MAX_LISTED, one a row."""
    return [
        [InlineKeyboardButton(cut(article.title, 60), callback_data=ArticleButton(article.id).data)]
        for article in articles[:MAX_LISTED]
    ]


def language_rows(languages: Languages) -> list[Row]:
    """Return a button for each language, two a row, each named in itself."""
    buttons = [
        InlineKeyboardButton(
            words.text("language_name"), callback_data=LanguageButton(words.code).data
        )
        for words in languages.all
    ]
    return [buttons[n : n + 2] for n in range(0, len(buttons), 2)]
