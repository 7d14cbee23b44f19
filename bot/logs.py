"""Logging that cannot tell a secret."""

import logging
import sys
import time
from collections.abc import Awaitable, Iterable
from typing import TypeVar

from bot.errors import StoreError

Value = TypeVar("Value")

REMIND = 600.0
"""Seconds before a trouble that lasts is logged again."""


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback and all, and then takes the secrets out.

    secrets: texts that must not be written; those of under 8 characters are left alone, as they
    would stand in ordinary words.
    """

    def __init__(self, format_: str, secrets: Iterable[str]) -> None:
        super().__init__(format_)
        self._secrets = sorted((s for s in secrets if len(s) >= 8), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's text without the secrets."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text


def set_up_logging(level: str, secrets: Iterable[str]) -> None:
    """Log to standard error from a level on, without any of the secrets."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", secrets)
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    # These write every request's URL, and with it the token, at INFO and DEBUG.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if level == "INFO":
        # Its INFO lines tell that it started and stops, which the command line says itself.
        logging.getLogger("telegram").setLevel(logging.WARNING)


class FailureLog:
    """Logs why something fails: once for each reason, and again when it lasts; then that it ended.

    A failing disk or network would else write a line for each reader who taps.
    """

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._logged: dict[str, float] = {}

    def failed(self, reason: str) -> None:
        """Note a failure."""
        now = time.monotonic()
        if now - self._logged.get(reason, -REMIND) >= REMIND:
            self._log.warning("%s", reason)
            self._logged[reason] = now

    async def value_or(self, default: Value, work: Awaitable[Value]) -> Value:
        """Return what work in the store returns, or the default if it fails, which is logged."""
        try:
            return await work
        except StoreError as error:
            self.failed(str(error))
            return default

    async def succeeds(self, work: Awaitable[None]) -> bool:
        """Return whether work in the store succeeds; a failure is logged."""
        try:
            await work
        except StoreError as error:
            self.failed(str(error))
            return False
        return True

    def recovered(self, text: str) -> None:
        """Note that it works; logs text when it did not before."""
        if self._logged:
            self._log.warning("%s", text)
            self._logged.clear()
