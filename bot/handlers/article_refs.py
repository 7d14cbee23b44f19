"""Which article a message shows, links to or names. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from telegram import LinkPreviewOptions, Message, MessageEntity

from bot.corpus.article import Article
from bot.handlers.mentions import content
from bot.retrieval.analysis import words
from bot.views.admin_texts import title_key
from bot.views.callback_data import QuestionButton, ReactionButton, TurnButton, parse
from bot.views.keyboards import buttons_of, has_search_all
from bot.views.links import Links
from bot.views.rich_text import fitting

MIN_TITLE_WORDS = 3
"""A headline with this many words names its article anywhere in a text. A shorter one may occur in
any question, and names the article only if it is the whole text."""
PREFIX = 3
"""First words of a headline under which it is kept; few headlines have the same."""


class _Title(NamedTuple):
    """A headline as it is searched; the greatest of several is the one that is meant.

    That is the longest, as a headline may contain another one, and of these the first article's.
    """

    length: int
    reverse_number: int
    text: str
    article_id: str


class ArticleResolver:
    """Finds articles by their ids, buttons, links and headlines."""

    def __init__(
        self, articles: Sequence[Article], previous: "ArticleResolver | None" = None
    ) -> None:
        """Take the articles.

        Args:
            articles: All articles.
            previous: One for earlier versions of them, whose work is not done again; None for none.
        """
        self._by_id = {article.id: article for article in articles}
        self._links: Links = Links(articles, previous._links if previous else None)
        known = previous._titles_of(self._by_id) if previous else {}
        self._titles = {a.id: known.get(a.id) or _joined(words(a.title)) for a in articles}
        self._by_prefix: dict[str, list[_Title]] = {}
        for number, (id_, title) in enumerate(self._titles.items()):
            if title.strip():
                prefix = " ".join(title.split(maxsplit=PREFIX)[:PREFIX])
                found = _Title(len(title), -number, title, id_)
                self._by_prefix.setdefault(prefix, []).append(found)

    def _titles_of(self, articles: Mapping[str, Article]) -> dict[str, str]:
        """Return the headlines, as they are searched, of those articles that still have theirs."""
        return {
            id_: title
            for id_, title in self._titles.items()
            if id_ in articles and articles[id_].title == self._by_id[id_].title
        }

    @cached_property
    def by_title(self) -> tuple[Article, ...]:
        """All articles, sorted by headline."""
        return tuple(sorted(self._by_id.values(), key=title_key))

    @property
    def has_several(self) -> bool:
        """Whether there is more than one article; if not, there is nothing to choose."""
        return len(self._by_id) > 1

    def by_id(self, article_id: str | None) -> Article | None:
        """Return the article with an id; None if there is none."""
        return self._by_id.get(article_id or "")

    def in_message(self, message: Message, username: str) -> Article | None:
        """Return the article that a message shows, links to or names; None for none.

        Args:
            message: Any message.
            username: The bot's username without "@".
        """
        data = [button.callback_data for button in buttons_of(message.reply_markup)]
        buttons = [parse(each) for each in data if isinstance(each, str)]
        if any(buttons):
            shown = {b.article_id for b in buttons if isinstance(b, ReactionButton | TurnButton)}
            if has_search_all(message.reply_markup):
                shown |= {b.article_id for b in buttons if isinstance(b, QuestionButton)}
            # A list of articles or questions is about none of them.
            return self.by_id(shown.pop()) if len(shown) == 1 else None
        return self.linked(message, username) or self.named(content(message)[0])

    def linked(self, message: Message, username: str) -> Article | None:
        """Return the article that a message links to; see ``in_message``."""
        found = (self._links.article(url, username) for url in _urls(message))
        return next((article for article in found if article is not None), None)

    def replied(self, message: Message, username: str) -> Article | None:
        """Return the article in the message to which a message replies; see ``in_message``."""
        if message.reply_to_message is not None:
            return self.in_message(message.reply_to_message, username)
        # A reply to a message of another chat or topic includes its link, and what was quoted.
        external = message.external_reply
        url = _preview_url(external.link_preview_options) if external else None
        if url is not None:
            return self._links.article(url, username)
        return self.named(message.quote.text) if external and message.quote else None

    def named(self, text: str, text_words: Sequence[str] | None = None) -> Article | None:
        """Return the article whose headline is in a text, or whose headline or id is the text.

        Args:
            text: What somebody wrote.
            text_words: Its folded words, if they are known already.
        """
        said_words = words(text) if text_words is None else text_words
        said = _joined(said_words)
        found = max(self._held(said, said_words), default=None)
        if found and (found.text == said or len(found.text.split()) >= MIN_TITLE_WORDS):
            return self.by_id(found.article_id)
        return self.by_id(text.strip())

    def _held(self, said: str, said_words: Sequence[str]) -> Iterator["_Title"]:
        """Yield the headlines that a text holds."""
        at = 0
        for number, word in enumerate(said_words):
            for length in range(1, PREFIX + 1):
                prefix = " ".join(said_words[number : number + length])
                for title in self._by_prefix.get(prefix, ()):
                    if said.startswith(title.text, at):
                        yield title
            at += len(word) + 1

    def is_only_name(self, text: str, text_words: Sequence[str], article: Article) -> bool:
        """Return whether a text is just the article's headline, id or link, and asks nothing.

        Args:
            text: What somebody wrote.
            text_words: Its words, folded.
            article: The article that it names or links to.
        """
        return _joined(text_words) == self._titles[article.id] or len(text.split()) == 1


def _joined(text_words: Sequence[str]) -> str:
    """Return words as a text in which a phrase of whole words can be found."""
    return f" {' '.join(text_words)} "


def _urls(message: Message) -> Iterator[str]:
    text, entities = content(message)
    for entity in entities:
        if entity.type == MessageEntity.TEXT_LINK and entity.url is not None:
            yield entity.url
        elif entity.type == MessageEntity.URL:
            yield text[fitting(text, entity.offset) : fitting(text, entity.offset + entity.length)]
    yield from (button.url for button in buttons_of(message.reply_markup) if button.url is not None)
    if (url := _preview_url(message.link_preview_options)) is not None:
        yield url


def _preview_url(options: LinkPreviewOptions | None) -> str | None:
    """Return the address of a message's link preview, if it names one."""
    return options.url if options is not None and isinstance(options.url, str) else None
