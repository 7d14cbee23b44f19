"""/bot<token>/<method>: the HTTP handler of all Bot API calls."""

import logging
import time
from typing import Any

from tornado.web import HTTPError

from bot.sandbox.api.message_methods import take_from_limits
from bot.sandbox.api.methods import LOWER_CASE_METHODS, get_updates
from bot.sandbox.api.parameters import Params
from bot.sandbox.api.target_chats import named_chat_id
from bot.sandbox.api_errors import ApiError, bad_request, expect
from bot.sandbox.chaos.faults import Injection
from bot.sandbox.http import MAX_BODY, TelegramHandler, parse_json

logger = logging.getLogger(__name__)


class BotApiHandler(TelegramHandler):
    """Authenticates, reads the parameters, injects faults, calls the method, logs the call."""

    def prepare(self) -> None:
        """Refuse other machines and sites, and bodies that are too large."""
        super().prepare()
        if len(self.request.body) > MAX_BODY:
            raise HTTPError(413)

    async def get(self, token: str, name: str) -> None:
        """Carry out a call; its parameters may be in the query, the body or both."""
        if not self.is_token(token):
            self.refuse(401, "Unauthorized")
            return
        world, method = self.site.world, name.lower()
        at, started = time.time(), time.monotonic()
        params, injection = Params({}), Injection()
        refusal, result = None, None
        try:
            params = self._params()
            injection = world.faults.inject(method, named_chat_id(world, params))
            if injection.delay and not await self._delay(injection.delay, method):
                self.hang_up()
                return
            result = await self._run(name, params, injection)
        except ApiError as error:
            refusal = error
        call: dict[str, Any] = {
            "method": name,
            "chat": named_chat_id(world, params),
            "params": params.decoded(),
            "status": refusal.code if refusal else 200,
            "description": refusal.description if refusal else None,
            "at": at,
            "milliseconds": round((time.monotonic() - started) * 1000, 3),
        }
        world.calls.count(call)
        # Empty polls would soon fill the log.
        if refusal or result or method != "getupdates":
            world.calls.add(call, result=result, dropped=injection.dropped)
        if injection.dropped:
            self.hang_up()
        elif refusal:
            self.refuse(refusal.code, refusal.description, refusal.parameters)
        else:
            self.answer({"ok": True, "result": result})

    post = get

    async def _delay(self, seconds: float, method: str) -> bool:
        """Wait, and return whether the call is still to be carried out.

        Telegram carries a call out even if its client has disconnected; but updates must not be
        delivered to nobody.
        """
        goes_on = await self.site.held.sleep(seconds)
        return goes_on and not (self.disconnected and method == "getupdates")

    async def _run(self, name: str, params: Params, injection: Injection) -> Any:
        world = self.site.world
        if injection.refusal:
            raise injection.refusal
        if name.lower() == "getupdates":
            return await get_updates(world, params, self.hold)
        method = LOWER_CASE_METHODS.get(name.lower())
        if method is None:
            # As repr and cut: the name comes from outside and goes to a log.
            logger.warning("the sandbox has no method %.80r", name)
            raise ApiError(404, "Not Found: method not found")
        take_from_limits(world, name.lower(), params)
        return method(world, params)

    def _params(self) -> Params:
        values: dict[str, Any] = {}
        for name, given in self.request.arguments.items():
            try:
                values[name] = given[-1].decode("utf-8")
            except UnicodeDecodeError:
                raise bad_request("strings must be encoded in UTF-8") from None
        if self.content_type == "application/json" and self.request.body.strip():
            try:
                body = parse_json(self.request.body)
            except ValueError as error:
                raise bad_request(f"can't parse request JSON object: {error}") from None
            values.update(expect(dict, body, "request JSON object"))
        return Params(values)
