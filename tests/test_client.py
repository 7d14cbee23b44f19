"""The HTTP client of the Bot API: which answers are Telegram's, and when it gives up."""

import contextlib
import os
from typing import Any

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

from bot.delivery.http_requests import BotApiRequest, environment_proxy
from bot.delivery.telegram_errors import NoAnswerError, outcome_unknown
from bot.errors import ConnectError
from tests.support.answers import answering

TOKEN = "4242:a-very-secret-token_that-no-log-may-show"
PASSWORD = "swordfish-of-mine"


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
