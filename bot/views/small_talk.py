"""Answers to what is no question to the text: to a greeting, or about the article. No I/O."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from bot.corpus.article import Article
from bot.retrieval.intents import Intent
from bot.views.answers import NEAREST_QUESTIONS, headline
from bot.views.i18n import Translator, long_date
from bot.views.keyboards import question_rows
from bot.views.outgoing import OutgoingMessage
from bot.views.rich_text import RichText

FACTS = (Intent.AUTHOR, Intent.DATE, Intent.SOURCE, Intent.LINK, Intent.FULL_TEXT)
"""What is asked about an article itself, and answered from its front matter."""


def reply(
    intent: Intent | None, translator: Translator, articles: Sequence[Article], asked: str
) -> OutgoingMessage:
    """Return the answer to a word to the bot.

    Args:
        intent: What was said; none of FACTS, SUMMARY or MORE. None for no words at all.
        translator: The language to speak.
        articles: The articles that can be asked; sample questions are those of the first.
        asked: What was said, so that another message brings other sample questions.
    """
    match intent:
        case None:
            return _invitation(translator, "only_words", articles, asked)
        case Intent.GREETING:
            return _invitation(translator, "hello", articles, asked)
        case Intent.THANKS | Intent.SMALL_TALK:
            return OutgoingMessage(translator.text(str(intent)))
        case Intent.HELP:
            text = RichText().add(translator.text("help_ask") + "\n\n/help")
        case Intent.WHO:
            text = translator.rich_text("who", title=headline(articles[0]))
        case _:
            text = RichText().add(translator.text(str(intent)))
    return _with_questions(text, articles[0], asked)


def only_words(translator: Translator, articles: Sequence[Article]) -> OutgoingMessage:
    """Return the answer to a message that contains no word, with sample questions."""
    return _invitation(translator, "only_words", articles)


def _invitation(
    translator: Translator, key: str, articles: Sequence[Article], asked: str = ""
) -> OutgoingMessage:
    number = "one" if len(articles) == 1 else "several"
    text = translator.rich_text(f"{key}_{number}", title=headline(articles[0]))
    if articles[0].questions:
        text.add("\n\n" + translator.text("for_example"))
    return _with_questions(text, articles[0], asked)


def _with_questions(text: RichText, article: Article, asked: str) -> OutgoingMessage:
    rows = question_rows(article, NEAREST_QUESTIONS, asked)
    return OutgoingMessage(text.text, text.entities, rows)


def fact(intent: Intent, translator: Translator, article: Article) -> OutgoingMessage:
    """Return what is known of an article itself, or that it is not known.

    Args:
        intent: One of FACTS.
        translator: The language to speak.
        article: The article.
    """
    text = RichText().add(headline(article)).add("\n" + _FACTS[intent](translator, article))
    return OutgoingMessage(text.text, text.entities, preview_url=None)


def _author(translator: Translator, article: Article) -> str:
    if article.author is None:
        return translator.text("author_unknown")
    return translator.text("author_is", author=article.author)


def _date(translator: Translator, article: Article) -> str:
    if article.published is None:
        return translator.text("date_unknown")
    return translator.text("date_is", date=long_date(article.published, translator.code))


def _source(translator: Translator, article: Article) -> str:
    if article.url is None:
        return translator.text("source_unknown")
    host = (urlsplit(article.url).hostname or "").removeprefix("www.")
    return f"{translator.text('source_is', source=host)}\n{article.url}"


def _link(translator: Translator, article: Article) -> str:
    if article.url is None:
        return translator.text("link_unknown")
    return f"{translator.text('link_is')}\n{article.url}"


def _full_text(translator: Translator, article: Article) -> str:
    if article.url is None:
        return translator.text("full_text_unknown", count=len(article.paragraphs))
    return f"{translator.text('full_text_is')}\n{article.url}"


_FACTS: dict[Intent, Callable[[Translator, Article], str]] = {
    Intent.AUTHOR: _author,
    Intent.DATE: _date,
    Intent.SOURCE: _source,
    Intent.LINK: _link,
    Intent.FULL_TEXT: _full_text,
}
