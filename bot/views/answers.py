"""What articles say: answers and counts -> text, entities and keyboard. No I/O, no client.

Words of the bot's own come from bot.views.i18n; what an article says stays in its own language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.corpus.article import Article
from bot.corpus.loader import Reaction
from bot.retrieval.article_index import Answer, Match, Verdict
from bot.views.i18n import Translator, long_date
from bot.views.keyboards import Row, question_rows, reaction_rows, search_all_row, turn_row
from bot.views.rich_text import TEXT_LIMIT, Piece, RichText, cut, cut_around, units

NEAREST_QUESTIONS, START_QUESTIONS = 2, 3
"""Sample questions offered where the article has no answer, and at the start."""
MAX_ASKED = 500
"""UTF-16 units of a question that is shown above its answer."""


@dataclass(frozen=True)
class OutgoingMessage:
    """A message to send.

    keyboard: None for none. article_id: whose counts the keyboard shows; None when it shows none.
    preview: the address that Telegram shows a preview of; None for no preview.
    """

    text: str
    entities: Sequence[MessageEntity] = ()
    keyboard: InlineKeyboardMarkup | None = None
    article_id: str | None = None
    preview: str | None = None


@dataclass(frozen=True)
class RenderOptions:
    """What an answer depends on beside the article.

    words: the language to speak. reactions: what readers can press. several: whether all of
    several articles were asked. offers_all: whether one was, and asking all of them is offered.
    """

    words: Translator
    reactions: Sequence[Reaction]
    several: bool = False
    offers_all: bool = False


def headline(article: Article) -> Piece:
    """Return an article's headline, in bold, and a link where its address is known."""
    return Piece(article.title, (MessageEntity.BOLD,), article.url)


def answer(
    setting: RenderOptions, found: Answer, counts: Mapping[str, int], asked: str | None = None
) -> OutgoingMessage:
    """Return the passage with the answering sentence in bold, or that the article does not say.

    asked: the question, where the chat does not show it already.
    """
    if found.verdict is Verdict.NOT_IN_ARTICLE:
        return not_in_article(setting, found.article, asked)
    if found.verdict is Verdict.UNSURE:
        return closest(setting, found, counts, asked)
    return matched(setting, found.article, found.matches, 0, counts, asked)


def matched(
    setting: RenderOptions,
    article: Article,
    matches: Sequence[Match],
    position: int,
    counts: Mapping[str, int],
    asked: str | None = None,
) -> OutgoingMessage:
    """Return one of the passages that answer, with buttons to turn to the others.

    position: of the passage to show among the matches, from 0.
    """
    text = _headed(article, asked)
    match, words = matches[position], setting.words
    place = _place(words, match)
    if len(matches) > 1:
        count = len(matches)
        place = words.text("place_match", place=place, position=position + 1, count=count)
    room = TEXT_LIMIT - units(text.text) - units(place) - 1
    _quote(text, match, room, bold=True)
    text.add("\n").add(place, MessageEntity.ITALIC)
    rows = reaction_rows(article.id, setting.reactions, counts)
    if len(matches) > 1:
        rows.append(turn_row(words, article, matches, position))
    return _with_counts(text, [*rows, *_search_all(setting)], article)


def closest(
    setting: RenderOptions, found: Answer, counts: Mapping[str, int], asked: str | None = None
) -> OutgoingMessage:
    """Return the nearest passages, plainly not as the answer."""
    text = _headed(found.article, asked)
    several = len(found.matches) > 1
    text.add("\n" + setting.words.text("unsure_several" if several else "unsure_one"))
    room = (TEXT_LIMIT - units(text.text)) // len(found.matches)
    for match in found.matches:
        place = _place(setting.words, match)
        # Folded, or two whole passages would push what was said of them out of sight.
        _quote(text.add("\n"), match, room - units(place) - 2, bold=False, folded=True)
        text.add("\n").add(place, MessageEntity.ITALIC)
    rows = reaction_rows(found.article.id, setting.reactions, counts)
    return _with_counts(text, [*rows, *_search_all(setting)], found.article)


def not_in_article(
    setting: RenderOptions, article: Article, asked: str | None = None
) -> OutgoingMessage:
    """Return that the article does not say, with what it is about and what it does answer.

    Where all of several articles were asked, it is but the nearest one.
    """
    words, text, nearest = setting.words, RichText(), setting.several
    _ask(text, asked)
    text.add(words.text("not_in_any" if nearest else "not_in_article") + "\n\n")
    text.join(words.rich("nearest_is_about" if nearest else "it_is_about", title=headline(article)))
    # A question in another language finds nothing, whatever the article says.
    other = words.language(article.language)
    ask = words.text("could_ask_in", language=other) if other else words.text("could_ask")
    text.add("\n\n" + ask)
    rows = question_rows(article, NEAREST_QUESTIONS)
    keyboard = InlineKeyboardMarkup([*rows, *_search_all(setting)])
    return OutgoingMessage(text.text, text.entities, keyboard)


def about(
    setting: RenderOptions, article: Article, counts: Mapping[str, int], invite: str | None = None
) -> OutgoingMessage:
    """Return headline, standfirst and reactions.

    invite: words that say how to ask about this article, with sample questions then; None for
    neither.
    """
    text = _headed(article)
    text.add(cut(article.standfirst, TEXT_LIMIT // 2), MessageEntity.BLOCKQUOTE)
    _byline(text, article)
    rows = reaction_rows(article.id, setting.reactions, counts)
    if invite is not None:
        text.add("\n\n" + invite)
        rows += question_rows(article, START_QUESTIONS)
    return _with_counts(text, [*rows, *_search_all(setting)], article)


def post(
    setting: RenderOptions, article: Article, counts: Mapping[str, int], ask_link: str
) -> OutgoingMessage:
    """Return an article's post in a channel, with the reactions and a button to ask about it.

    ask_link: where the button leads.
    """
    text = _headed(article)
    text.add(cut(article.standfirst, TEXT_LIMIT // 2), MessageEntity.BLOCKQUOTE)
    _byline(text, article)
    if article.url is not None:
        text.add("\n\n").add(article.url)
    rows = reaction_rows(article.id, setting.reactions, counts)
    rows.append([InlineKeyboardButton(setting.words.text("ask_about"), url=ask_link)])
    return _with_counts(text, rows, article, preview=article.url)


def passage(
    article: Article,
    match: Match,
    reactions: Sequence[Reaction],
    counts: Mapping[str, int],
    sure: bool = True,
    asked: str | None = None,
) -> OutgoingMessage:
    """Return a passage for a chat of any language: without a word of the bot's own.

    sure: whether it answers, so that the answering sentence is marked.
    """
    text = _headed(article, asked)
    place = f"¶ {match.passage.number}/{match.passage.of}"
    _quote(text, match, TEXT_LIMIT - units(text.text) - units(place) - 1, bold=sure)
    text.add("\n").add(place, MessageEntity.ITALIC)
    return _with_counts(text, reaction_rows(article.id, reactions, counts), article)


def _with_counts(
    text: RichText, rows: Sequence[Row], article: Article, preview: str | None = None
) -> OutgoingMessage:
    return OutgoingMessage(
        text.text, text.entities, InlineKeyboardMarkup(rows), article.id, preview
    )


def _search_all(setting: RenderOptions) -> list[Row]:
    return [search_all_row(setting.words)] if setting.offers_all else []


def _place(words: Translator, match: Match) -> str:
    return words.text("place", number=match.passage.number, of=match.passage.of)


def _quote(text: RichText, match: Match, room: int, bold: bool, folded: bool = False) -> None:
    passage_text, (start, end) = cut_around(match.passage.text, match.sentence, room)
    begin = text.end
    kind = MessageEntity.EXPANDABLE_BLOCKQUOTE if folded else MessageEntity.BLOCKQUOTE
    text.add(passage_text, kind)
    if bold:
        text.mark(begin + start, begin + end, MessageEntity.BOLD)


def _byline(text: RichText, article: Article) -> None:
    byline = [article.author] if article.author else []
    byline += [long_date(article.published, article.language)] if article.published else []
    if byline:
        text.add("\n").add(" · ".join(byline), MessageEntity.ITALIC)


def _headed(article: Article, asked: str | None = None) -> RichText:
    return _ask(RichText(), asked).add(headline(article)).add("\n")


def _ask(text: RichText, asked: str | None) -> RichText:
    if asked is not None:
        text.add(f"{cut(asked, MAX_ASKED)}\n\n", MessageEntity.ITALIC)
    return text
