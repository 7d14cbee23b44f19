"""Whether a question is in another language than the article: then nothing can be found."""

import unicodedata
from collections import Counter
from functools import lru_cache

from bot.corpus.article import Article
from bot.retrieval.analysis import words
from bot.retrieval.function_words import general_words

OTHER_LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "nl", "pl", "tr", "ru", "uk")
"""Languages that are told apart by their function words; others by their script."""
# Letters that one of two languages of the same script does not have.
_NEVER_IN = {"uk": "ыэъё", "ru": "іїєґ"}


def is_other_language(question: str, article: Article) -> bool:
    """Return whether a question is surely not in the article's language.

    Scripts tell most pairs of languages, letters Russian and Ukrainian, and function words the
    others. A name alone is in every language of its script.
    """
    asked = _script(question)
    if asked is not None and asked != _script(f"{article.title} {article.standfirst}"):
        return True
    language = article.language.split("-", maxsplit=1)[0].lower()
    if any(letter in question.lower() for letter in _NEVER_IN.get(language, "")):
        return True
    asked_words = set(words(question))
    own = general_words(language)
    foreign = max(
        len(asked_words & general_words(other) - own)
        for other in OTHER_LANGUAGES
        if other != language
    )
    return foreign > len(asked_words & own)


@lru_cache(maxsize=1_000)
def _script(text: str) -> str | None:
    """Return the script of most of a text's letters, such as "LATIN"; None without letters."""
    scripts = Counter(
        unicodedata.name(char, "?").split(maxsplit=1)[0] for char in text if char.isalpha()
    )
    return max(scripts, key=lambda script: scripts[script]) if scripts else None
