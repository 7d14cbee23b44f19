"""Which article a message shows, links to or names. Pure."""

from collections.abc import Iterator, Sequence

from telegram import LinkPreviewOptions, Message, MessageEntity

from bot.address import content
from bot.analysis import words
from bot.article import Article
from bot.callbacks import ArticleButton, QuestionButton, ReactionButton, TurnButton, parse
from bot.links import Links
from bot.rich_text import fitting

NAMED_BY = 2
"""Words of a title from which on a question names an article by holding them; one word may mean
anything, and names it only by itself."""


class ShownArticles:
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
        on_buttons = {article_id for article_id in _on_buttons(message) if article_id}
        if len(on_buttons) == 1:
            return self.by_id(on_buttons.pop())
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
        for title, article in self._titles:
            if title == said or (len(title.split()) >= NAMED_BY and title in said):
                return article
        return self.by_id(text.strip())

    def is_no_more_than(self, text: str, article: Article) -> bool:
        """Tell whether a text is the article's headline or id, or a link, and asks nothing."""
        said = " ".join(words(text))
        return said == " ".join(words(article.title)) or len(text.split()) == 1


def _on_buttons(message: Message) -> Iterator[str | None]:
    """Yield the article id that each of a message's buttons names, None for one without."""
    keyboard = message.reply_markup.inline_keyboard if message.reply_markup else ()
    for button in (button for row in keyboard for button in row):
        match parse(button.callback_data if isinstance(button.callback_data, str) else None):
            case (
                ReactionButton(article_id=article_id)
                | TurnButton(article_id=article_id)
                | ArticleButton(article_id=article_id)
                | QuestionButton(article_id=article_id)
            ):
                yield article_id
            case _:
                yield None


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
