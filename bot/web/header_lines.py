"""The lines between a page's beginning and its first paragraph: they may name author and date."""

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache

import babel.dates
from babel import Locale, UnknownLocaleError
from lxml.html import HtmlElement

from bot.corpus.yaml import one_line

MAX_LINE = 100
"""Characters of a line that may be a byline."""
PARAGRAPH = 200
"""Characters from which on a text is a paragraph of the article."""
_MAX_LINES = 400
_NAME_END = re.compile(r"\s+(?:on|in|at|am|le|el|em|il|op|den)\s+|\s*[|·•—–]|,?\s*\d")
_PARTS = re.compile(r"\s*[|·•—–]\s*|\s+-\s+")
_CAPITALIZED = r"[^\W\d_a-z][\w.'’-]*"
_FULL_NAME = re.compile(
    rf"{_CAPITALIZED}(?: (?:(?:de|da|van|von|der|den|la|al|bin) )*{_CAPITALIZED}){{1,3}}"
)
_WORKS = (
    "article|post|story|essay|text|written|posted|published|artikel|beitrag|geschrieben|verfasst"
    "|billet|écrit|rédigé|proposé|publié|artículo|entrada|escrito|publicado|artigo|articolo|scritto"
)
"""What somebody has written, in descriptions that only name the author."""
_NO_TEXT = ("script", "style", "noscript", "template", "svg", "option", "textarea", "title", "head")
_EAST_ASIAN = re.compile(r"((?:19|20)\d\d)\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_NUMERIC = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_GERMAN = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?((?:19|20)\d\d)(?!\d)")


def header_lines(tree: HtmlElement) -> list[str]:
    """Return the short lines of a page up to its first paragraph, those below its heading first."""
    before: list[str] = []
    after: list[str] = []
    lines = before
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in _NO_TEXT:
            continue
        if element.tag == "h1":
            lines = after
        text = _short_text(element)
        if text is None:
            if element.tag == "p" and lines is after:
                break
        elif text:
            lines.append(text)
        if element.tail and 0 < len(tail := one_line(element.tail)) <= MAX_LINE:
            lines.append(tail)
        if len(before) + len(after) > _MAX_LINES:
            break
    return list(dict.fromkeys([*after, *before]))


def _short_text(element: HtmlElement) -> str | None:
    """Return the text of an element; "" if it is longer than a line, None for a paragraph."""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(part)
        length += len(part.strip())
        if length > PARAGRAPH:
            return None
    return one_line(" ".join(parts)) if length <= MAX_LINE else ""


def date_in(line: str, language: str) -> dt.date | None:
    """Return the date that a line contains, with the month as a number or a name.

    Args:
        line: For example "Thu 01 May 2014", "31. Januar 2026", "2026年1月31日".
        language: In which the month may be, apart from English.
    """
    for pattern in (_EAST_ASIAN, _NUMERIC):
        if match := pattern.search(line):
            return _date(*match.groups())
    if match := _GERMAN.search(line):
        return _date(match[3], match[2], match[1])
    text = line.casefold()
    for tag in dict.fromkeys((language.split("-", maxsplit=1)[0], "en")):
        months = _months(tag)
        if not months:
            continue
        names = "|".join(map(re.escape, sorted(months, key=len, reverse=True)))
        day, year = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º)?", r"(?P<year>(?:19|20)\d\d)"
        month = rf"\b(?P<month>{names})\b\.?"
        for pattern_text in (
            rf"(?<!\d){day}[\s-]+(?:de\s+)?{month}[\s,-]+(?:de\s+)?{year}(?!\d)",
            rf"{month}[\s-]+{day},?\s+{year}(?!\d)",
        ):
            if match := re.search(pattern_text, text):
                return _date(match["year"], str(months[match["month"]]), match["day"])
    return None


@lru_cache(maxsize=64)
def _months(language: str) -> dict[str, int]:
    """Return the names of the months in a language, casefolded, long and short, without a dot."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return {}
    found: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in babel.dates.get_month_names(width, context, locale).items():
                if len(name) > 2:
                    found.setdefault(name.casefold().rstrip("."), number)
    return found


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found <= dt.date.today() + dt.timedelta(days=1) else None


def bylines(lines: list[str], by: str, language: str) -> Iterator[str]:
    """Yield the names in lines such as "Posted by Ann Lee on Monday", "31 January 2026 · Ann Lee".

    Args:
        lines: Of the page's header.
        by: A regular expression of how bylines begin.
        language: Of the page.
    """
    pattern = re.compile(
        rf"(?:.*[|·•—–]\s*)?(?:{by})(?:\s*[:：]\s*|\s+)(?P<name>\S.*)", re.IGNORECASE
    )
    months = {**_months("en"), **_months(language.split("-", maxsplit=1)[0])}
    for line in lines:
        if match := pattern.fullmatch(line):
            words = _NAME_END.split(match["name"])[0].split()
            # "By Ann Lee January 31, 2026"
            while words and words[-1].casefold().rstrip(".,") in months:
                words.pop()
            if 0 < len(words) <= 6 and not words[0].islower() and words[-1][-1] not in ".!?":
                yield " ".join(words)
    for position, line in enumerate(lines):
        parts = [part for part in _PARTS.split(line) if part]
        names = [part for part in parts if _FULL_NAME.fullmatch(part)]
        if len(names) == 1 and any(date_in(part, language) for part in parts):
            yield ", ".join([*names, *_after_handles(lines[position + 1 :])])


def _after_handles(lines: list[str]) -> Iterator[str]:
    """Yield more names of a byline in which each is followed by a handle, such as "(@ann)"."""
    for handle, name in zip(lines[::2], lines[1::2], strict=False):
        if not re.fullmatch(r"\(?@\w+\)?", handle) or not _FULL_NAME.fullmatch(name):
            return
        yield name


def author_in(description: str, by: str) -> str:
    """Return who a description such as "An article by Ann Lee" names; "" if it says more."""
    pattern = rf"(?:\S+ ){{0,3}}(?:{_WORKS})(?: \S+)? (?:{by}) (?P<name>\S+(?: \S+){{0,3}}?)\.?"
    match = re.fullmatch(pattern, description.strip(), re.IGNORECASE)
    return match["name"] if match else ""
