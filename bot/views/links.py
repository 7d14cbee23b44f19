"""Links into the bot: what stands after t.me/<bot>?start=, and what a link in a text leads to."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from bot.corpus.article import ID_PATTERN, Article

PAYLOAD_LIMIT = 64
"""Characters of A-Za-z0-9_- that Telegram takes after "start="."""

_ARTICLE = re.compile(ID_PATTERN.pattern)
# An underscore is in no article's id.
_QUESTION = re.compile(r"q_([A-Za-z0-9_-]+)")
_KEPT = re.compile(r"k_([0-9a-f]{32})")
_TRACKING = ("utm_", "fbclid", "gclid")


@dataclass(frozen=True)
class ArticleLink:
    """Opens the chat on an article, whether or not there is one by that id."""

    article_id: str


@dataclass(frozen=True)
class QuestionLink:
    """Asks a question in the chat."""

    question: str


@dataclass(frozen=True)
class KeptQuestionLink:
    """Asks a question that the store keeps under a key (see kept_key)."""

    key: str


Link = ArticleLink | QuestionLink | KeptQuestionLink


def start_link(username: str, payload: str, group: bool = False) -> str:
    """Return the link that opens the bot's chat, or with group one that adds it to a group."""
    return f"https://t.me/{username}?{'startgroup' if group else 'start'}={payload}"


def question_payload(question: str) -> str | None:
    """Return a payload that holds a question; None when it is too long for one (46 bytes)."""
    payload = "q_" + base64.urlsafe_b64encode(question.encode()).decode().rstrip("=")
    return payload if len(payload) <= PAYLOAD_LIMIT else None


def kept_payload(question: str) -> tuple[str, str]:
    """Return the payload that names a question which is kept, and the key to keep it under."""
    key = hashlib.sha256(question.encode()).hexdigest()[:32]
    return f"k_{key}", key


def parse_payload(payload: str) -> Link | None:
    """Return what a payload, which anyone may have written, leads to; None for nothing."""
    if _ARTICLE.fullmatch(payload):
        return ArticleLink(payload)
    if match := _KEPT.fullmatch(payload):
        return KeptQuestionLink(match[1])
    if len(payload) <= PAYLOAD_LIMIT and (match := _QUESTION.fullmatch(payload)):
        try:
            raw = base64.b64decode(match[1] + "=" * (-len(match[1]) % 4), altchars=b"-_")
            question = raw.decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        return QuestionLink(question)
    return None


class Links:
    """Tells which article an address leads to."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._by_id = {article.id: article for article in articles}
        self._by_address = {_address(a.url): a for a in articles if a.url is not None}

    def article(self, url: str, username: str) -> Article | None:
        """Return the article at an address: its own page, or a link into the bot's chat.

        username: the bot's, without "@". None for every other address.
        """
        try:
            parts = urlsplit(url if "://" in url else f"https://{url}")
            host = (parts.hostname or "").lower()
        except ValueError:
            return None
        if host in ("t.me", "telegram.me") and parts.path.strip("/").lower() == username.lower():
            query = parse_qs(parts.query)
            payloads = query.get("start") or query.get("startgroup") or [""]
            return self._by_id.get(payloads[0])
        return self._by_address.get(_address(url))


def _address(url: str) -> str:
    """Return what two links to one page have in common, whoever shared them."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        # As browsers show it, and as they send it.
        host = (parts.hostname or "").encode("idna").decode().removeprefix("www.")
    except ValueError:
        return url
    query = [pair for pair in parse_qsl(parts.query) if not pair[0].startswith(_TRACKING)]
    return f"{host}{unquote(parts.path).rstrip('/')}?{sorted(query)}"
