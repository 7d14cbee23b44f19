"""Logging that cannot tell a secret."""

import logging
import sys
from collections.abc import Iterable


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


def set_up_logging(level: str, token: str | None, *more: str | None) -> None:
    """Log to standard error from a level on, without the token and any other secret given."""
    secrets = [secret for secret in (token, *more) if secret]
    if token:
        # The part after the colon is the secret one, however the colon was written in a URL.
        secrets.append(token.partition(":")[2])
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
