"""The bytes of a page -> its text."""

import codecs
import contextlib
import re

import charset_normalizer

from bot.web.fetcher import Fetched

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})"""
    rb"""|<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{1,40})""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4_096
"""Bytes from the beginning; browsers look at the first 1,024."""
_BROWSERS = {"iso-8859-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "latin-1": "cp1252"}
"""Names of encodings that browsers understand as another one, which has more characters."""
_BROWSERS |= {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949"}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")


def decode(page: Fetched) -> str:
    """Return the text of a page, without control characters.

    Its encoding is taken from its first bytes, from the server, from the page itself, and at last
    from what the bytes look like: text that is UTF-8 is hardly ever anything else.
    """
    return _CONTROLS.sub("", _decoded(page).replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(page: Fetched) -> str:
    body = page.body
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, errors="replace").lstrip("\ufeff")
    declared = _DECLARED.search(body[:_DECLARED_WITHIN])
    named = [page.charset, (declared[1] or declared[2]).decode("ascii") if declared else None]
    names = [_BROWSERS.get(name.lower(), name.lower()) for name in named if name]
    # These look like ASCII, or like ASCII with zeros between, until they are decoded.
    if not any(name.startswith(("iso-2022", "utf-16", "utf-32")) for name in names):
        names.insert(0, "utf-8")
        with contextlib.suppress(UnicodeDecodeError):
            return body.decode("utf-8")
    for name in names:
        try:
            text = body.decode(name, errors="replace")
        except (LookupError, ValueError):
            continue
        # A page may hold a few damaged characters. Many mean that the encoding is another one.
        if text.count("\ufffd") <= len(text) // 200:
            return text
    guess = charset_normalizer.from_bytes(body[:50_000]).best()
    return body.decode(guess.encoding if guess else "cp1252", errors="replace")
