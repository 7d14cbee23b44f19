"""/bot<token>/<method>: one handler for every Bot API call."""

import hmac
import logging
import time
from typing import Any

from tornado.web import HTTPError

from bot.sandbox.addressing import chat_id
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.faults import Strike
from bot.sandbox.methods import METHODS, get_updates
from bot.sandbox.params import Params, parse_json
from bot.sandbox.web import TelegramHandler
from bot.sandbox.writing import take_room

logger = logging.getLogger(__name__)

MAX_BODY = 1_000_000
# Bodies above this are cut off by tornado itself, before anyone can answer them.
MAX_READ = 16_000_000


class BotApiHandler(TelegramHandler):
    """Authenticates, reads the parameters, lets faults strike, calls the method, logs the call."""

    def prepare(self) -> None:
        """Refuse strangers; a call is answered in get or post."""
        super().prepare()
        if len(self.request.body) > MAX_BODY:
            raise HTTPError(413)

    async def get(self, token: str, name: str) -> None:
        """A call with its parameters in the query."""
        await self._call(token, name)

    async def post(self, token: str, name: str) -> None:
        """A call with its parameters in the body, the query or both."""
        await self._call(token, name)

    async def _call(self, token: str, name: str) -> None:
        if not hmac.compare_digest(token.encode(), self.site.token.encode()):
            self.refuse(401, "Unauthorized")
            return
        at, started = time.time(), time.monotonic()
        params, strike = Params({}), Strike()
        refusal, result = None, None
        try:
            params = self._params()
            strike = self.site.world.faults.strike(name.lower(), chat_id(self.site.world, params))
            if strike.delay and not await self._delay(strike.delay, name):
                self.hang_up()
                return
            result = await self._run(name, params, strike)
        except ApiError as problem:
            refusal = problem
        entry = {
            "method": name,
            "chat": chat_id(self.site.world, params),
            "params": params.shown(),
            "status": refusal.code if refusal else 200,
            "description": refusal.description if refusal else None,
            "at": at,
            "milliseconds": round((time.monotonic() - started) * 1000, 3),
        }
        self._note(entry, result, dropped=strike.dropped)
        if strike.dropped:
            self.hang_up()
        elif refusal:
            self.refuse(refusal.code, refusal.description, refusal.parameters())
        else:
            self.answer({"ok": True, "result": result})

    def _note(self, entry: dict[str, Any], result: Any, *, dropped: bool) -> None:
        calls = self.site.world.calls
        calls.count(entry["method"], entry["status"], entry["description"])
        # Polls that brought nothing would soon fill the log.
        if entry["status"] != 200 or result or entry["method"].lower() != "getupdates":
            calls.add(entry, result=result, dropped=dropped)

    async def _delay(self, seconds: float, name: str) -> bool:
        """Wait for a slow call's time; whether it is still to be carried out.

        A server does what it was told whether the client is still there or not; but updates must
        not go to one that left.
        """
        goes_on = await self.site.waits.sleep(seconds)
        return goes_on and not (self.left and name.lower() == "getupdates")

    async def _run(self, name: str, params: Params, strike: Strike) -> Any:
        world = self.site.world
        if strike.refusal:
            raise strike.refusal
        if name.lower() == "getupdates":
            return await get_updates(world, params, self.hold)
        method = METHODS.get(name.lower())
        if method is None:
            # repr and a cut: the name comes from outside, and this goes into a log.
            logger.warning("the sandbox has no method %.80r", name)
            raise ApiError(404, "Not Found: method not found")
        take_room(world, name.lower(), params)
        return method(world, params)

    def _params(self) -> Params:
        values: dict[str, Any] = {}
        for name, given in self.request.arguments.items():
            try:
                values[name] = given[-1].decode("utf-8")
            except UnicodeDecodeError:
                raise bad_request("strings must be encoded in UTF-8") from None
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind == "application/json" and self.request.body.strip():
            try:
                body = parse_json(self.request.body)
            except ValueError as problem:
                raise bad_request(f"can't parse request JSON object: {problem}") from None
            if not isinstance(body, dict):
                raise bad_request("can't parse request JSON object: expected an Object")
            values.update(body)
        return Params(values)
