"""Where the bot listens for HTTP, and the address under which Telegram reaches it."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.errors import SettingsError
from bot.logs import shown_address

TELEGRAM_PORTS = (443, 80, 88, 8443)
"""The ports to which Telegram's own servers deliver updates."""
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class ListenAddress:
    """An address to listen on.

    Attributes:
        host: A name or an IP address, without brackets.
        port: 1 to 65535.
    """

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def read_listen_address(key: str, value: str) -> ListenAddress:
    """Return the address in a setting: "host:port", or a port of this machine only.

    Args:
        key: The setting's name, for messages.
        value: The setting's value.

    Raises:
        SettingsError: It has another form.
    """
    match = re.fullmatch(r"(?:(\[[\da-fA-F:.]+\]|[\w.-]+):)?(\d{1,5})", value, re.ASCII)
    if match is None or not 1 <= int(match[2]) <= 65_535:
        raise SettingsError(
            f"{key} is {value!r}: give a host and a port such as {LOOPBACK}:8080, or "
            "0.0.0.0:8080 to be reached from other machines."
        )
    return ListenAddress((match[1] or LOOPBACK).strip("[]"), int(match[2]))


def read_webhook_url(value: str, *, telegrams_own: bool) -> str:
    """Return the address to which Telegram is to deliver updates.

    Args:
        value: The setting's value.
        telegrams_own: Whether the Bot API server is Telegram's own, which delivers only by HTTPS
            and to a few ports.

    Raises:
        SettingsError: It is no such address.
    """
    try:
        parts = urlsplit(value)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        fits, port = False, 0
    if not fits or set(value) & set("@?# "):
        raise SettingsError(
            f"WEBHOOK_URL is {shown_address(value)!r}: give the address under which Telegram "
            "reaches the bot, such as https://bot.example.org/telegram, without user and query."
        )
    if telegrams_own and (parts.scheme != "https" or port not in TELEGRAM_PORTS):
        raise SettingsError(
            f"WEBHOOK_URL is {shown_address(value)!r}: Telegram delivers only to https:// and the "
            f"ports {', '.join(map(str, TELEGRAM_PORTS))}."
        )
    return value
