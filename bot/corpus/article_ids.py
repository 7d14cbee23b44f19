"""Ids of articles, made of their files' names."""

import hashlib
import re

from anyascii import anyascii

from bot.corpus.article import ID_PATTERN

HASH_LENGTH = 6
"""Hexadecimal digits that tell names apart whose readable part is the same."""
_LONGEST = 32

_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-(?=.)")
_OTHER = re.compile(r"[^a-z0-9]+")


def article_id(name: str) -> str:
    """Return a name as an id: itself if it fits, otherwise a readable part of it and a short hash.

    It depends on nothing but the name, so that other files never change it.
    """
    if ID_PATTERN.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]
    # The date at the front of a name says the least of what it says.
    readable = readable_name(_DATE.sub("", name), _LONGEST - HASH_LENGTH - 1)
    return f"{readable or 'article'}-{digest}"


def readable_name(text: str, limit: int = _LONGEST) -> str:
    """Return a text in lowercase letters a-z, digits and hyphens; "" if nothing of it is left.

    Args:
        text: A text of any script; other letters are transliterated.
        limit: Characters of the result at most; it is cut between words where that leaves half.
    """
    # anyascii writes the syllables of Chinese with capitals: a word each.
    spaced = "".join(anyascii(char) + " " * ("\u4e00" <= char <= "\u9fff") for char in text)
    found = _OTHER.sub("-", spaced.lower()).strip("-")
    if len(found) <= limit:
        return found
    cut = found[:limit]
    if found[limit] != "-":
        shorter, _, _ = cut.rpartition("-")
        cut = shorter if len(shorter) >= limit // 2 else cut
    return cut.strip("-")
