"""Where in its article a passage is, in the bot's words or in none. No I/O."""

from bot.corpus.article import Article, Passage
from bot.views.i18n import Translator


def place_of(translator: Translator, passage: Passage) -> str:
    """Return where a passage is; paragraphs are counted as readers do, without the standfirst."""
    if passage.number is None:
        return translator.text("place_standfirst")
    return translator.text("place", number=passage.number, of=passage.total)


def short_place(passage: Passage) -> str:
    """Return where a passage is, without a word of any language; "" for the standfirst."""
    return f"¶ {passage.number}/{passage.total}" if passage.number is not None else ""


def place_in(article: Article, passage: Passage) -> str:
    """Return an article's headline and where a passage of it is, in no language but its own."""
    return " · ".join(filter(None, (article.title, short_place(passage))))
