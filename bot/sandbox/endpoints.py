"""What the handlers of the control interface share. JSON in, JSON out, {"error"} when not."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from tornado.web import HTTPError

from bot.sandbox.botapi import MAX_BODY
from bot.sandbox.errors import ControlError
from bot.sandbox.fields import Fields
from bot.sandbox.listeners import Hold
from bot.sandbox.params import parse_json
from bot.sandbox.web import SandboxHandler, Site, phrase
from bot.sandbox.world import World

Action = Callable[[World, Fields, Hold], Awaitable[dict[str, Any]]]


class Control(SandboxHandler):
    """Errors are {"error": sentence}."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The sentence of a ControlError, else the status's name."""
        problem = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(problem, ControlError):
            self.answer({"error": str(problem)}, problem.status)
        else:
            self.answer({"error": f"{phrase(status_code)}."}, status_code)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """What the asker did wrong is for the asker, not for the log."""
        if not isinstance(value, ControlError):
            super().log_exception(typ, value, tb)

    def number(self, name: str, default: float = 0) -> float:
        """A number from the query; ControlError when it is none."""
        try:
            return float(self.get_query_argument(name, str(default)))
        except ValueError:
            raise ControlError(400, f'"{name}" must be a number.') from None

    def count(self, name: str) -> int:
        """A whole number from the query, 0 when absent."""
        number = self.number(name)
        if not number.is_integer():
            raise ControlError(400, f'"{name}" must be a whole number.')
        return int(number)

    def fields(self) -> Fields:
        """The body's JSON object."""
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        # No form and no plain text: another site's page can send those without asking.
        if kind != "application/json":
            raise ControlError(415, "The Content-Type must be application/json.")
        if len(self.request.body) > MAX_BODY:
            raise HTTPError(413)
        try:
            fields = parse_json(self.request.body)
        except ValueError as problem:
            raise ControlError(400, f"The body is not JSON: {problem}.") from None
        if not isinstance(fields, dict):
            raise ControlError(400, "The body must be a JSON object.")
        return fields


class Post(Control):
    """A reader's action."""

    def initialize(self, site: Site, action: Action | None = None) -> None:
        """`action` is what this path does."""
        super().initialize(site)
        self.action = cast(Action, action)

    async def post(self, **named: str) -> None:
        """Do it; `named` are the fields that the path holds, all of them ids."""
        fields = {**self.fields(), **{name: int(value) for name, value in named.items()}}
        self.answer(await self.action(self.site.world, fields, self.hold))
