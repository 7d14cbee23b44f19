"""Links that open the bot (t.me/<bot>?start=...), and the article that a link leads to."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from bot.corpus.article import ID_PATTERN, Article

PAYLOAD_LIMIT = 64
"""Characters, of A-Za-z0-9_-, that Telegram accepts after "start="."""

# Article ids contain no underscore.
_QUESTION = re.compile(r"q_([A-Za-z0-9_-]+)")
_SAVED = re.compile(r"k_([0-9a-f]{32})")
_TRACKING = ("utm_", "fbclid", "gclid")


@dataclass(frozen=True)
class ArticleLink:
    """Opens the chat about an article, whether or not there is one with that id."""

    article_id: str


@dataclass(frozen=True)
class QuestionLink:
    """Asks a question in the chat."""

    question: str


@dataclass(frozen=True)
class SavedQuestionLink:
    """Asks a question that was saved in the store; see ``saved_payload``."""

    key: str


Link = ArticleLink | QuestionLink | SavedQuestionLink


def start_link(username: str, payload: str, group: bool = False) -> str:
    """Return the link that opens the bot's chat, or (with ``group``) adds it to a group."""
    return f"https://t.me/{username}?{'startgroup' if group else 'start'}={payload}"


def question_payload(question: str) -> str | None:
    """Return a payload that contains a question; None if that is too long (over 46 bytes)."""
    payload = "q_" + base64.urlsafe_b64encode(question.encode()).decode().rstrip("=")
    return payload if len(payload) <= PAYLOAD_LIMIT else None


def saved_payload(question: str) -> tuple[str, str]:
    """Return a payload for a question that does not fit into one, and the key to save it under."""
    key = hashlib.sha256(question.encode()).hexdigest()[:32]
    return f"k_{key}", key


def parse_payload(payload: str) -> Link | None:
    """Return what a payload leads to; None if it is not valid.

    Anyone can write a payload, so what it names need not exist.
    """
    if ID_PATTERN.fullmatch(payload):
        return ArticleLink(payload)
    if match := _SAVED.fullmatch(payload):
        return SavedQuestionLink(match[1])
    if len(payload) <= PAYLOAD_LIMIT and (match := _QUESTION.fullmatch(payload)):
        try:
            raw = base64.b64decode(match[1] + "=" * (-len(match[1]) % 4), altchars=b"-_")
            question = raw.decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        return QuestionLink(question)
    return None


class Links:
    """Finds the article that an address leads to."""

    def __init__(self, articles: Sequence[Article], previous: "Links | None" = None) -> None:
        """Take the articles.

        Args:
            articles: All articles.
            previous: One for earlier versions of them, whose work is not done again; None for none.
        """
        known = previous._addresses if previous else {}
        urls = {article.url for article in articles if article.url is not None}
        self._addresses: dict[str, str] = {u: known.get(u) or _address(u) for u in urls}
        self._by_id = {article.id: article for article in articles}
        self._by_address = {self._addresses[a.url]: a for a in articles if a.url is not None}

    def article(self, url: str, username: str) -> Article | None:
        """Return the article that an address leads to; None for every other address.

        Args:
            url: An article's page, or a link that opens the bot's chat about it.
            username: The bot's username without "@".
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
    """Return an address in a form that is the same for all links to one page."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        # The ASCII form that browsers send, also for names in other scripts.
        host = _ascii_host(parts.hostname or "").removeprefix("www.")
    except ValueError:
        return url
    read = parse_qsl(parts.query) if parts.query else []
    query = [pair for pair in read if not pair[0].startswith(_TRACKING)]
    return f"{host}{unquote(parts.path).rstrip('/')}?{sorted(query)}"


@lru_cache(maxsize=1_000)
def _ascii_host(host: str) -> str:
    return host.encode("idna").decode()
