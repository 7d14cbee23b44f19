"""Words that only hold a sentence together."""

from functools import lru_cache

from bot.corpus.loader import DATA
from bot.corpus.yaml import read_data
from bot.retrieval.analysis import function_words, words


@lru_cache
def has_general_words(language: str) -> bool:
    """Return whether there is a short list of general words for a language, a BCP 47 tag."""
    return language.split("-", maxsplit=1)[0] in read_data(DATA / "function_words.yaml")


@lru_cache
def general_words(language: str) -> frozenset[str]:
    """Return the folded words that say nothing about what a question asks.

    A language without a list here has the much longer one of function words.

    Args:
        language: A BCP 47 tag.
    """
    main = language.split("-", maxsplit=1)[0]
    listed = read_data(DATA / "function_words.yaml").get(main)
    if listed is None:
        return function_words(main)
    return frozenset(folded for word in listed for folded in words(word))
