"""Answers and articles as messages: data in, text, entities and keyboard out. No I/O.

What the bot says itself is in the reader's language (``bot.views.i18n``); what an article says
stays in its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.corpus.article import Article
from bot.corpus.reactions import Reaction
from bot.retrieval.answer import Answer, Match, Verdict
from bot.store.base import VoteCounts
from bot.views.i18n import Translator, long_date
from bot.views.keyboards import question_rows, reaction_rows, search_all_row, turn_row
from bot.views.outgoing import MAX_QUESTION_SHOWN, InlineButton, OutgoingMessage, Row
from bot.views.places import place_of, short_place
from bot.views.quotations import add_quotation
from bot.views.rich_text import (
    TEXT_LIMIT,
    EntityType,
    Piece,
    RichText,
    cut_at_word,
    units,
)

NEAREST_QUESTIONS = 2
"""Sample questions offered if the article has no answer."""
START_QUESTIONS = 3
"""Sample questions offered at the start."""
SHORT_HEADLINE = 40
"""UTF-16 units of the headline above an answer, where the chat is about one article anyway."""
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


def headline(article: Article, limit: int = TEXT_LIMIT) -> Piece:
    """Return an article's headline in bold, linked if its address is known.

    Args:
        article: The article.
        limit: UTF-16 units after which it is cut, at a word's end.
    """
    return Piece(cut_at_word(article.title, limit), (EntityType.BOLD,), article.url)


def how_to_ask(translator: Translator, in_group: bool, can_tap: bool) -> str:
    """Return how to ask.

    Args:
        translator: The language to speak.
        in_group: Whether it is said in a group, where a question must be a reply.
        can_tap: Whether there are sample questions to tap.
    """
    if in_group:
        return translator.text("reply_or_tap" if can_tap else "reply_only")
    return translator.text("ask_or_tap" if can_tap else "ask_only")


def language_note(translator: Translator, article: Article) -> str:
    """Return the line that says in which language an article is."""
    return translator.text("article_is_in", language=_language(translator, article))


def _language(translator: Translator, article: Article) -> str:
    """Return the name of an article's language, or its code if it has no known name."""
    return translator.language(article.language) or article.language


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

    def answer(self, found: Answer, asked: str, other_language: bool = False) -> OutgoingMessage:
        """Return the article's answer to a question, as fits its verdict.

        Args:
            found: What was found.
            asked: The question, which is not offered again.
            other_language: Whether the question is in another language than the article, and was
                searched by its words all the same.
        """
        if other_language and found.verdict is not Verdict.ANSWERED:
            return self.in_other_language(asked)
        note = language_note(self.translator, self.article) if found.is_other_language else ""
        match found.verdict:
            case Verdict.NOT_IN_ARTICLE:
                return self.not_in_article(asked)
            case Verdict.UNSURE:
                return self.closest(found.matches, note)
            case Verdict.ANSWERED:
                return self.passage(found.matches, 0, note=note)

    def passage(
        self, matches: Sequence[Match], position: int, bold: bool = True, note: str = ""
    ) -> OutgoingMessage:
        """Return one of the matching passages, with buttons to turn to the others.

        Args:
            matches: All passages that can be turned to, best first.
            position: Index in ``matches`` of the one to show.
            bold: Whether to mark the sentence that answers.
            note: A line above the passage; "" for none.
        """
        text, match, rows = self._headed(note), matches[position], list[Row]()
        place = place_of(self.translator, match.passage)
        if len(matches) > 1:
            place = self.translator.text(
                "place_match", place=place, position=position + 1, count=len(matches)
            )
            rows.append(turn_row(self.translator, self.article, matches, position))
        add_quotation(text, match, place, self._room(text), bold=bold)
        return self._message(self._asking_reaction(text), rows, is_answer=True)

    def closest(self, matches: Sequence[Match], note: str = "") -> OutgoingMessage:
        """Return the closest passages, and that they may be no answer; see ``passage``."""
        text, several = self._headed(note), len(matches) > 1
        text.add("\n" + self.translator.text("unsure_several" if several else "unsure_one"))
        room = self._room(text) // len(matches)
        for match in matches:
            # Collapsed: two whole passages would push the line above them out of sight.
            add_quotation(
                text.add("\n"),
                match,
                place_of(self.translator, match.passage),
                room - 1,
                collapsed=True,
            )
        return self._message(self._asking_reaction(text), is_answer=True)

    def not_in_article(self, asked: str) -> OutgoingMessage:
        """Return that no answer was found, what the article is about, and questions it answers.

        If all articles were asked, this is the nearest one.

        Args:
            asked: The question, which is not offered again.
        """
        translator, all_searched = self.translator, self.scope is Scope.ALL
        text = RichText().add(translator.text("not_in_any" if all_searched else "not_in_article"))
        about_key = "nearest_is_about" if all_searched else "it_is_about"
        text.add("\n\n").join(translator.rich_text(about_key, title=headline(self.article)))
        return self._offer(text, "could_ask", asked)

    def in_other_language(self, asked: str) -> OutgoingMessage:
        """Return that the article can only be searched in its own language.

        Args:
            asked: The question, which is not offered again.
        """
        translator, text = self.translator, RichText()
        if self.scope is Scope.ALL:
            text.add(headline(self.article)).add("\n")
        language = _language(translator, self.article)
        text.add(translator.text("could_ask_in", language=language))
        return self._offer(text, "try_asking", asked)

    def _offer(self, text: RichText, key: str, asked: str) -> OutgoingMessage:
        """Return a text with sample questions below it, introduced by a text of the bot's."""
        rows = question_rows(self.article, NEAREST_QUESTIONS, asked)
        if rows:
            text.add("\n\n" + self.translator.text(key))
        rows += self._search_all()
        return OutgoingMessage(text.text, text.entities, rows, is_answer=True)

    def about(self, is_answer: bool = False) -> OutgoingMessage:
        """Return the article's headline, standfirst and reactions.

        Args:
            is_answer: Whether a reader asked what the article is about.
        """
        text = self._introduced().add("\n\n" + self.translator.text("what_reaction"))
        return self._message(text, is_answer=is_answer)

    def inline_about(self) -> OutgoingMessage:
        """Return the article as ``about`` does, without words of the bot's own."""
        return self._message(self._introduced())

    def opened(self, opening: str, in_group: bool) -> OutgoingMessage:
        """Return the article as ``about`` does, with how to ask about it and sample questions.

        Args:
            opening: What is said before that; "" for nothing.
            in_group: Whether it is said in a group, where a question must be a reply.
        """
        rows = question_rows(self.article, START_QUESTIONS)
        how = how_to_ask(self.translator, in_group, can_tap=bool(rows))
        text = self._introduced().add("\n\n" + (f"{opening} {how}" if opening else how))
        text.add("\n\n" + self.translator.text("what_reaction"))
        return self._message(text, rows)

    def channel_post(self, ask_url: str) -> OutgoingMessage:
        """Return the article's post in a channel, with a button that leads to the bot.

        Args:
            ask_url: Where the button leads.
        """
        text, url = self._introduced(), self.article.url
        if url is not None:
            text.add("\n\n").add(url)
        text.add("\n\n" + self.translator.text("what_reaction"))
        button = InlineButton(self.translator.text("ask_about"), url=ask_url)
        return self._message(text, [[button]], preview_url=url)

    def inline_passage(self, match: Match, is_sure: bool = True) -> OutgoingMessage:
        """Return a passage without words of the bot's own, for a chat of any language.

        Args:
            match: The passage.
            is_sure: Whether the passage is an answer, so that the answering sentence is marked.
        """
        text = RichText().add(headline(self.article)).add("\n")
        add_quotation(
            text, match, short_place(match.passage), _ROOM - units(text.text), bold=is_sure
        )
        return self._message(text, is_answer=True)

    def _message(
        self,
        text: RichText,
        rows: Sequence[Row] = (),
        preview_url: str | None = None,
        is_answer: bool = False,
    ) -> OutgoingMessage:
        """Return a message with the reactions to the article, and other buttons below them."""
        counts = self.counts
        reactions = reaction_rows(self.article.id, self.reactions, counts.votes, counts.own)
        rows = [*reactions, *rows, *self._search_all()]
        id_, version = self.article.id, counts.version
        return OutgoingMessage(text.text, text.entities, rows, id_, version, preview_url, is_answer)

    def _search_all(self) -> list[Row]:
        return [search_all_row(self.translator)] if self.scope is Scope.ONE_OF_SEVERAL else []

    def _headed(self, note: str) -> RichText:
        """Return the headline, short where the chat is about this article anyway, and a note."""
        limit = TEXT_LIMIT if self.scope is Scope.ALL else SHORT_HEADLINE
        text = RichText().add(headline(self.article, limit)).add("\n")
        return text.add(f"{note}\n") if note else text

    def _room(self, text: RichText) -> int:
        """Return how many UTF-16 units of an answer are left for passages."""
        return _ROOM - units(text.text) - units(self.translator.text("your_reaction")) - 2

    def _asking_reaction(self, text: RichText) -> RichText:
        """Add what the buttons below an answer are about."""
        return text.add("\n\n" + self.translator.text("your_reaction"))

    def _introduced(self) -> RichText:
        """Return headline, standfirst, and author and date as far as they are known."""
        article = self.article
        text = RichText().add(headline(article)).add("\n")
        text.add(cut_at_word(article.lead, TEXT_LIMIT // 2), EntityType.BLOCKQUOTE)
        byline = [article.author] if article.author else []
        byline += [long_date(article.published, article.language)] if article.published else []
        if byline:
            text.add("\n").add(" · ".join(byline), EntityType.ITALIC)
        return text
