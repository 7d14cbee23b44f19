"""The Markdown of an article's text, without what belongs to the page around it."""

import re
from collections.abc import Iterable

from bot.web.wording import squashed

QUOTE = "\u241b"
"""Marks a paragraph of a quotation until it is written as one."""
_HEADING = re.compile(r"#{1,6} +")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_DATE_LINE = re.compile(r"[\d\s.,:/|·–-]*(\w+[\s.,:/|·–-]+){0,4}\d{4}([\s,T|·–-]+[\d:]+\s*\w*)?")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")
MAX_BLOCK = 4_500
"""Characters; longer paragraphs are hard to read."""
_MAX_HEADER = 3
"""Blocks at the beginning of which some may repeat the author and the date."""


def tidy(text: str, title: str, author: str | None) -> str:
    """Return an article's text without its title, byline and date, and with quotes as quotes."""
    blocks = blocks_of(text)
    same = squashed(title)
    for position, block in enumerate(blocks[:_MAX_HEADER]):
        if _HEADING.match(block) and squashed(_HEADING.sub("", block)) == same:
            # What stands above the headline belongs to the page.
            del blocks[position]
            break
    head = [block for block in blocks[:_MAX_HEADER] if not _is_byline(block, author)]
    blocks = [*head, *blocks[_MAX_HEADER:]]
    while blocks and _HEADING.match(blocks[-1]) and "\n" not in blocks[-1]:
        blocks.pop()
    return "\n\n".join(part for block in blocks for part in _parts(_with_quotes(block)))


def blocks_of(text: str) -> list[str]:
    """Return the blocks of a Markdown text: paragraphs, headings, lists, tables, code."""
    blocks: list[list[str]] = [[]]
    fence = ""
    for raw in text.split("\n"):
        line = raw.rstrip()
        mark = _FENCE.match(line)
        if fence:
            blocks[-1].append(line)
            if mark and line == fence:
                fence = ""
                blocks.append([])
        elif mark and not line.strip("`~"):
            fence = mark[1]
            blocks.append([line])
        elif line:
            blocks[-1].append(line)
        else:
            blocks.append([])
    return ["\n".join(block) for block in blocks if block]


def _is_byline(block: str, author: str | None) -> bool:
    """Return whether a block only says who wrote the article or when."""
    if len(block) > 120:
        return False
    names = squashed(author or "")
    key = squashed(re.sub(r"\]\([^)]*\)", "", block))
    if names and names in key and len(key) <= len(names) + 8:
        return True
    return bool(_DATE_LINE.fullmatch(block.strip("*_ ")))


def _with_quotes(block: str) -> str:
    if QUOTE not in block:
        return block
    lines = [line.strip() for line in block.split("\n")]
    return "\n".join(
        f"> {line.replace(QUOTE, '').strip()}" if QUOTE in line else line for line in lines
    )


def _parts(block: str) -> list[str]:
    """Return a block in parts of at most MAX_BLOCK characters, each of which can stand alone."""
    if len(block) <= MAX_BLOCK:
        return [block]
    lines = block.split("\n")
    if _FENCE.match(lines[0]):
        first, last, lines = f"{lines[0]}\n", f"\n{lines[-1]}", lines[1:-1]
    elif len(lines) > 2 and re.fullmatch(r"[|: -]+", lines[1]):
        # A table's first row says what its columns are.
        first, last, lines = f"{lines[0]}\n{lines[1]}\n", "", lines[2:]
    else:
        first = last = ""
    rows = [row for line in lines for row in _joined(_SENTENCE_END.split(line), " ")]
    return [f"{first}{rows}{last}" for rows in _joined(rows, "\n", len(first) + len(last))]


def _joined(pieces: Iterable[str], glue: str, taken: int = 0) -> list[str]:
    """Return neighbouring pieces joined, as many as fit into MAX_BLOCK; none is left out."""
    limit, found = MAX_BLOCK - min(taken, MAX_BLOCK // 2), [""]
    for piece in pieces:
        # What has no sentences is cut anywhere.
        for part in (piece[n : n + limit] for n in range(0, max(1, len(piece)), limit)):
            if found[-1] and len(found[-1]) + len(glue) + len(part) > limit:
                found.append(part)
            else:
                found[-1] += (glue if found[-1] else "") + part
    return found
