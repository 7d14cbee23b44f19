"""Text -> sentences."""

import sentencex

MAX_CHUNK = 4_000
"""Characters that are split at once: the time for it grows with the square of their number."""


def sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Return the sentences of a text as (start, end) in characters, without surrounding spaces.

    Args:
        text: The text.
        language: A BCP 47 tag; a language without rules of its own is split by general ones.
    """
    spans = []
    start = 0
    while start < len(text):
        end = _chunk_end(text, start)
        spans += [
            (start + first, start + last) for first, last in _sentences(text[start:end], language)
        ]
        start = end
    return spans


def _chunk_end(text: str, start: int) -> int:
    """Return where a part of a text ends that is short enough to be split at once."""
    limit = start + MAX_CHUNK
    if len(text) <= limit:
        return len(text)
    ends = (text.rfind(mark, start + MAX_CHUNK // 2, limit) + 1 for mark in "\n.!?。！？ ")
    return next((end for end in ends if end > 0), limit)


def _sentences(text: str, language: str) -> list[tuple[int, int]]:
    spans = []
    position = 0
    for sentence in sentencex.segment(language.split("-", maxsplit=1)[0], text):
        start = text.index(sentence, position)
        position = start + len(sentence)
        stripped = sentence.strip()
        if stripped:
            start += len(sentence) - len(sentence.lstrip())
            spans.append((start, start + len(stripped)))
    return spans
