"""Answers and articles as messages: data in, text, entities and keyboard out. No I/O.

What the bot says itself is in the reader's language (``bot.views.i18n``); what an article says
stays in its own.
"""

from collections.abc import Sequence
from enum import Enum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.corpus.article import Article
from bot.corpus.reactions import Reaction
from bot.retrieval.answer import Answer, Match, Verdict
from bot.store.base import VoteCounts
from bot.views.i18n import Translator, long_date
from bot.views.keyboards import Row, question_rows, reaction_rows, search_all_row, turn_row
from bot.views.outgoing import MAX_QUESTION_SHOWN, OutgoingMessage
from bot.views.rich_text import TEXT_LIMIT, Piece, RichText, cut, cut_around, units

NEAREST_QUESTIONS = 2
"""Sample questions offered if the article has no answer."""
START_QUESTIONS = 3
"""Sample questions offered at the start."""
_ROOM = TEXT_LIMIT - MAX_QUESTION_SHOWN - 2
"""UTF-16 units of an answer; the rest is left for a question that may be shown above it."""


class Scope(Enum):
    """Which articles were asked a question, and whether a button may ask all of them."""

    ONE = "one"
    """One article; searching all is not offered."""
    ONE_OF_SEVERAL = "one of several"
    """One article; a button offers to search all of them."""
    ALL = "all"
    """All of several articles."""


def headline(article: Article) -> Piece:
    """Return an article's headline in bold, linked if its address is known."""
    return Piece(article.title, (MessageEntity.BOLD,), article.url)


def answer(
    translator: Translator,
    reactions: Sequence[Reaction],
    found: Answer,
    counts: VoteCounts,
    scope: Scope,
) -> OutgoingMessage:
    """Return the answer to a question, as fits its verdict.

    Args:
        translator: The language to speak.
        reactions: The reactions that readers can tap.
        found: What the search found.
        counts: The counts of the article that was found.
        scope: Which articles were searched.
    """
    match found.verdict:
        case Verdict.NOT_IN_ARTICLE:
            return not_in_article(translator, found.article, scope)
        case Verdict.UNSURE:
            return closest(translator, reactions, found, counts, scope)
        case Verdict.ANSWERED:
            matches = found.matches
            return passage(translator, reactions, found.article, matches, 0, counts, scope)


def passage(
    translator: Translator,
    reactions: Sequence[Reaction],
    article: Article,
    matches: Sequence[Match],
    position: int,
    counts: VoteCounts,
    scope: Scope,
) -> OutgoingMessage:
    """Return one of the matching passages, with buttons to turn to the others.

    Args:
        translator: The language to speak.
        reactions: The reactions that readers can tap.
        article: The article that the passages are from.
        matches: All passages that can be turned to, best first.
        position: Index in ``matches`` of the one to show.
        counts: The article's counts.
        scope: Which articles were searched.
    """
    text, match = _headed(article), matches[position]
    place = _place(translator, match)
    if len(matches) > 1:
        place = translator.text(
            "place_match", place=place, position=position + 1, count=len(matches)
        )
    _quote(text, match, _ROOM - units(text.text) - units(place) - 1, bold=True)
    text.add("\n").add(place, MessageEntity.ITALIC)
    rows = reaction_rows(article.id, reactions, counts.votes)
    if len(matches) > 1:
        rows.append(turn_row(translator, article, matches, position))
    return _answer(text, [*rows, *_search_all(translator, scope)], article, counts, scope)


def closest(
    translator: Translator,
    reactions: Sequence[Reaction],
    found: Answer,
    counts: VoteCounts,
    scope: Scope,
) -> OutgoingMessage:
    """Return the closest passages, with a note that they may be no answer; see ``answer``."""
    text, several = _headed(found.article), len(found.matches) > 1
    text.add("\n" + translator.text("unsure_several" if several else "unsure_one"))
    room = (_ROOM - units(text.text)) // len(found.matches)
    for match in found.matches:
        place = _place(translator, match)
        # Collapsed: two whole passages would push the line above them out of sight.
        _quote(text.add("\n"), match, room - units(place) - 2, bold=False, collapsed=True)
        text.add("\n").add(place, MessageEntity.ITALIC)
    rows = reaction_rows(found.article.id, reactions, counts.votes)
    return _answer(text, [*rows, *_search_all(translator, scope)], found.article, counts, scope)


def not_in_article(translator: Translator, article: Article, scope: Scope) -> OutgoingMessage:
    """Return that no answer was found, what the article is about, and questions it answers.

    Args:
        translator: The language to speak.
        article: The article that was asked, or the nearest one if all were.
        scope: Which articles were searched.
    """
    text, all_searched = RichText(), scope is Scope.ALL
    text.add(translator.text("not_in_any" if all_searched else "not_in_article") + "\n\n")
    about_key = "nearest_is_about" if all_searched else "it_is_about"
    text.join(translator.rich_text(about_key, title=headline(article)))
    # A question in another language finds nothing, whatever the article says.
    other = translator.language(article.language)
    could_ask = translator.text("could_ask_in", language=other) if other else None
    text.add("\n\n" + (could_ask or translator.text("could_ask")))
    rows = [*question_rows(article, NEAREST_QUESTIONS), *_search_all(translator, scope)]
    return OutgoingMessage(
        text.text,
        text.entities,
        InlineKeyboardMarkup(rows),
        is_answer=True,
        asks_again=scope is Scope.ONE_OF_SEVERAL,
    )


def about(
    translator: Translator,
    reactions: Sequence[Reaction],
    article: Article,
    counts: VoteCounts,
    invitation: str | None = None,
    scope: Scope = Scope.ONE,
) -> OutgoingMessage:
    """Return an article's headline, standfirst and reactions.

    Args:
        translator: The language to speak.
        reactions: The reactions that readers can tap.
        article: The article.
        counts: Its counts.
        invitation: How to ask about this article, shown with sample questions; None for neither.
        scope: ONE_OF_SEVERAL if from now on only this article is asked.
    """
    text = _introduced(article)
    rows = reaction_rows(article.id, reactions, counts.votes)
    if invitation is not None:
        text.add("\n\n" + invitation)
        rows += question_rows(article, START_QUESTIONS)
    rows += _search_all(translator, scope)
    return _with_counts(text, rows, article, counts, asks_again=scope is Scope.ONE_OF_SEVERAL)


def channel_post(
    translator: Translator,
    reactions: Sequence[Reaction],
    article: Article,
    counts: VoteCounts,
    ask_url: str,
) -> OutgoingMessage:
    """Return an article's post in a channel, with reactions and a button that leads to the bot.

    Args:
        translator: The language of the button.
        reactions: The reactions that readers can tap.
        article: The article.
        counts: Its counts.
        ask_url: Where the button leads.
    """
    text = _introduced(article)
    if article.url is not None:
        text.add("\n\n").add(article.url)
    rows = reaction_rows(article.id, reactions, counts.votes)
    rows.append([InlineKeyboardButton(translator.text("ask_about"), url=ask_url)])
    return _with_counts(text, rows, article, counts, preview_url=article.url)


def inline_passage(
    reactions: Sequence[Reaction],
    article: Article,
    match: Match,
    counts: VoteCounts,
    is_sure: bool = True,
) -> OutgoingMessage:
    """Return a passage without words of the bot's own, for a chat of any language.

    Args:
        reactions: The reactions that readers can tap.
        article: The article that the passage is from.
        match: The passage.
        counts: The article's counts.
        is_sure: Whether the passage is an answer, so that the answering sentence is marked.
    """
    text = _headed(article)
    place = f"¶ {match.passage.number}/{match.passage.of}"
    _quote(text, match, _ROOM - units(text.text) - units(place) - 1, bold=is_sure)
    text.add("\n").add(place, MessageEntity.ITALIC)
    rows = reaction_rows(article.id, reactions, counts.votes)
    return _answer(text, rows, article, counts, Scope.ONE)


def _answer(
    text: RichText, rows: Sequence[Row], article: Article, counts: VoteCounts, scope: Scope
) -> OutgoingMessage:
    asks_again = scope is Scope.ONE_OF_SEVERAL
    return _with_counts(text, rows, article, counts, asks_again=asks_again, is_answer=True)


def _with_counts(
    text: RichText,
    rows: Sequence[Row],
    article: Article,
    counts: VoteCounts,
    *,
    preview_url: str | None = None,
    is_answer: bool = False,
    asks_again: bool = False,
) -> OutgoingMessage:
    return OutgoingMessage(
        text.text,
        text.entities,
        InlineKeyboardMarkup(rows),
        article.id,
        counts.version,
        preview_url,
        is_answer,
        asks_again,
    )


def _search_all(translator: Translator, scope: Scope) -> list[Row]:
    return [search_all_row(translator)] if scope is Scope.ONE_OF_SEVERAL else []


def _place(translator: Translator, match: Match) -> str:
    return translator.text("place", number=match.passage.number, of=match.passage.of)


def _quote(text: RichText, match: Match, room: int, bold: bool, collapsed: bool = False) -> None:
    quoted, (start, end) = cut_around(match.passage.text, match.sentence, room)
    begin = text.end
    text.add(quoted, MessageEntity.EXPANDABLE_BLOCKQUOTE if collapsed else MessageEntity.BLOCKQUOTE)
    if bold:
        text.mark(begin + start, begin + end, MessageEntity.BOLD)


def _headed(article: Article) -> RichText:
    return RichText().add(headline(article)).add("\n")


def _introduced(article: Article) -> RichText:
    """Return headline, standfirst, and author and date as far as they are known."""
    text = _headed(article)
    text.add(cut(article.standfirst, TEXT_LIMIT // 2), MessageEntity.BLOCKQUOTE)
    byline = [article.author] if article.author else []
    byline += [long_date(article.published, article.language)] if article.published else []
    if byline:
        text.add("\n").add(" · ".join(byline), MessageEntity.ITALIC)
    return text
