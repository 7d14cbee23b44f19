"""Which language a text is in, where its file does not say so."""

import re

import langdetect

SAMPLE = 2_000
"""Characters of a text from which its language is detected."""
BEGINNING, SURE = 500, 0.999
"""Characters that are enough if they make it so sure, as they nearly always do: looking at more of
them takes most of the time of reading an article."""
MIN_SHARE = 0.2
"""Share of the letters that are not Latin, from which on the text is in another script."""

_LATIN = re.compile("[A-Za-z]+")
_TAGS = {"zh-cn": "zh", "zh-tw": "zh-TW"}


def detect_language(text: str) -> tuple[str, float]:
    """Return the language that a text is most probably in, a BCP 47 tag, and how sure that is.

    Returns:
        "en" and 0 for a text without letters.
    """
    letters = sum(map(str.isalpha, text))
    others = _LATIN.sub("", text)
    if sum(map(str.isalpha, others)) > MIN_SHARE * letters:
        # Names and commands in Latin letters, in a text of another script.
        text = others
    language, certainty = _detect(text[:BEGINNING])
    return (language, certainty) if certainty >= SURE else _detect(text)


def _detect(text: str) -> tuple[str, float]:
    # It draws samples of the text; the same text must always be in the same language.
    langdetect.DetectorFactory.seed = 0
    try:
        best = langdetect.detect_langs(text)[0]
    except langdetect.LangDetectException:
        return "en", 0.0
    return _TAGS.get(best.lang, best.lang), float(best.prob)


def guess_language(text: str) -> str:
    """Return the language that a text is most probably in; see ``detect_language``."""
    return detect_language(text)[0]
