"""Nothing that is logged or printed holds a secret, and nothing is logged again and again."""

import contextlib
import html
import io
import logging
import traceback
from urllib.parse import quote

import aiohttp
import pytest
from telegram.error import InvalidToken, TelegramError

from bot.config import Settings
from bot.delivery.client import connected
from bot.delivery.telegram_errors import NoAnswerError
from bot.errors import ConnectError, StoreError
from bot.logs import FailureLog, RedactingFormatter, RedactingStream
from tests.support.answers import answering

TOKEN = "4242:a-very-secret-token_that-no-log-may-show"
PASSWORD, KEY = "swordfish-of-mine", "k3y" * 12
SETTINGS = Settings(
    bot_token=TOKEN,
    bot_api_url=f"http://me:{PASSWORD}@127.0.0.1:1/hidden/path",
    database_url=f"postgresql://me:{PASSWORD}@host/votes",
    voter_key=KEY,
)
ADDRESS = f"{SETTINGS.bot_api_url}/bot{TOKEN}/getMe"
OTHERS = (
    "http://proxy-user:other-password@proxy:3128 bot 987654321:AAF-another_bots_token-0123456789x"
)
TEXT = f"{ADDRESS} {quote(ADDRESS, safe='')} {SETTINGS.database_url} {KEY} {OTHERS}"


def all_errors() -> list[Exception]:
    """Every kind of error of ours, of the library, of the HTTP client and of Python itself."""

    def below(kind: type[Exception]) -> set[type[Exception]]:
        return {kind}.union(*(below(each) for each in kind.__subclasses__()))

    ours = ("bot.", "telegram.", "aiohttp.", "builtins", "asyncio", "ssl", "socket")
    made = []
    for kind in sorted(below(Exception), key=lambda kind: kind.__qualname__):
        if not kind.__module__.startswith(ours):
            continue
        # Not by their constructors, which all take something else.
        with contextlib.suppress(Exception):
            error = kind.__new__(kind, TEXT)
            if issubclass(kind, TelegramError):
                error.message = TEXT  # type: ignore[attr-defined]
            if TEXT in str(error):
                made.append(error)
    return made


def test_all_errors_are_tested() -> None:
    kinds = {type(error) for error in all_errors()}
    assert {InvalidToken, NoAnswerError, StoreError, aiohttp.ClientPayloadError, OSError} <= kinds


def shown(error: Exception) -> str:
    """What of an error is logged with its traceback, and printed when nothing catches it."""
    printed = RedactingStream(io.StringIO())
    printed.secrets = SETTINGS.secrets
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(RedactingFormatter("%(message)s", SETTINGS.secrets))
    try:
        raise error from ValueError(TEXT)
    except Exception as caught:
        traceback.print_exception(caught, file=printed)  # type: ignore[call-overload]
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "Failed: %r", (TEXT,), None)
        record.exc_info = (type(caught), caught, caught.__traceback__)
        handler.handle(record)
    return log.getvalue() + printed.getvalue()


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: type(error).__name__)
def test_no_error_shows_a_secret(error: Exception) -> None:
    """Neither its text nor that of its cause, in a log or in a terminal."""
    text = shown(error)
    assert "[secret]" in text
    for secret in (TOKEN, TOKEN[5:], PASSWORD, KEY, "other-password", "hidden", "another_bots"):
        assert secret not in text, secret


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 429, 500, 502])
async def test_a_page_that_repeats_the_request(status: int) -> None:
    """At the start: one sentence, without the address, however it is written."""
    paths = [f"/bot{TOKEN}/getMe", quote(f"/bot{TOKEN}/getMe"), html.escape(TOKEN), TOKEN.upper()]
    async with answering("<p>".join(paths).encode(), status) as (url, _):
        settings = Settings(bot_token=TOKEN, bot_api_url=url.replace("://", f"://me:{PASSWORD}@"))
        with pytest.raises(ConnectError) as caught:
            async with connected(settings):
                pass
    assert f"status {status}" in str(caught.value)
    assert caught.value.__cause__ is None
    text = "".join(traceback.format_exception(caught.value))
    assert "secret" not in text.replace("[secret]", "").lower()
    assert PASSWORD not in text


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def kept() -> tuple[FailureLog, list[str]]:
    log, lines = logging.Logger("test"), Lines()
    log.addHandler(lines)
    return FailureLog(log), lines.lines


def test_a_reason_that_names_another_request_each_time(kept: tuple[FailureLog, list[str]]) -> None:
    failures, lines = kept
    for number in range(1000):
        failures.failed(f"Refused: request 18.{number:05}2f3a is blocked (status 403)")
    assert len(lines) == 1
    failures.failed("Refused: request 18.00002f3a is blocked (status 502)")
    assert len(lines) == 2


async def test_a_failure_that_comes_and_goes(kept: tuple[FailureLog, list[str]]) -> None:
    """It has not ended while it does, so that the last line of the log is true."""
    failures, lines = kept

    async def fails() -> None:
        raise StoreError("sorry, too many clients already")

    async def works() -> None:
        pass

    for _ in range(100):
        assert not await failures.succeeds(fails())
        assert await failures.succeeds(works())
        failures.recovered("It works again.")
    sorry = "sorry, too many clients already"
    assert lines == [sorry, "It works again.", sorry]
