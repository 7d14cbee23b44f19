"""Text is folded within bounds, whatever characters somebody sends."""

import sys

from bot.retrieval.analysis import words
from bot.retrieval.folding import _FOLDING, MAX_FOLDED, fold
from bot.retrieval.params import MAX_QUERY_LENGTH


def test_a_character_that_grows_when_it_is_folded() -> None:
    """One that becomes 18: what is searched for is no longer than of any other question."""
    found = words("\ufdfa" * 4_096, MAX_QUERY_LENGTH)
    assert found
    assert len(" ".join(found)) <= MAX_QUERY_LENGTH


def test_what_is_remembered_of_characters_has_a_bound() -> None:
    """All of Unicode, in words with an accent, so that none is folded the short way."""
    for code in range(sys.maxunicode + 1):
        if not 0xD800 <= code <= 0xDFFF:
            fold(f"é{chr(code)}")
    assert len(_FOLDING) == MAX_FOLDED
    assert fold("Ünïcödé") == "unicode"
