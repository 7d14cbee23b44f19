"""Logging that shows no secrets and does not repeat a lasting failure all the time."""

import logging
import sys
import time
from collections.abc import Awaitable, Iterable
from typing import TypeVar

from bot.errors import StoreError

Value = TypeVar("Value")

REPEAT_AFTER = 600.0
"""Seconds after which a failure that persists is logged again."""
MIN_SECRET_LENGTH = 8
"""Characters. Shorter texts occur in ordinary words too, so they are not replaced."""


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return a text with "[secret]" in the place of every secret.

    Args:
        text: What is logged or printed.
        secrets: Texts that must not appear, if they have MIN_SECRET_LENGTH or more characters.
    """
    # The longest first: one secret may contain another.
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= MIN_SECRET_LENGTH:
            text = text.replace(secret, "[secret]")
    return text


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


def set_up_logging(level: str, secrets: Iterable[str]) -> None:
    """Log to standard error.

    Args:
        level: The lowest level that is logged.
        secrets: Texts that must not be logged.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", secrets)
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    # At INFO and DEBUG these log the URL of every request, which contains the token.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if level == "INFO":
        # At INFO it logs only that it starts and stops, which the commands print themselves.
        logging.getLogger("telegram").setLevel(logging.WARNING)


class FailureLog:
    """Logs failures of one kind: each reason once, again while it persists, and the recovery.

    Otherwise a full disk or a lost connection would write a line for every tap of a reader.
    """

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._logged: dict[str, float] = {}

    def failed(self, reason: str) -> None:
        """Log the reason of a failure, unless it was logged less than REPEAT_AFTER ago."""
        now = time.monotonic()
        if now - self._logged.get(reason, -REPEAT_AFTER) >= REPEAT_AFTER:
            self._log.warning("%s", reason)
            self._logged[reason] = now

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
        """Log a text if there was a failure since the last call."""
        if self._logged:
            self._log.warning("%s", text)
            self._logged.clear()
