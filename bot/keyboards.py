"""Keyboards: counts and callback data on buttons. Pure, as messages are."""

from collections.abc import Mapping, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.article import Article
from bot.callbacks import QuestionButton, ReactionButton, TurnButton, parse, question_key
from bot.corpus import Reaction
from bot.passages import Match

BUTTONS_A_ROW = 4
"""Seven in one row leave no room for counts on a phone."""


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
) -> list[list[InlineKeyboardButton]]:
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


def question_rows(article: Article, most: int) -> list[list[InlineKeyboardButton]]:
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


def turn_row(
    article: Article, matches: Sequence[Match], position: int
) -> list[InlineKeyboardButton]:
    """Return the buttons that turn to the matches before and after a position (from 0)."""
    places = tuple((match.passage.number, match.place) for match in matches)
    turns = (("◀ Previous", position - 1), ("Next passage ▶", position + 1))
    return [
        InlineKeyboardButton(label, callback_data=TurnButton(article.id, other, places).data)
        for label, other in turns
        if 0 <= other < len(matches)
    ]
