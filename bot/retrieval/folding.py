"""Text without case, accents and typographic variants, so that words meet as they are meant."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

MAX_FOLDED = 10_000
"""Characters whose folding is remembered; Unicode has a hundred times as many."""

HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""The characters of Chinese and Japanese, kana included, as a part of a regular expression."""

# Final forms, and the letters of a Persian keyboard.
_ARABIC_VARIANTS = {"ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك"}
_HAS_HAN = re.compile(f"[{HAN}]")
_PLAIN = re.compile(r"[ -_a-~]*")
"""ASCII without control characters and the backtick: nothing in it has variants but its case."""


class _Folding(dict[int, str | None]):
    """The table for ``str.translate``, filled as characters occur; merges typographic variants."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        category = unicodedata.category(char)
        folded: str | None = char
        if 0x300 <= code <= 0x36F or 0x64B <= code <= 0x65F or 0x591 <= code <= 0x5C7:
            folded = None  # accents of Latin, Greek and Cyrillic; Arabic and Hebrew vowel signs
        elif category in ("Cf", "Cc") or code == 0x640:
            folded = " " if char.isspace() else None  # zero-width characters, the Arabic tatweel
        elif char in _ARABIC_VARIANTS:
            folded = _ARABIC_VARIANTS[char]
        elif category == "Nd":
            folded = str(unicodedata.digit(char))
        elif char in "‘’ʼ`´′":
            folded = "'"
        elif category == "Pd" or char == "−":
            folded = "-"
        if len(self) < MAX_FOLDED:
            self[code] = folded
        return folded


_FOLDING = _Folding()


@lru_cache(maxsize=1)
def _simplifier() -> Callable[[str], str]:
    """Return what makes traditional Chinese simplified; the extra ``chinese`` brings it."""
    try:
        import opencc  # noqa: PLC0415
    except ImportError:
        return str
    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


def fold(text: str) -> str:
    """Return the text without case, accents and typographic variants; its length may change."""
    if _PLAIN.fullmatch(text):
        return text.lower()
    if _HAS_HAN.search(text):
        text = _simplifier()(text)
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", decomposed.translate(_FOLDING))
