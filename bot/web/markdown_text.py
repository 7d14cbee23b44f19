"""The Markdown of an article's text, without what belongs to the page around it."""

import datetime as dt
import re
from collections.abc import Iterable

from bot.web.wording import squashed

QUOTE = "\u241b"
"""Marks a paragraph of a quotation until it is written as one."""
_HEADING = re.compile(r"#{1,6} +")
# Lengths are limited: to look for the end of each of many brackets would take minutes.
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\]){0,1000})\]\((<[^>\n]*>|[^()\s]*)\)")
_TARGET = re.compile(r"<?(?:https?:|mailto:|tel:)")
_ITEM = re.compile(r" *(?:[-*+]|\d{1,9}[.)]) ")
_COPYRIGHT = re.compile(r"(?:copyright\b|©|\(c\) (?:19|20)\d\d).{0,200}$", re.IGNORECASE)
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_DATE_LINE = re.compile(r"[\d\s.,:/|·–-]*(\w+[\s.,:/|·–-]+){0,4}\d{4}([\s,T|·–-]+[\d:]+\s*\w*)?")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")
MAX_BLOCK = 4_500
"""Characters; longer paragraphs are hard to read."""
_READING_TIME = re.compile(
    r"(?:\w+:? )?(?:[~≈]?\d+\s*)?min\w*\.?(?: read| reading| de lectur[ae]| de leitura| di lettura"
    r"| Lesezeit| leestijd| чтения| читання| läsning)(?: time)?",
    re.IGNORECASE,
)
_MAX_HEADER = 3
"""Blocks at the beginning of which some may repeat the author and the date."""


def tidy(text: str, headlines: Iterable[str], author: str | None, published: dt.date | None) -> str:
    """Return an article's text without its headline, byline and date, and with quotes as quotes.

    Args:
        text: As trafilatura writes it.
        headlines: The title, and the site's names, which may stand there as a heading.
        author: Of the article.
        published: When it was.
    """
    blocks = [block for block in map(_clean_block, blocks_of(text)) if block]
    same = {squashed(headline) for headline in headlines}
    titles = [
        position
        for position, block in enumerate(blocks[:_MAX_HEADER])
        if _HEADING.match(block) and squashed(shown_text(block)) in same
    ]
    if titles:
        # What stands above the headline belongs to the page.
        del blocks[: titles[-1] + 1]
    head = [b for b in blocks[:_MAX_HEADER] if not _is_byline(b, author, published)]
    blocks = [*head, *blocks[_MAX_HEADER:]]
    if blocks and published:
        blocks[0] = _without_date(blocks[0], published)
    while blocks and (_HEADING.match(blocks[-1]) or _COPYRIGHT.match(blocks[-1])):
        blocks.pop()
    return "\n\n".join(part for block in blocks for part in _parts(_with_quotes(block)))


def shown_text(block: str) -> str:
    """Return what readers see of a block of Markdown, nearly."""
    text = _LINK.sub(r"\1", _HEADING.sub("", block))
    return re.sub(r"\\(\W)|[*`~]", r"\1", text)


def _clean_block(block: str) -> str:
    """Return a block with its lines as Markdown wants them; "" if nothing of it can be seen."""
    if _FENCE.match(block) or block.startswith("|"):
        return block
    block = re.sub(r"<sup>(\d{1,2})</sup>", lambda m: m[1].translate(_SUPERSCRIPT), block)
    block = re.sub(r"<sub>(\d{1,2})</sub>", lambda m: m[1].translate(_SUBSCRIPT), block)
    block = re.sub(r"(?<!\\)</?(?:sup|sub|u|ins|mark|small|kbd|var|samp)>", "", block)
    # Links without a site lead nowhere.
    block = _LINK.sub(
        lambda m: m[0] if re.match(r"<?(https?:|mailto:|tel:)", m[2]) else m[1], block
    )
    # Headings within items of a list are only larger text.
    block = re.sub(r"(?m)^( *(?:[-*+]|\d{1,9}[.)]) )#{1,6} ", r"\1", block)
    lines: list[str] = []
    for line in block.split("\n"):
        starts = _ITEM.match(line) or line.lstrip().startswith((QUOTE, "|", "#"))
        if not lines or starts:
            lines.append(line.rstrip() if lines and _ITEM.match(line) else line.strip())
        else:
            # Spaces before a line would make code of it.
            lines[-1] += " " + line.strip()
    block = "\n".join(lines)
    return block if any(char.isalnum() for char in block) or block.startswith(">") else ""


def _without_date(block: str, published: dt.date) -> str:
    """Return the first paragraph without the date of publication in front of it."""
    match = re.match(r"[^|—–\n-]{8,40}?\s*[|—–-]\s+", block)
    if match and _names_day(match[0], published):
        return block[match.end() :]
    return block


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


def _is_byline(block: str, author: str | None, published: dt.date | None) -> bool:
    """Return whether a block only says who wrote the article or when."""
    shown = shown_text(block).strip()
    if len(shown) > 120:
        return False
    if re.fullmatch(r"(?:\(?@\w+\)?[\s,]*)+", shown):
        return True
    names, key = squashed(author or ""), squashed(shown)
    if names and names in key and len(key) <= len(names) + 8:
        return True
    sentence = re.search(r"[.!?。！？]$", shown)
    dated = published and not sentence and _names_day(shown, published)
    return bool(dated or _DATE_LINE.fullmatch(shown) or _READING_TIME.fullmatch(shown))


def _names_day(text: str, day: dt.date) -> bool:
    numbers = re.findall(r"\d+", text)
    return str(day.year) in numbers and {str(day.day), f"{day.day:02}"} & set(numbers) != set()


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
