"""Which language a text is in; a question in another one than the article's finds nothing."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from bot.corpus.article import Article
from bot.corpus.language_detection import detect_language
from bot.retrieval.analysis import function_words, words

MIN_LEAD = 2
"""By how many signs another language must lead: one may be a name, or a word of both."""
MIN_WORDS = 3
"""Shorter questions may be names, such as El Niño."""

MIN_CERTAINTY = 0.9
"""How sure langdetect must be of a short question's language."""

_KANA = re.compile("[\u3041-\u30ff]")
"""Letters of Japanese beside those that it shares with Chinese."""
_LETTERS = {
    "en": "",
    "de": "äöüß",
    "es": "áéíñóúü",
    "fr": "àâçèéêëîïôùûüœ",
    "it": "àèéìòù",
    "pt": "àáâãçéêíóôõú",
    "pl": "ąćęłńóśźż",
    "tr": "çğıöşü",
    "ru": "ёъыэ",
    "uk": "ґєії",
}
"""Languages that are told apart within one script, and letters that only some of them have."""
_CLOSEST = {"ru": "uk", "uk": "ru"}
"""Languages with many words in common, which only their letters tell apart."""
_INVERTED, _INVERTED_MARKS = set("¿¡"), ("es", "ca", "gl")
"""Marks at the beginning of sentences, and the languages that have them."""
_ONE_SCRIPT = {"HIRAGANA": "CJK", "KATAKANA": "CJK"}
"""Scripts that one language mixes."""


def main_subtag(language: str) -> str:
    """Return the first part of a BCP 47 tag, in small letters."""
    return language.split("-", maxsplit=1)[0].lower()


def is_other_language(question: str, article: Article) -> bool:
    """Return whether a question is surely not in an article's language.

    Scripts tell most languages apart, letters Russian and Ukrainian, and function words the others.
    A question that shows too little, such as a name, counts as one in the article's language.
    """
    return _is_other(
        question, main_subtag(article.language), _script(f"{article.title} {article.lead}")
    )


def is_other_script(question: str, article: Article) -> bool:
    """Return whether a question is in another script than an article."""
    text = unicodedata.normalize("NFC", question).lower()
    return _script(text) != _script(f"{article.title} {article.lead}")


def is_probably_other_language(question: str, article: Article) -> bool:
    """Return whether a question is more likely in another language than in an article's.

    Beyond what ``is_other_language`` is sure of, this knows the languages of langdetect, where
    function words agree with it: by letters alone a short question may be taken for any language.
    """
    own = main_subtag(article.language)
    return is_other_language(question, article) or _is_detected(question, own)


@lru_cache(maxsize=1_000)
def detected_language(question: str) -> tuple[str, float]:
    """Return the language that a question is most probably in, and how sure that is.

    Returns:
        A BCP 47 tag, and the certainty from 0 to 1; see ``detect_language``.
    """
    return detect_language(question.lower())


def _is_detected(question: str, own: str) -> bool:
    if own == "zh" and _KANA.search(question):
        return True
    found = set(words(question))
    if len(found) < MIN_WORDS:
        return False
    language, certainty = detected_language(question)
    other = main_subtag(language)
    lead = len(found & function_words(other)) - len(found & function_words(own))
    return other != own and certainty >= MIN_CERTAINTY and lead > 0


@lru_cache(maxsize=1_000)
def _is_other(question: str, own: str, own_script: str) -> bool:
    text, found = unicodedata.normalize("NFC", question).lower(), set(words(question))
    script = _script(text)
    if not script or not own_script:
        return False
    if script != own_script:
        return not found & function_words(own) and (
            # Names are written in Latin letters in texts of every script.
            script != "LATIN" or any(found & function_words(other) for other in _LETTERS)
        )
    if own in _CLOSEST:
        return _is_closest(text, own, found)
    if own not in _INVERTED_MARKS and _INVERTED & set(text):
        return True
    if len(found) < MIN_WORDS or not function_words(own):
        return False
    return any(_leads(other, own, text, found) for other in _LETTERS if other != own)


def _is_closest(text: str, own: str, found: set[str]) -> bool:
    """Return whether a text is in the closest relative of a language, judged by its letters."""
    other, letters = _CLOSEST[own], set(text)
    if letters.isdisjoint(_LETTERS[other]) or not letters.isdisjoint(_LETTERS[own]):
        return False
    return len(found) >= MIN_WORDS or bool(found & function_words(other))


def _leads(other: str, own: str, text: str, found: set[str]) -> bool:
    """Return whether a text has clearly more signs of another language than of its own."""
    others, owns = found & function_words(other), found & function_words(own)
    # Of a language whose letters are not listed, only the function words are compared.
    signs = set(_LETTERS[other]) - set(_LETTERS.get(own, _LETTERS[other]))
    lead = len(others) - len(owns) + bool(signs & set(text))
    return bool(others - owns) and lead >= MIN_LEAD


@lru_cache(maxsize=1_000)
def _script(text: str) -> str:
    """Return the script of most letters of a text, by its name in Unicode; "" without letters."""
    names = (unicodedata.name(char, "").split(" ")[0] for char in text if char.isalpha())
    scripts = Counter(_ONE_SCRIPT.get(name, name) for name in names)
    return max(scripts, key=lambda script: scripts[script], default="")
