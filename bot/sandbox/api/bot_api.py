"""/bot<token>/<method>: the HTTP handler of all Bot API calls."""

import asyncio
import logging
import time
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.sandbox.api.message_methods import take_from_limits
from bot.sandbox.api.methods import LOWER_CASE_METHODS, get_updates
from bot.sandbox.api.parameters import Params
from bot.sandbox.api.target_chats import named_chat_id
from bot.sandbox.api_errors import ApiError, bad_request, expect
from bot.sandbox.chaos.faults import Injection
from bot.sandbox.http import (
    SITE,
    Site,
    hang_up,
    json_answer,
    media_type,
    parse_json,
    refusal,
)

logger = logging.getLogger(__name__)


async def bot_api(request: web.Request) -> web.Response:
    """Carry out a call; its parameters may be in the query, the body or both."""
    if not request.app[SITE].is_token(request.match_info["token"]):
        return refusal(401, "Unauthorized")
    call = _carry_out(request, await request.read())
    if request.match_info["name"].lower() == "getupdates":
        # Ends when the client disconnects: updates must not be delivered to nobody.
        return await call
    # Telegram carries a call out even if its client has disconnected.
    return await asyncio.shield(call)


async def _carry_out(request: web.Request, body: bytes) -> web.Response:
    """Read the parameters, inject faults, call the method, log the call."""
    site, name = request.app[SITE], request.match_info["name"]
    world, method = site.world, name.lower()
    at, started = time.time(), time.monotonic()
    params, injection = Params({}), Injection()
    refused, result = None, None
    try:
        params = _params(request, body)
        injection = world.faults.inject(method, named_chat_id(world, params))
        if injection.delay and not await site.held.sleep(injection.delay):
            return hang_up(request)
        result = await _run(site, name, params, injection)
    except ApiError as error:
        refused = error
    call: dict[str, Any] = {
        "method": name,
        "chat": named_chat_id(world, params),
        "params": params.decoded(),
        "status": refused.code if refused else 200,
        "description": refused.description if refused else None,
        "at": at,
        "milliseconds": round((time.monotonic() - started) * 1000, 3),
    }
    world.calls.count(call)
    # Empty polls would soon fill the log.
    if refused or result or method != "getupdates":
        world.calls.add(call, result=result, dropped=injection.dropped)
    if injection.dropped:
        return hang_up(request)
    if refused:
        return refusal(refused.code, refused.description, refused.parameters)
    return json_answer({"ok": True, "result": result})


async def _run(site: Site, name: str, params: Params, injection: Injection) -> Any:
    if injection.refusal:
        raise injection.refusal
    if name.lower() == "getupdates":
        return await get_updates(site.world, params, site.held.wait)
    method = LOWER_CASE_METHODS.get(name.lower())
    if method is None:
        # As repr and cut: the name comes from outside and goes to a log.
        logger.warning("the sandbox has no method %.80r", name)
        raise ApiError(404, "Not Found: method not found")
    take_from_limits(site.world, name.lower(), params)
    return method(site.world, params)


def _params(request: web.Request, body: bytes) -> Params:
    """Return the parameters in a request's query and in its body.

    Raises:
        ApiError: they are not UTF-8, or the body is not what its Content-Type says.
    """
    kind = media_type(request)
    try:
        values: dict[str, Any] = _form(request.rel_url.raw_query_string)
        if kind == "application/x-www-form-urlencoded":
            values.update(_form(body.decode()))
        elif kind == "multipart/form-data":
            values.update(_multipart(request.headers["Content-Type"], body))
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    if kind == "application/json" and body.strip():
        try:
            given = parse_json(body)
        except ValueError as error:
            raise bad_request(f"can't parse request JSON object: {error}") from None
        values.update(expect(dict, given, "request JSON object"))
    return Params(values)


def _form(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))


def _multipart(content_type: str, body: bytes) -> dict[str, str]:
    """Return the fields of a multipart body, without its files."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode(errors="surrogateescape")
    wrong = bad_request("can't parse multipart body")
    try:
        message = message_from_bytes(head + body)
    except RecursionError:
        raise wrong from None
    if message.defects or not message.is_multipart():
        raise wrong
    fields: dict[str, str] = {}
    for part in message.walk():
        name, value = (
            part.get_param("name", header="content-disposition"),
            part.get_payload(decode=True),
        )
        if isinstance(name, str) and isinstance(value, bytes) and part.get_filename() is None:
            fields[name] = value.decode()
    return fields
