"""Settings, read once from the environment and a .env file.

Every key is the name of a field of Settings in capitals; .env.example explains each in a line.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from bot.errors import SettingsError
from bot.logs import address_secrets, query_secrets, shown_address

TELEGRAM = "https://api.telegram.org"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MIN_VOTER_KEY = 32
"""Characters. Whoever guesses the key can find out who voted for what."""
NEW_KEY = 'make one with python3 -c "import secrets; print(secrets.token_hex(32))".'
MIN_RATE = 0.001
"""Messages per second or minute."""

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_TOKEN_IN_ADDRESS = re.compile(
    # Not a host and its port, nor a user and a password, which an @ follows.
    r"(?:^|/)(?:bot)?\d+:(?!\d+(?:[/?#]|$))[A-Za-z0-9_-]+(?=[/?#]|$)"
)
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True)
class Settings:
    """What can be set.

    Attributes:
        bot_token: The token from @BotFather; None for commands that need none.
        bot_api_url: Address of the Bot API server, without "/bot" and without a slash at the end.
        telegram_test_environment: Whether to use Telegram's test environment, which has its own
            accounts and tokens.
        corpus_dir: The folder of articles; None to look in the usual places (``find_corpus``).
        feeds: Addresses of the feeds whose articles are added, each http or https and once.
        publish_to: The channel in which new articles of the feeds are posted, "@name" or its id;
            None for none. It needs feeds.
        allow_private_addresses: Whether feeds and pages may be on this machine or its network.
        database_url: "sqlite:///" and a path, or "postgresql://user:password@host/database".
        voter_key: The secret from which the codes that readers are stored under are made, at least
            MIN_VOTER_KEY characters; None to keep one in a file beside the SQLite database.
            PostgreSQL needs one.
        private_chat_per_second: Messages and edits per second in a private chat, at least MIN_RATE.
        group_per_minute: Messages and edits per minute in a group, at least MIN_RATE.
        overall_per_second: Messages and edits per second in all chats, at least MIN_RATE.
        log_level: One of LOG_LEVELS.
    """

    bot_token: str | None = None
    bot_api_url: str = TELEGRAM
    telegram_test_environment: bool = False
    corpus_dir: Path | None = None
    feeds: tuple[str, ...] = ()
    publish_to: str | None = None
    allow_private_addresses: bool = False
    database_url: str = "sqlite:///votes.db"
    voter_key: str | None = None
    private_chat_per_second: float = 1.0
    group_per_minute: float = 20.0
    overall_per_second: float = 30.0
    log_level: str = "INFO"

    @property
    def sqlite_file(self) -> Path | None:
        """The file of the SQLite database; None if the database is PostgreSQL."""
        path = self.database_url.removeprefix("sqlite:///")
        return Path(path).expanduser() if path != self.database_url else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token, keys and passwords, which no log may show, each in every form it can take."""
        token, passwords = self.bot_token or "", []
        if self.sqlite_file is None:
            parts = urlsplit(self.database_url)
            passwords = [parts.password or "", *parse_qs(parts.query).get("password", ())]
        # The part after the colon alone, as the colon is escaped in some URLs.
        found = [token, token.partition(":")[2], self.voter_key or "", *passwords]
        found += address_secrets(self.bot_api_url)
        for feed in self.feeds:
            found += query_secrets(feed)
        return tuple(secret for secret in dict.fromkeys((*found, *map(unquote, found))) if secret)

    @property
    def shown_api_url(self) -> str:
        """The Bot API's address for messages: without user, password and path."""
        return shown_address(self.bot_api_url)

    @property
    def base_url(self) -> str:
        """The Bot API's address in python-telegram-bot's form, with "{token}" for the token."""
        suffix = "/test" if self.telegram_test_environment else ""
        return f"{self.bot_api_url}/bot{{token}}{suffix}"

    @property
    def is_local(self) -> bool:
        """Whether the Bot API server runs on this machine, where no proxy can reach it."""
        host = urlsplit(self.bot_api_url).hostname or ""
        return host in ("localhost", "::1") or host.startswith("127.")


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
    both = (*_read_dotenv(dotenv).items(), *environ.items())
    values = {key: value.strip() for key, value in both if value and value.strip()}
    corpus, feeds = values.get("CORPUS_DIR"), _feeds(values.get("FEEDS", ""))
    return Settings(
        bot_token=_token(values.get("BOT_TOKEN")),
        bot_api_url=_api_url(values.get("BOT_API_URL", TELEGRAM)),
        telegram_test_environment=_switch(values, "TELEGRAM_TEST_ENVIRONMENT"),
        corpus_dir=Path(corpus).expanduser() if corpus else None,
        feeds=feeds,
        publish_to=_publish_to(values.get("PUBLISH_TO"), feeds),
        allow_private_addresses=_switch(values, "ALLOW_PRIVATE_ADDRESSES"),
        database_url=_database_url(values.get("DATABASE_URL", Settings.database_url)),
        voter_key=_voter_key(values.get("VOTER_KEY")),
        private_chat_per_second=_rate(values, "PRIVATE_CHAT_PER_SECOND"),
        group_per_minute=_rate(values, "GROUP_PER_MINUTE"),
        overall_per_second=_rate(values, "OVERALL_PER_SECOND"),
        log_level=_log_level(values.get("LOG_LEVEL", Settings.log_level)),
    )


def _read_dotenv(file: Path) -> Mapping[str, str | None]:
    if not file.is_file():
        return {}
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{file} cannot be read: make it a readable UTF-8 file.") from None
    faults = []
    for binding in parse_stream(StringIO(text)):
        if problem := _problem(binding):
            # The statement begins with the empty lines before it.
            statement = binding.original.string
            empty = statement[: -len(statement.lstrip())].count("\n")
            faults.append(f"{file}:{binding.original.line + empty}: {problem}")
    if faults:
        raise SettingsError("\n".join(faults))
    return dotenv_values(stream=StringIO(text))


def _problem(binding: Binding) -> str | None:
    """Return what is wrong with a statement of a .env file, without the secret it may contain."""
    key = (binding.key or "").lower()
    # Only this one may have several lines.
    ours = key in Settings.__dataclass_fields__ and key != "feeds"
    quoted = re.search(r"=\s*[\"']", binding.original.string)
    if quoted and (binding.error or (ours and "\n" in (binding.value or ""))):
        return "A quotation mark is missing, or text follows the last: quote all of the value."
    if binding.error or (binding.key and binding.value is None):
        return "The line has not the form KEY=value: correct it, or put # before a comment."
    return None


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


def _publish_to(value: str | None, feeds: tuple[str, ...]) -> str | None:
    if value is None:
        return None
    if not re.fullmatch(r"@[A-Za-z]\w{3,31}|-?\d+", value, re.ASCII):
        raise SettingsError(
            f"PUBLISH_TO is {value!r}: give a channel's @name, or its id such as -1001234567890."
        )
    if not feeds:
        raise SettingsError(
            "PUBLISH_TO is set, but only articles of feeds are posted there: set FEEDS too. To "
            "post a single article, use article-bot publish."
        )
    return value


def _switch(values: Mapping[str, str], key: str) -> bool:
    value = values.get(key, "no")
    if value.lower() not in (*_YES, *_NO):
        raise SettingsError(f"{key} is {value!r}: set it to yes or no.")
    return value.lower() in _YES


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


def _log_level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL is {value!r}: set it to one of {', '.join(LOG_LEVELS)}.")
    return value.upper()
