"""Reads the settings from the environment and a .env file.

Every key is the name of a field of Settings in capitals; .env.example explains each in a line.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.config.dotenv_file import read_dotenv
from bot.config.listen_address import read_listen_address, read_webhook_url
from bot.config.settings import (
    LOG_FORMATS,
    LOG_LEVELS,
    MIN_RATE,
    MIN_VOTER_KEY,
    MIN_WEBHOOK_SECRET,
    NEW_KEY,
    TELEGRAM,
    Settings,
)
from bot.errors import SettingsError
from bot.logs import shown_address

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_TOKEN_IN_ADDRESS = re.compile(
    # Not a host and its port, nor a user and a password, which an @ follows.
    r"(?:^|/)(?:bot)?\d+:(?!\d+(?:[/?#]|$))[A-Za-z0-9_-]+(?=[/?#]|$)"
)
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def read_settings(environ: Mapping[str, str] = os.environ, dotenv: Path = Path(".env")) -> Settings:
    """Read the settings.

    Args:
        environ: The environment, which takes precedence over the file.
        dotenv: The .env file; it need not exist.

    Returns:
        The settings; a setting that is missing or empty has its default.

    Raises:
        SettingsError: A value has the wrong form, the file cannot be read, or lines of it are
            broken.
    """
    both = (*read_dotenv(dotenv).items(), *environ.items())
    values = {key: value.strip() for key, value in both if value and value.strip()}
    corpus, feeds = values.get("CORPUS_DIR"), _feeds(values.get("FEEDS", ""))
    admins, cache = _admins(values.get("ADMINS", "")), values.get("CACHE_DIR")
    api_url = _api_url(values.get("BOT_API_URL", TELEGRAM))
    return Settings(
        bot_token=_token(values.get("BOT_TOKEN")),
        bot_api_url=api_url,
        telegram_test_environment=_switch(values, "TELEGRAM_TEST_ENVIRONMENT"),
        corpus_dir=Path(corpus).expanduser() if corpus else None,
        cache_dir=Path(cache).expanduser() if cache else None,
        admins=admins,
        feeds=feeds,
        publish_to=_publish_to(values.get("PUBLISH_TO"), bool(feeds or admins)),
        allow_private_addresses=_switch(values, "ALLOW_PRIVATE_ADDRESSES"),
        **_semantic(values),
        database_url=_database_url(values.get("DATABASE_URL", Settings.database_url)),
        voter_key=_voter_key(values.get("VOTER_KEY")),
        private_chat_per_second=_rate(values, "PRIVATE_CHAT_PER_SECOND"),
        group_per_minute=_rate(values, "GROUP_PER_MINUTE"),
        overall_per_second=_rate(values, "OVERALL_PER_SECOND"),
        **_http(values, api_url),
        log_level=_log_level(values.get("LOG_LEVEL", Settings.log_level)),
        log_format=_log_format(values.get("LOG_FORMAT", Settings.log_format)),
    )


def _http(values: Mapping[str, str], api_url: str) -> dict[str, Any]:
    """Return where updates are delivered, and where health is told."""
    url, health = values.get("WEBHOOK_URL"), values.get("HEALTH_LISTEN")
    listen = values.get("WEBHOOK_LISTEN", str(Settings.webhook_listen))
    return {
        "webhook_url": url and read_webhook_url(url, telegrams_own=api_url == TELEGRAM),
        "webhook_listen": read_listen_address("WEBHOOK_LISTEN", listen),
        "webhook_secret": _webhook_secret(values.get("WEBHOOK_SECRET")),
        "health_listen": read_listen_address("HEALTH_LISTEN", health) if health else None,
    }


def _token(value: str | None) -> str | None:
    # The message does not repeat the value: it may be a real token with a typing error.
    if value is not None and not _TOKEN.fullmatch(value):
        raise SettingsError(
            "BOT_TOKEN does not have the form of a token (digits, a colon, letters): "
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
    has_token = _TOKEN_IN_ADDRESS.search(url) is not None
    if not fits or has_token or set(url) & set("{}?# "):
        hint = " The token belongs in BOT_TOKEN, and not there." if has_token else ""
        raise SettingsError(
            f"BOT_API_URL is {shown_address(value)!r}: "
            f"give a server's address such as {TELEGRAM}.{hint}"
        )
    return url


def _feeds(value: str) -> tuple[str, ...]:
    # A comma within an address belongs to it.
    addresses = re.split(r"[\s,]*\s[\s,]*|,(?=https?:|$)", value.strip(" ,"), flags=re.IGNORECASE)
    feeds = [address for address in addresses if address]
    for number, feed in enumerate(feeds, 1):
        try:
            parts = urlsplit(feed)
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            fits = fits and parts.username is None
        except ValueError:
            fits = False
        # The message does not repeat it: it may hold a secret.
        if not fits:
            raise SettingsError(
                f"Address {number} of FEEDS is not the address of a feed: give addresses that "
                "begin with http:// or https://, without user and password."
            )
    return tuple(dict.fromkeys(feeds))


def _admins(value: str) -> frozenset[int]:
    ids = re.split(r"[\s,]+", value.strip(" ,")) if value.strip(" ,") else []
    for each in ids:
        # Ids of groups and channels are negative; a name can be given to somebody else.
        if not re.fullmatch(r"0*[1-9][0-9]{0,15}", each, re.ASCII):
            raise SettingsError(
                f"ADMINS has {each!r}: give the ids of users, which are positive numbers, "
                "separated by spaces or commas."
            )
    return frozenset(map(int, ids))


def _publish_to(value: str | None, is_used: bool) -> str | None:
    if value is None:
        return None
    if not re.fullmatch(r"@[A-Za-z]\w{3,31}|-?\d+", value, re.ASCII):
        raise SettingsError(
            f"PUBLISH_TO is {value!r}: give a channel's @name, or its id such as -1001234567890."
        )
    if not is_used:
        raise SettingsError(
            "PUBLISH_TO is set, but only articles of feeds and those that an admin publishes are "
            "posted there: set FEEDS or ADMINS too. To post a single article, use article-bot "
            "publish."
        )
    return value


def _switch(values: Mapping[str, str], key: str) -> bool:
    value = values.get(key, "no")
    if value.lower() not in (*_YES, *_NO):
        raise SettingsError(f"{key} is {value!r}: set it to yes or no.")
    return value.lower() in _YES


def _semantic(values: Mapping[str, str]) -> dict[str, Any]:
    """Return whether questions are understood in other words, and by which model."""
    is_on, model = _switch(values, "SEMANTIC"), values.get("SEMANTIC_MODEL")
    if model is not None and not is_on:
        raise SettingsError(
            "SEMANTIC_MODEL is set, but SEMANTIC is not: set SEMANTIC=yes too, or remove it."
        )
    return {"semantic": is_on, "semantic_model": Path(model).expanduser() if model else None}


def _database_url(value: str) -> str:
    # The address may contain a password, so messages repeat only its scheme.
    scheme = value.split(":", maxsplit=1)[0]
    if value.startswith(("postgresql://", "postgres://")):
        try:
            parts = urlsplit(value)
            # An unescaped # or / in a password ends up in the port.
            _ = parts.port
        except ValueError:
            raise SettingsError(
                "DATABASE_URL cannot be read: write special characters in the user and password "
                "as %XX, such as %23 for # and %2F for /."
            ) from None
        if not parts.path.strip("/") and not {"dbname", "database"} & parse_qs(parts.query).keys():
            raise SettingsError(
                "DATABASE_URL names no database: write its name at the end, as in "
                "postgresql://user:password@host/database."
            )
        return value
    path = value.removeprefix("sqlite:///")
    if path in (value, ":memory:") or not Path(path).name:
        raise SettingsError(
            f"DATABASE_URL begins with {scheme!r}: give sqlite:/// and a file, such as "
            "sqlite:///votes.db, or postgresql://user:password@host/database."
        )
    return value


def _rate(values: Mapping[str, str], key: str) -> float:
    value = values.get(key, str(getattr(Settings, key.lower())))
    try:
        rate = float(value)
    except ValueError:
        rate = 0.0
    if not MIN_RATE <= rate < float("inf"):
        raise SettingsError(f"{key} is {value!r}: give a number of at least {MIN_RATE}.")
    return rate


def _voter_key(value: str | None) -> str | None:
    if value is not None and len(value) < MIN_VOTER_KEY:
        raise SettingsError(f"VOTER_KEY is shorter than {MIN_VOTER_KEY} characters: {NEW_KEY}")
    return value


def _webhook_secret(value: str | None) -> str | None:
    fits = rf"[A-Za-z0-9_-]{{{MIN_WEBHOOK_SECRET},256}}"
    if value is not None and not re.fullmatch(fits, value, re.ASCII):
        raise SettingsError(
            f"WEBHOOK_SECRET is not {MIN_WEBHOOK_SECRET} to 256 letters, digits, _ and -: {NEW_KEY}"
        )
    return value


def _log_format(value: str) -> str:
    if value.lower() not in LOG_FORMATS:
        raise SettingsError(f"LOG_FORMAT is {value!r}: set it to one of {', '.join(LOG_FORMATS)}.")
    return value.lower()


def _log_level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL is {value!r}: set it to one of {', '.join(LOG_LEVELS)}.")
    return value.upper()
