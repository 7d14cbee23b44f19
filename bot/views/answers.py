"""Answers and articles as messages: data in, text, entities and keyboard out. No I/O.

What the bot says itself is in the reader's language (``bot.views.i18n``); what an article says
stays in its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class ArticleView:
    """Renders what an article says, and the reactions to it.

    Attributes:
        translator: The language to speak.
        reactions: The reactions that readers can tap.
        article: The article.
        counts: Its counts.
        scope: Which articles are asked.
    """

    translator: Translator
    reactions: Sequence[Reaction]
    article: Article
    counts: VoteCounts
    scope: Scope = Scope.ONE

    def answer(self, found: Answer) -> OutgoingMessage:
        """Return the article's answer to a question, as fits its verdict."""
        match found.verdict:
            case Verdict.NOT_IN_ARTICLE:
                return self.not_in_article()
            case Verdict.UNSURE:
                return self.closest(found.matches)
            case Verdict.ANSWERED:
                return self.passage(found.matches, 0)

    def passage(self, matches: Sequence[Match], position: int) -> OutgoingMessage:
        """Return one of the matching passages, with buttons to turn to the others.

        Args:
            matches: All passages that can be turned to, best first.
            position: Index in ``matches`` of the one to show.
        """
        text, match, rows = self._headed(), matches[position], list[Row]()
        place = self._place(match)
        if len(matches) > 1:
            place = self.translator.text(
                "place_match", place=place, position=position + 1, count=len(matches)
            )
            rows.append(turn_row(self.translator, self.article, matches, position))
        _quote(text, match, place, _ROOM - units(text.text), bold=True)
        return self._message(text, rows, is_answer=True)

    def closest(self, matches: Sequence[Match]) -> OutgoingMessage:
        """Return the closest passages, with a note that they may be no answer."""
        text, several = self._headed(), len(matches) > 1
        text.add("\n" + self.translator.text("unsure_several" if several else "unsure_one"))
        room = (_ROOM - units(text.text)) // len(matches)
        for match in matches:
            # Collapsed: two whole passages would push the line above them out of sight.
            _quote(text.add("\n"), match, self._place(match), room - 1, collapsed=True)
        return self._message(text, is_answer=True)

    def not_in_article(self) -> OutgoingMessage:
        """Return that no answer was found, what the article is about, and questions it answers.

        If all articles were asked, this is the nearest one.
        """
        translator, all_searched = self.translator, self.scope is Scope.ALL
        text = RichText().add(translator.text("not_in_any" if all_searched else "not_in_article"))
        about_key = "nearest_is_about" if all_searched else "it_is_about"
        text.add("\n\n").join(translator.rich_text(about_key, title=headline(self.article)))
        # A question in another language finds nothing, whatever the article says.
        other = translator.language(self.article.language)
        could_ask = translator.text("could_ask_in", language=other) if other else None
        text.add("\n\n" + (could_ask or translator.text("could_ask")))
        rows = [*question_rows(self.article, NEAREST_QUESTIONS), *self._search_all()]
        return OutgoingMessage(text.text, text.entities, InlineKeyboardMarkup(rows), is_answer=True)

    def about(self, invitation: str | None = None) -> OutgoingMessage:
        """Return the article's headline, standfirst and reactions.

        Args:
            invitation: How to ask about it, shown with sample questions; None for neither.
        """
        text, rows = self._introduced(), list[Row]()
        if invitation is not None:
            text.add("\n\n" + invitation)
            rows = question_rows(self.article, START_QUESTIONS)
        return self._message(text, rows)

    def channel_post(self, ask_url: str) -> OutgoingMessage:
        """Return the article's post in a channel, with a button that leads to the bot.

        Args:
            ask_url: Where the button leads.
        """
        text, url = self._introduced(), self.article.url
        if url is not None:
            text.add("\n\n").add(url)
        button = InlineKeyboardButton(self.translator.text("ask_about"), url=ask_url)
        return self._message(text, [[button]], preview_url=url)

    def inline_passage(self, match: Match, is_sure: bool = True) -> OutgoingMessage:
        """Return a passage without words of the bot's own, for a chat of any language.

        Args:
            match: The passage.
            is_sure: Whether the passage is an answer, so that the answering sentence is marked.
        """
        text, place = self._headed(), f"¶ {match.passage.number}/{match.passage.total}"
        _quote(text, match, place, _ROOM - units(text.text), bold=is_sure)
        return self._message(text, is_answer=True)

    def _message(
        self,
        text: RichText,
        rows: Sequence[Row] = (),
        preview_url: str | None = None,
        is_answer: bool = False,
    ) -> OutgoingMessage:
        """Return a message with the reactions to the article, and other buttons below them."""
        reactions = reaction_rows(self.article.id, self.reactions, self.counts.votes)
        keyboard = InlineKeyboardMarkup([*reactions, *rows, *self._search_all()])
        id_, version = self.article.id, self.counts.version
        return OutgoingMessage(
            text.text, text.entities, keyboard, id_, version, preview_url, is_answer
        )

    def _search_all(self) -> list[Row]:
        return [search_all_row(self.translator)] if self.scope is Scope.ONE_OF_SEVERAL else []

    def _place(self, match: Match) -> str:
        return self.translator.text("place", number=match.passage.number, of=match.passage.total)

    def _headed(self) -> RichText:
        return RichText().add(headline(self.article)).add("\n")

    def _introduced(self) -> RichText:
        """Return headline, standfirst, and author and date as far as they are known."""
        text, article = self._headed(), self.article
        text.add(cut(article.standfirst, TEXT_LIMIT // 2), MessageEntity.BLOCKQUOTE)
        byline = [article.author] if article.author else []
        byline += [long_date(article.published, article.language)] if article.published else []
        if byline:
            text.add("\n").add(" · ".join(byline), MessageEntity.ITALIC)
        return text


def _quote(
    text: RichText,
    match: Match,
    place: str,
    room: int,
    bold: bool = False,
    collapsed: bool = False,
) -> None:
    """Add a passage and the line that says where it is, in at most ``room`` UTF-16 units."""
    quoted, (start, end) = cut_around(match.passage.text, match.sentence, room - units(place) - 1)
    begin = text.end
    text.add(quoted, MessageEntity.EXPANDABLE_BLOCKQUOTE if collapsed else MessageEntity.BLOCKQUOTE)
    if bold:
        text.mark(begin + start, begin + end, MessageEntity.BOLD)
    text.add("\n").add(place, MessageEntity.ITALIC)
