"""Which article a message shows, links to or names. Pure."""

from collections.abc import Iterator, Sequence

from telegram import LinkPreviewOptions, Message, MessageEntity

from bot.corpus.article import Article
from bot.handlers.mentions import content
from bot.retrieval.analysis import words
from bot.views.callback_data import (
    Button,
    QuestionButton,
    ReactionButton,
    SearchAllButton,
    TurnButton,
    parse,
)
from bot.views.links import Links
from bot.views.rich_text import fitting

NAMED_BY = 3
"""Words of a title from which on a question names an article by holding them; fewer may stand in
any question, and name it only by themselves."""


class ArticleResolver:
    """Knows articles by their buttons, their links and their headlines."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._by_id = {article.id: article for article in articles}
        self._links = Links(articles)
        titles = ((f" {' '.join(words(article.title))} ", article) for article in articles)
        self._titles = [(title, article) for title, article in titles if title.strip()]

    def by_id(self, article_id: str | None) -> Article | None:
        """Return an article of the corpus; None when there is none by that id."""
        return self._by_id.get(article_id or "")

    def in_message(self, message: Message, username: str) -> Article | None:
        """Return the article that a message shows or links to; None for none.

        username: the bot's, without "@".
        """
        if (buttons := _buttons(message)) and any(buttons):
            shown = {b.article_id for b in buttons if isinstance(b, ReactionButton | TurnButton)}
            if SearchAllButton() in buttons:
                shown |= {b.article_id for b in buttons if isinstance(b, QuestionButton)}
            # What only offers articles or questions, as a list does, is about none of them.
            return self.by_id(shown.pop()) if len(shown) == 1 else None
        return self.linked(message, username) or self.named(content(message)[0])

    def linked(self, message: Message, username: str) -> Article | None:
        """Return the article that a message itself links to; None for none."""
        found = (self._links.article(url, username) for url in _urls(message))
        return next((article for article in found if article is not None), None)

    def replied(self, message: Message, username: str) -> Article | None:
        """Return the article that the message shows to which a message replies; None for none."""
        if message.reply_to_message is not None:
            return self.in_message(message.reply_to_message, username)
        # A reply to a message of another chat or topic brings its link, and what was quoted.
        external = message.external_reply
        url = _previewed(external.link_preview_options) if external else None
        if url is not None:
            return self._links.article(url, username)
        return self.named(message.quote.text) if external and message.quote else None

    def named(self, text: str) -> Article | None:
        """Return the article whose headline a text holds, or whose headline or id it is."""
        said = f" {' '.join(words(text))} "
        held = [(title, article) for title, article in self._titles if title in said]
        # The longest one: a headline may begin with another one.
        title, article = max(held, key=lambda pair: len(pair[0]), default=("", None))
        if article is not None and (title == said or len(title.split()) >= NAMED_BY):
            return article
        return self.by_id(text.strip())

    def is_no_more_than(self, text: str, article: Article) -> bool:
        """Tell whether a text is the article's headline or id, or a link, and asks nothing."""
        said = " ".join(words(text))
        return said == " ".join(words(article.title)) or len(text.split()) == 1


def _buttons(message: Message) -> list[Button | None]:
    """Return what each of a message's buttons says; None for one that is not the bot's."""
    keyboard = message.reply_markup.inline_keyboard if message.reply_markup else ()
    data = (button.callback_data for row in keyboard for button in row)
    return [parse(each if isinstance(each, str) else None) for each in data]


def _urls(message: Message) -> Iterator[str]:
    text, entities = content(message)
    for entity in entities:
        if entity.type == MessageEntity.TEXT_LINK and entity.url is not None:
            yield entity.url
        elif entity.type == MessageEntity.URL:
            yield text[fitting(text, entity.offset) : fitting(text, entity.offset + entity.length)]
    keyboard = message.reply_markup.inline_keyboard if message.reply_markup else ()
    yield from (button.url for row in keyboard for button in row if button.url is not None)
    if (url := _previewed(message.link_preview_options)) is not None:
        yield url


def _previewed(options: LinkPreviewOptions | None) -> str | None:
    """Return the address of which a message shows a preview, where it names one."""
    return options.url if options is not None and isinstance(options.url, str) else None
