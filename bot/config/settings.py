"""What can be set, and what follows from it."""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from bot.config.listen_address import LOOPBACK, ListenAddress
from bot.logs import address_secrets, query_secrets, shown_address

TELEGRAM = "https://api.telegram.org"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMATS = ("text", "json")
MIN_VOTER_KEY = 32
"""Characters. Whoever guesses the key can find out who voted for what."""
NEW_KEY = 'make one with python3 -c "import secrets; print(secrets.token_hex(32))".'
MIN_WEBHOOK_SECRET = 32
"""Characters. Whoever guesses the secret can act as any reader, and as an admin."""
MIN_RATE = 0.001
"""Messages per second or minute."""

WEBHOOK_LISTEN = ListenAddress(LOOPBACK, 8080)


@dataclass(frozen=True)
class Settings:
    """What can be set.

    Attributes:
        bot_token: The token from @BotFather; None for commands that need none.
        bot_api_url: Address of the Bot API server, without "/bot" and without a slash at the end.
        telegram_test_environment: Whether to use Telegram's test environment, which has its own
            accounts and tokens.
        corpus_dir: The folder of articles; None to look in the usual places (``find_corpus``).
        cache_dir: The folder for what is made of the articles and can be made anew; None for the
            user's cache folder (``cache_folder``).
        admins: Telegram's ids of the users who may change the articles from a private chat with the
            bot; empty for nobody.
        feeds: Addresses of the feeds whose articles are added, each http or https and once.
        publish_to: The channel in which new articles of the feeds are posted, "@name" or its id;
            None for none. It needs feeds or admins.
        allow_private_addresses: Whether feeds and pages may be on this machine or its network.
        semantic: Whether questions are understood in other words and in other languages than the
            article's, which needs the extra ``semantic``.
        semantic_model: The folder of the sentence model that is used for it; None for the one that
            comes with the extra. It needs semantic.
        database_url: "sqlite:///" and a path, or "postgresql://user:password@host/database".
        voter_key: The secret from which the codes that readers are stored under are made, at least
            MIN_VOTER_KEY characters; None to keep one in a file beside the SQLite database.
            PostgreSQL needs one.
        private_chat_per_second: Messages and edits per second in a private chat, at least MIN_RATE.
        group_per_minute: Messages and edits per minute in a group, at least MIN_RATE.
        overall_per_second: Messages and edits per second in all chats, at least MIN_RATE.
        webhook_url: The address to which Telegram delivers updates; None to fetch them by long
            polling.
        webhook_listen: Where the bot takes updates if they are delivered.
        webhook_secret: What Telegram shows with every update, MIN_WEBHOOK_SECRET to 256 characters
            of A-Z, a-z, 0-9, "_" and "-"; None to derive it from the token (``webhook_token``).
        health_listen: Where the bot tells how it is; None for nowhere.
        log_level: One of LOG_LEVELS.
        log_format: One of LOG_FORMATS.
    """

    bot_token: str | None = None
    bot_api_url: str = TELEGRAM
    telegram_test_environment: bool = False
    corpus_dir: Path | None = None
    cache_dir: Path | None = None
    admins: frozenset[int] = frozenset()
    feeds: tuple[str, ...] = ()
    publish_to: str | None = None
    allow_private_addresses: bool = False
    semantic: bool = False
    semantic_model: Path | None = None
    database_url: str = "sqlite:///votes.db"
    voter_key: str | None = None
    private_chat_per_second: float = 1.0
    group_per_minute: float = 20.0
    overall_per_second: float = 30.0
    webhook_url: str | None = None
    webhook_listen: ListenAddress = WEBHOOK_LISTEN
    webhook_secret: str | None = None
    health_listen: ListenAddress | None = None
    log_level: str = "INFO"
    log_format: str = "text"

    @property
    def sqlite_file(self) -> Path | None:
        """The file of the SQLite database; None if the database is PostgreSQL."""
        path = self.database_url.removeprefix("sqlite:///")
        return Path(path).expanduser() if path != self.database_url else None

    @property
    def webhook_token(self) -> str:
        """The secret that Telegram shows with every update that it delivers."""
        if self.webhook_secret is not None:
            return self.webhook_secret
        # Every process with the same token has the same one, and nothing has to be kept.
        key = (self.bot_token or "").encode()
        return hmac.new(key, b"article-bot webhook", hashlib.sha256).hexdigest()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token, keys and passwords, which no log may show, each in every form it can take."""
        token, passwords = self.bot_token or "", []
        if self.sqlite_file is None:
            parts = urlsplit(self.database_url)
            passwords = [parts.password or "", *parse_qs(parts.query).get("password", ())]
        # The part after the colon alone, as the colon is escaped in some URLs.
        found = [token, token.partition(":")[2], self.voter_key or "", *passwords]
        found.append(self.webhook_token)
        found += address_secrets(self.bot_api_url)
        for feed in self.feeds:
            found += query_secrets(feed)
        found += [*map(unquote, found), *(quote(each, safe="") for each in found)]
        return tuple(secret for secret in dict.fromkeys(found) if secret)

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
    def base_file_url(self) -> str:
        """The same for files that users sent to the bot; such an address contains the token."""
        suffix = "/test" if self.telegram_test_environment else ""
        return f"{self.bot_api_url}/file/bot{{token}}{suffix}"

    @property
    def is_local(self) -> bool:
        """Whether the Bot API server runs on this machine, where no proxy can reach it."""
        host = urlsplit(self.bot_api_url).hostname or ""
        return host in ("localhost", "::1") or host.startswith("127.")
