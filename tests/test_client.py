"""The HTTP client of the Bot API, and that nothing it meets gets a secret into a log."""

import asyncio
import contextlib
import html
import io
import logging
import os
import traceback
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.config import Settings
from bot.delivery.client import connected
from bot.delivery.http_requests import BotApiRequest, environment_proxy
from bot.delivery.telegram_errors import NoAnswerError, outcome_unknown
from bot.errors import ConnectError, StoreError
from bot.logs import FailureLog, RedactingFormatter, RedactingStream

TOKEN = "4242:a-very-secret-token_that-no-log-may-show"
PASSWORD, KEY = "swordfish-of-mine", "k3y" * 12


class Answers:
    """A server that answers every request with the same bytes, and keeps what it got."""

    def __init__(self, answer: bytes, drip: float = 0.0) -> None:
        self.answer = answer
        self.got: list[bytes] = []
        self.drip = drip
        self.tasks: set[asyncio.Task[None] | None] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            size = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
            body = await reader.readexactly(int(size[0].split(b":")[1])) if size else b""
            self.got.append(head + body)
            writer.write(self.answer)
            await writer.drain()
            while self.drip:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(self.drip)
        writer.close()


@contextlib.asynccontextmanager
async def answering(
    body: bytes, status: int = 200, extra: int = 0, drip: float = 0.0
) -> AsyncIterator[tuple[str, Answers]]:
    """Yield the address of a server; ``extra``: bytes that it announces and does not send."""
    size = len(body) + extra
    head = b"HTTP/1.1 %d x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, size)
    answers = Answers(head + body, drip)
    async with await asyncio.start_server(answers.serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", answers
        await asyncio.gather(*(task for task in answers.tasks if task is not None))


async def result(url: str, proxy: str | None = None, **more: Any) -> Any:
    async with BotApiRequest(url, proxy) as request:
        return await request.post(f"{url}/bot{TOKEN}/getMe", **more)


async def failure(url: str, **more: Any) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await result(url, **more)
    return caught.value


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 409, 429, 500, 502, 503])
@pytest.mark.parametrize(
    "body",
    [
        *(b"<html>/bot4242</html>", b"{}", b"[]", b"null", b"true", b'{"ok": true}'),
        *(b'{"ok": false}', b'{"ok": "true", "result": 1}', b'{"error": "no"}', b"[" * 100_000),
        b'{"ok": false, "error_code": 200, "description": "x"}',
        b'{"ok": false, "error_code": 400, "parameters": [1]}',
        b'{"ok": false, "error_code": 429, "parameters": {"retry_after": "soon"}}',
    ],
)
async def test_what_is_not_telegrams_word(status: int, body: bytes) -> None:
    """Whatever its status: the call was not carried out, and can be made again."""
    async with answering(body, status) as (url, _):
        error = await failure(url)
    assert isinstance(error, NoAnswerError)
    assert not outcome_unknown(error)
    assert str(status) in error.message
    assert "bot4242" not in error.message


@pytest.mark.parametrize(("body", "extra"), [(b"", 0), (b'{"ok": true, "res', 0), (b'{"o', 99)])
async def test_an_answer_that_is_cut(body: bytes, extra: int) -> None:
    """Telegram may have carried out the call."""
    async with answering(body, extra=extra) as (url, _):
        assert outcome_unknown(await failure(url))


@pytest.mark.parametrize("status", [200, 403, 502])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"ok": false, "error_code": 400, "description": "Bad Request: x"}', BadRequest),
        (b'{"ok": false, "error_code": 401, "description": "Unauthorized"}', InvalidToken),
        (b'{"ok": false, "error_code": 403, "description": "Forbidden: x"}', Forbidden),
        (b'{"ok": false, "error_code": 404, "description": "Not Found"}', InvalidToken),
        (b'{"ok": false, "error_code": 409, "description": "Conflict"}', Conflict),
        (b'{"ok": false, "error_code": 429, "parameters": {"retry_after": 3}}', RetryAfter),
        (
            b'{"ok": false, "error_code": 400, "parameters": {"migrate_to_chat_id": -1}}',
            ChatMigrated,
        ),
        (b'{"ok": false, "error_code": 500, "description": "x"}', NetworkError),
    ],
)
async def test_telegrams_word(
    status: int, body: bytes, kind: type[TelegramError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its code counts, and not the status that somebody else may have set."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    async with answering(body, status) as (url, _):
        assert type(await failure(url)) is kind


def test_all_errors_are_tested() -> None:
    kinds = {type(error) for error in all_errors()}
    assert {InvalidToken, NoAnswerError, StoreError, aiohttp.ClientPayloadError, OSError} <= kinds


async def test_a_server_that_is_not_there() -> None:
    async with answering(b"") as (url, _):
        pass
    error = await failure(url)
    assert not outcome_unknown(error)
    assert "Connection refused" in error.message


@pytest.mark.slow
async def test_a_body_that_drips_ends() -> None:
    """A byte now and then: no part of it is late, but the whole."""
    async with answering(b"{", extra=10**9, drip=0.05) as (url, _):
        error = await failure(url, read_timeout=0.5)
    assert outcome_unknown(error)
    assert "in time" in error.message


async def test_a_server_that_says_nothing() -> None:
    async with answering(b"", extra=5) as (url, answers):
        answers.answer, answers.drip = b"", 0.01
        assert outcome_unknown(await failure(url, read_timeout=0.2))


async def test_files_are_sent_and_read() -> None:
    """As a form of several parts, and as bytes of any kind."""
    async with answering(b'{"ok": true, "result": true}') as (url, answers):
        request, updates = BotApiRequest(url), BotApiRequest(url)
        bot = Bot(TOKEN, f"{url}/bot", request=request, get_updates_request=updates)
        async with request:
            with contextlib.suppress(AttributeError, TypeError):
                await bot.send_document(1, b"\0\1 content", caption="Ünï", filename="some.bin")
        assert b'filename="some.bin"' in answers.got[0]
        assert b"\0\1 content" in answers.got[0]
        assert "Ünï".encode() in answers.got[0]
    async with answering(b"\0\1 no JSON") as (url, _), BotApiRequest(url) as request:
        assert await request.retrieve(f"{url}/file") == b"\0\1 no JSON"
    async with answering(b"<html>", 404) as (url, _), BotApiRequest(url) as request:
        with pytest.raises(NoAnswerError):
            await request.retrieve(f"{url}/file")


async def test_a_proxy_with_a_password() -> None:
    """It gets the whole address, and the password in a header."""
    async with answering(b'{"ok": true, "result": 5}') as (url, answers):
        proxy = url.replace("://", f"://me:{PASSWORD}@")
        assert await result("http://bot-api.invalid", proxy) == 5
    assert answers.got[0].startswith(b"POST http://bot-api.invalid/bot4242")
    assert b"proxy-authorization: basic" in answers.got[0].lower()


def test_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    telegram = "https://api.telegram.org"
    assert environment_proxy(telegram) is None
    monkeypatch.setenv("ALL_PROXY", "http://all:1")
    assert environment_proxy(telegram) == "http://all:1"
    monkeypatch.setenv("HTTPS_PROXY", "proxy:3128")
    assert environment_proxy(telegram) == "http://proxy:3128"
    assert environment_proxy("http://bot-api.example") == "http://all:1"
    monkeypatch.setenv("NO_PROXY", "telegram.org")
    assert environment_proxy(telegram) is None
    monkeypatch.setenv("HTTP_PROXY", f"socks5://me:{PASSWORD}@proxy:1")
    with pytest.raises(ConnectError, match="set HTTP_PROXY to") as caught:
        environment_proxy("http://bot-api.example")
    assert PASSWORD not in str(caught.value)


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
