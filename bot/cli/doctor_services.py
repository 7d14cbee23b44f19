"""What ``article-bot doctor`` checks at other programs: the database, Telegram, the clock."""

import asyncio
import os
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from bot.cli.doctor_checks import Check, Finding, Level, nearest
from bot.config import NEW_KEY, Settings
from bot.errors import ConnectError, SettingsError
from bot.logs import shown_address

if TYPE_CHECKING:
    from telegram import WebhookInfo

    from bot.store.inspection import DatabaseState

CLOCK_WARN, CLOCK_FAIL = 30.0, 300.0
"""Seconds by which the clock may be wrong; by more, certificates may not be accepted."""
RECENT = timedelta(hours=1)
"""How long ago a failed delivery matters."""
MANY_PENDING = 100
"""Updates that wait at Telegram, from which on something is likely to be wrong."""
CLOCK_PATIENCE = 10.0
"""Seconds in which the server must tell the time."""


async def _database(settings: Settings) -> Iterable[Finding]:
    from bot.store.inspection import inspect_postgres, inspect_sqlite  # noqa: PLC0415

    file = settings.sqlite_file
    if file is None:
        if settings.voter_key is None:
            raise SettingsError(f"VOTER_KEY is needed with PostgreSQL: {NEW_KEY}")
        try:
            return _of_database(settings, await inspect_postgres(settings.database_url))
        except ImportError:
            raise SettingsError(
                "The driver of PostgreSQL is not installed: pip install 'article-bot[postgres]'."
            ) from None
    if file.exists():
        if not os.access(file, os.W_OK):
            text = f"{file} cannot be written to by this user: is it that of the bot?"
            return [Finding(Level.FAIL, "database", text)]
        return _of_database(settings, await inspect_sqlite(file))
    folder = file.absolute().parent
    if nearest(folder) != folder or not folder.is_dir():
        text = f"There is no folder {folder}: make it, or correct DATABASE_URL"
        return [Finding(Level.FAIL, "database", text)]
    return [Finding(Level.OK, "database", f"none yet; the first start makes {file}")]


def _of_database(settings: Settings, state: "DatabaseState") -> Iterator[Finding]:
    from bot.store.voters import Voters, key_file  # noqa: PLC0415

    for problem in state.problems:
        yield Finding(Level.FAIL, "database", f"{state.engine}: {problem}")
    if state.version > state.newest:
        text = "It was made by a newer version of the bot: update article-bot"
        yield Finding(Level.FAIL, "database", text)
    key = settings.voter_key.encode() if settings.voter_key else None
    if key is None and settings.sqlite_file and key_file(settings.sqlite_file).exists():
        key = key_file(settings.sqlite_file).read_bytes().strip()
    if state.fingerprint and (key is None or Voters(key).fingerprint != state.fingerprint):
        what = "The voter key is missing" if key is None else "It was made with another voter key"
        text = f"{what}, and the bot does not start without the right one: restore it"
        yield Finding(Level.FAIL, "voter key", text)
    elif state.fingerprint:
        yield Finding(Level.OK, "voter key", "fits the database")
    if 0 < state.version < state.newest:
        text = f"{state.engine}, tables of an older version: the next start brings them up to date"
        yield Finding(Level.WARN, "database", text)
    elif not state.problems:
        tables = f"tables of version {state.version}" if state.version else "no tables yet"
        yield Finding(Level.OK, "database", f"{state.engine}, {tables}")


async def _telegram(settings: Settings) -> Iterable[Finding]:
    from bot.delivery.client import connected  # noqa: PLC0415

    findings = []
    async with connected(settings) as bot:
        me = bot.bot
        findings.append(Finding(Level.OK, "token", f"of @{me.username}"))
        if not me.supports_inline_queries:
            text = "Inline mode is off: readers cannot ask from other chats unless you /setinline"
            findings.append(Finding(Level.WARN, "BotFather", text))
        if me.can_read_all_group_messages:
            text = "Group privacy is off, and the bot does not need that: /setprivacy"
            findings.append(Finding(Level.WARN, "BotFather", text))
        findings += _of_webhook(settings, await bot.get_webhook_info())
    return findings


def _of_webhook(settings: Settings, info: "WebhookInfo") -> Iterator[Finding]:
    def found(level: Level, text: str) -> Finding:
        return Finding(level, "webhook", text)

    # The bot adds a digest of its secret.
    address, wanted = info.url.partition("?")[0], settings.webhook_url or ""
    if address == wanted:
        where = f"set to {shown_address(wanted)}" if wanted else "none, as the bot polls"
        yield found(Level.OK, where)
    elif not wanted:
        text = f"{shown_address(address)} is set, but WEBHOOK_URL is not: the next start removes it"
        yield found(Level.WARN, text)
    elif not address:
        yield found(Level.WARN, "not set yet: article-bot run sets it")
    else:
        text = f"{shown_address(address)} is set and not WEBHOOK_URL: the next start changes that"
        yield found(Level.WARN, text)
    if info.last_error_date and datetime.now(UTC) - info.last_error_date < RECENT:
        text = f"Telegram could not deliver lately ({info.last_error_message}): check the proxy"
        yield found(Level.WARN, text)
    if info.pending_update_count >= MANY_PENDING:
        text = f"{info.pending_update_count} updates wait at Telegram: is the bot running?"
        yield found(Level.WARN, text)


async def _clock(settings: Settings) -> Iterable[Finding]:
    before = time.time()
    told = await _server_time(settings)
    if told is None:
        return [Finding(Level.WARN, "clock", "not checked, as the server does not tell the time")]
    # The header is cut to seconds; it was made between the request and now.
    wrong = max(before - told - 1, told - time.time(), 0.0)
    level = (Level.OK, Level.WARN, Level.FAIL)[(wrong > CLOCK_WARN) + (wrong > CLOCK_FAIL)]
    hint = (
        "" if level is Level.OK else ": have it set from the network, by timedatectl set-ntp true"
    )
    return [Finding(level, "clock", f"{wrong:.0f} s beside that of the server{hint}")]


async def _server_time(settings: Settings) -> float | None:
    """Return the time of the Bot API server in seconds since 1970; None if it does not tell."""
    import aiohttp  # noqa: PLC0415

    from bot.delivery.http_requests import certificates, environment_proxy  # noqa: PLC0415

    url = settings.bot_api_url
    proxy = None if settings.is_local else environment_proxy(url)
    try:
        async with (
            asyncio.timeout(CLOCK_PATIENCE),
            aiohttp.ClientSession() as session,
            session.head(
                f"{url}/",
                proxy=proxy,
                ssl=certificates() if url.startswith("https:") else True,
                allow_redirects=False,
            ) as response,
        ):
            return parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (aiohttp.ClientError, OSError) as error:
        raise ConnectError(
            f"{settings.shown_api_url} cannot be asked for the time ({type(error).__name__})."
        ) from None
    except (KeyError, ValueError):
        return None


SERVICE_CHECKS = (
    Check("database", _database),
    Check("token", _telegram),
    Check("clock", _clock),
)
"""In the order in which they are told."""
