"""Text -> sentences."""

import sentencex


def sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Return the sentences of a text as (start, end) in characters, without surrounding spaces.

    Args:
        text: The text.
        language: A BCP 47 tag; a language without rules of its own is split by general ones.
    """
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
