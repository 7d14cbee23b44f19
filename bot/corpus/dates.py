"""Dates as front matter and pages write them."""

import contextlib
import datetime as dt
import re
from email.utils import parsedate_to_datetime

_NUMBERS = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_WORDS = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y")


def parse_date(value: object) -> dt.date | None:
    """Return the date of a value, as it was written, whatever time and zone it has.

    Args:
        value: A date, a time, or a text such as "2026-01-31", "2026/1/31 10:00 +0200",
            "Jan 31, 2026" or "Sat, 31 Jan 2026 10:00:00 GMT".

    Returns:
        None if it is no date. Numbers that may be a day or a month, as in 01/02/2026, are none.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date) or not isinstance(value, str):
        return value if isinstance(value, dt.date) else None
    text = " ".join(value.split())
    try:
        if match := _NUMBERS.match(text):
            return dt.date(*map(int, match.groups()))
        return _in_words(text) or parsedate_to_datetime(text).date()
    except (ValueError, TypeError, OverflowError):
        return None


def _in_words(text: str) -> dt.date | None:
    for form in _WORDS:
        with contextlib.suppress(ValueError):
            return dt.datetime.strptime(text.replace(",", "").replace(".", ""), form).date()
    return None
