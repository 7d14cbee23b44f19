"""Logging that shows no secrets and does not repeat a lasting failure all the time."""

import json
import logging
import re
import sys
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from math import inf
from typing import Any, TextIO, TypeVar
from urllib.parse import unquote, urlsplit

from bot.errors import StoreError

Value = TypeVar("Value")

REPEAT_AFTER = 600.0
"""Seconds after which a failure that persists is logged again."""
CALM = 30.0
"""Seconds after which a failure that came back soon after its end has ended."""
MAX_REASONS = 100
"""Reasons that are remembered; those that were logged longest ago are dropped."""
MIN_SECRET_LENGTH = 8
"""Characters. Shorter texts occur in ordinary words too, so they are not replaced."""

_SCHEME = r"(?P<scheme>[a-z][a-z0-9+.-]*://)?"
_ADDRESS = re.compile(
    # An @ after the host is not allowed: what precedes it may be the rest of a password.
    rf"{_SCHEME}(?P<user>[^/?#]*@)?(?P<host>(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?)(?P<rest>[/?#][^@]*)?",
    re.IGNORECASE,
)

_NUMBERED = re.compile(r"\b(?=\w*\d)[\w-]{5,}")
"""Numbers and ids in the reason of a failure; a status or a port of four digits is none."""
_LOOKS_SECRET = re.compile(
    # A token; a user and password in an address; both in a header.
    r"\d{5,}(?::|%3[Aa])[\w-]{30,}|(?<=://)[^\s/@'\"]+(?=@)|(?<=Basic )[\w+/=-]{4,}"
)


def shown_address(value: str) -> str:
    """Return an address, which need not be valid, with "[secret]" for all that may be secret.

    A user and password may be in it, and a token or a key in its path.
    """
    match = _ADDRESS.fullmatch(value)
    if match is None:
        scheme = re.match(_SCHEME, value, re.IGNORECASE)
        return f"{scheme[0] if scheme else ''}[secret]"
    user = "[secret]@" if match["user"] else ""
    rest = "/[secret]" if match["rest"] else ""
    return f"{match['scheme'] or ''}{user}{match['host']}{rest}"


def address_secrets(url: str) -> list[str]:
    """Return what of the Bot API's address no log may show.

    Most of it with what stands around it, as a short password alone looks like any word.
    """
    if shown_address(url) == url:
        return []
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    secrets = [url]
    if user:
        name, _, password = user.partition(":")
        # As the header of a request has it.
        encoded = b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode()
        secrets += [f"://{user}@", f"{user}@", user, password or name, encoded]
    if parts.path:
        # The client adds "/bot" and the token.
        secrets += [f"{host}{parts.path}", f"{parts.path}/bot"]
    for part in parts.path.split("/"):
        if ":" in part:
            secrets += [part, part.partition(":")[2]]
    return secrets


def query_secrets(url: str) -> list[str]:
    """Return what of an address's query no log may show: all of it, in every form.

    Not its short values alone, which may look like any word.
    """
    query = urlsplit(url).query
    values = [part.partition("=")[2] for part in query.split("&")]
    return [query, *query.split("&"), *(value for value in values if len(value) >= 16)]


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return a text with "[secret]" in the place of every secret.

    Also in the place of what looks like one: a bot's token, user and password in an address, and
    the headers that hold them.

    Args:
        text: What is logged or printed.
        secrets: Texts that must not appear, if they have MIN_SECRET_LENGTH or more characters.
    """
    # The longest first: one secret may contain another.
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= MIN_SECRET_LENGTH:
            text = text.replace(secret, "[secret]")
    return _LOOKS_SECRET.sub("[secret]", text)


class RedactingStream:
    """Standard error without secrets, for all that is printed: messages, warnings, tracebacks.

    Attributes:
        secrets: Texts that must not appear, as for ``redact``.
    """

    def __init__(self, stream: TextIO) -> None:
        """Write to another stream."""
        self.secrets: tuple[str, ...] = ()
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text without secrets; a secret must not be spread over several calls."""
        return self._stream.write(redact(text, self.secrets))

    def __getattr__(self, name: str) -> Any:
        """Return what the other stream has: whether it is a terminal, its number, its end."""
        return getattr(self._stream, name)


class RedactingFormatter(logging.Formatter):
    """Formats a record with its traceback, and replaces secrets in the result."""

    def __init__(self, format_: str, secrets: Iterable[str]) -> None:
        """Set the format and the secrets.

        Args:
            format_: As for ``logging.Formatter``.
            secrets: Texts that must not be logged, as for ``redact``.
        """
        super().__init__(format_)
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's text with "[secret]" in the place of every secret."""
        return redact(super().format(record), self._secrets)


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON, for programs that collect logs.

    Its keys are "time" (UTC, as ISO 8601 has it), "level", "logger", "message", and for a record
    with a traceback "exception".
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        """Set the secrets, as for ``RedactingFormatter``."""
        super().__init__()
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON with "[secret]" in the place of every secret."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        parts = (
            self.formatException(record.exc_info) if record.exc_info else record.exc_text,
            self.formatStack(record.stack_info) if record.stack_info else None,
        )
        if any(parts):
            entry["exception"] = "\n".join(part for part in parts if part)
        # Before it becomes JSON, which would write some characters of a secret in another way.
        redacted = {key: redact(value, self._secrets) for key, value in entry.items()}
        return json.dumps(redacted)


def set_up_logging(level: str, secrets: Iterable[str], format_: str = "text") -> None:
    """Log to standard error.

    Args:
        level: The lowest level that is logged.
        secrets: Texts that must not be logged.
        format_: "text", or "json" for one object a line.
    """
    handler = logging.StreamHandler(sys.stderr)
    text = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    is_json = format_ == "json"
    handler.setFormatter(JsonFormatter(secrets) if is_json else RedactingFormatter(text, secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    # At INFO and DEBUG these log the URL of every request, which contains the token.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if level == "INFO":
        # At INFO they log only that they start and stop, which the commands print themselves, and
        # that some file was changed.
        for name in ("telegram", "watchfiles"):
            logging.getLogger(name).setLevel(logging.WARNING)


class FailureLog:
    """Logs failures of one kind: each reason once, again while it persists, and the recovery.

    Otherwise a full disk or a lost connection would write a line for every tap of a reader. What
    comes and goes all the time has not ended until it has not come for CALM seconds.
    """

    def __init__(self, log: logging.Logger, noted: Callable[[], None] = lambda: None) -> None:
        """Create it.

        Args:
            log: Where the lines go.
            noted: Called at every failure, logged or not.
        """
        self._log = log
        self._noted = noted
        self._logged: dict[str, float] = {}
        self._failed_at = self._recovered_at = -inf
        self._comes_and_goes = False

    def failed(self, reason: str) -> None:
        """Log the reason of a failure, unless it was logged less than REPEAT_AFTER ago."""
        self._noted()
        now = time.monotonic()
        self._failed_at = now
        self._comes_and_goes |= now - self._recovered_at < CALM
        # A reason may name a request or a process, and each time another one.
        kind = _NUMBERED.sub("#", reason)
        if now - self._logged.get(kind, -inf) >= REPEAT_AFTER:
            self._log.warning("%.500s", reason)
            self._logged.pop(kind, None)
            self._logged[kind] = now
        if len(self._logged) > MAX_REASONS:
            del self._logged[next(iter(self._logged))]

    async def value_or(self, default: Value, work: Awaitable[Value]) -> Value:
        """Return the result of work in the store; if it fails, log that and return the default."""
        try:
            return await work
        except StoreError as error:
            self.failed(str(error))
            return default

    async def succeeds(self, work: Awaitable[None]) -> bool:
        """Return whether work in the store succeeds; log a failure."""
        try:
            await work
        except StoreError as error:
            self.failed(str(error))
            return False
        return True

    def recovered(self, text: str) -> None:
        """Log a text if there was a failure since the last call, and it has not come and gone."""
        now = time.monotonic()
        if self._logged and not (self._comes_and_goes and now - self._failed_at < CALM):
            self._log.warning("%s", text)
            self._logged.clear()
            self._recovered_at, self._comes_and_goes = now, False
