"""Settings, read once from the environment and a .env file.

Every key is a field of Settings in capitals; .env.example explains each in a line.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from dotenv import dotenv_values

from bot.errors import SettingsError

TELEGRAM = "https://api.telegram.org"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MIN_VOTER_KEY = 32
"""Characters. A shorter key could be guessed, and with it who voted what."""
NEW_KEY = 'make one with python3 -c "import secrets; print(secrets.token_hex(32))".'
LEAST_RATE = 0.001
"""Of messages; one in 1,000 seconds or minutes is as good as none."""

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_SWITCH = {"1": True, "true": True, "yes": True, "on": True} | {
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


@dataclass(frozen=True)
class Settings:
    """What a person can set.

    bot_token: None where only the corpus is needed. bot_api_url: without path's end "/bot" and
    without a slash at the end. corpus_dir: None for the usual places. database_url: "sqlite:///"
    and a path, or "postgresql://". voter_key: None to keep one beside the database, which
    PostgreSQL does not allow. private_chat_per_second, group_per_minute, overall_per_second: how
    many messages and edits, above 0. log_level: one of LOG_LEVELS.
    """

    bot_token: str | None = None
    bot_api_url: str = TELEGRAM
    telegram_test_environment: bool = False
    corpus_dir: Path | None = None
    database_url: str = "sqlite:///votes.db"
    voter_key: str | None = None
    private_chat_per_second: float = 1.0
    group_per_minute: float = 20.0
    overall_per_second: float = 30.0
    log_level: str = "INFO"

    @property
    def sqlite_file(self) -> Path | None:
        """The file of the SQLite database; None where it is PostgreSQL."""
        path = self.database_url.removeprefix("sqlite:///")
        return Path(path).expanduser() if path != self.database_url else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may hold."""
        token, passwords = self.bot_token or "", []
        if self.sqlite_file is None:
            parts = urlsplit(self.database_url)
            passwords = [parts.password or "", *parse_qs(parts.query).get("password", ())]
        # The part after the colon is a token's secret one, however the colon is written in a URL.
        found = [token, token.partition(":")[2], self.voter_key or "", *passwords]
        return tuple(secret for secret in (*found, *map(unquote, passwords)) if secret)

    @property
    def base_url(self) -> str:
        """The Bot API's address as python-telegram-bot takes it, with the token's place."""
        suffix = "/test" if self.telegram_test_environment else ""
        return f"{self.bot_api_url}/bot{{token}}{suffix}"

    @property
    def is_local(self) -> bool:
        """Whether the Bot API server runs on this machine, where no proxy can reach it."""
        host = urlsplit(self.bot_api_url).hostname or ""
        return host in ("localhost", "::1") or host.startswith("127.")


def read_settings(environ: Mapping[str, str] = os.environ, dotenv: Path = Path(".env")) -> Settings:
    """Read the settings; the environment outweighs the file, and an empty value is none.

    Raises:
        SettingsError: a value is of the wrong form, or the file cannot be read.
    """
    try:
        merged = {**(dotenv_values(dotenv) if dotenv.is_file() else {}), **environ}
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{dotenv} cannot be read: make it a readable UTF-8 file.") from None
    values = {key: value.strip() for key, value in merged.items() if value and value.strip()}
    corpus = values.get("CORPUS_DIR")
    return Settings(
        bot_token=_token(values.get("BOT_TOKEN")),
        bot_api_url=_api_url(values.get("BOT_API_URL", TELEGRAM)),
        telegram_test_environment=_switch(values, "TELEGRAM_TEST_ENVIRONMENT"),
        corpus_dir=Path(corpus).expanduser() if corpus else None,
        database_url=_database_url(values.get("DATABASE_URL", Settings.database_url)),
        voter_key=_voter_key(values.get("VOTER_KEY")),
        private_chat_per_second=_rate(values, "PRIVATE_CHAT_PER_SECOND"),
        group_per_minute=_rate(values, "GROUP_PER_MINUTE"),
        overall_per_second=_rate(values, "OVERALL_PER_SECOND"),
        log_level=_log_level(values.get("LOG_LEVEL", Settings.log_level)),
    )


def _token(value: str | None) -> str | None:
    # The value itself stays out of the message: it may be a real token with a slip in it.
    if value is not None and not _TOKEN.fullmatch(value):
        raise SettingsError(
            "BOT_TOKEN is not of a token's form (digits, a colon, letters): "
            "copy it again from @BotFather."
        )
    return value


def _api_url(value: str) -> str:
    url = value.rstrip("/").removesuffix("/bot").rstrip("/")
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or set(url) & set("{}?# "):
        raise SettingsError(
            f"BOT_API_URL is {value!r}: give a server's address such as {TELEGRAM}."
        )
    return url


def _switch(values: Mapping[str, str], key: str) -> bool:
    value = values.get(key, "no")
    if value.lower() not in _SWITCH:
        raise SettingsError(f"{key} is {value!r}: set it to yes or no.")
    return _SWITCH[value.lower()]


def _database_url(value: str) -> str:
    # A database's address may hold a password, so only its kind is repeated.
    kind = value.split(":", maxsplit=1)[0]
    if value.startswith(("postgresql://", "postgres://")):
        try:
            # An unescaped # or / in a password ends up in the port.
            _ = urlsplit(value).port
        except ValueError:
            raise SettingsError(
                "DATABASE_URL cannot be read: write special characters of user and password as "
                "%XX, such as %23 for # and %2F for /."
            ) from None
        return value
    path = value.removeprefix("sqlite:///")
    if path in (value, ":memory:") or not Path(path).name:
        raise SettingsError(
            f"DATABASE_URL begins with {kind!r}: give sqlite:/// and a file, as "
            "sqlite:///votes.db, or postgresql://user:password@host/database."
        )
    return value


def _rate(values: Mapping[str, str], key: str) -> float:
    value = values.get(key)
    if value is None:
        return float(getattr(Settings, key.lower()))
    try:
        rate = float(value)
    except ValueError:
        rate = 0.0
    if not LEAST_RATE <= rate < float("inf"):
        raise SettingsError(f"{key} is {value!r}: give a number above 0.")
    return rate


def _voter_key(value: str | None) -> str | None:
    if value is not None and len(value) < MIN_VOTER_KEY:
        raise SettingsError(f"VOTER_KEY is shorter than {MIN_VOTER_KEY} characters: {NEW_KEY}")
    return value


def _log_level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL is {value!r}: set it to one of {', '.join(LOG_LEVELS)}.")
    return value.upper()
