"""What tests and the page order from the sandbox itself: limits, faults, the bot's switches.

As in `readers`: the world and the request's JSON fields in, the answer's JSON out.
"""

from typing import Any

from bot.sandbox.errors import ControlError
from bot.sandbox.faults import CALL_KINDS, KINDS, SECONDS
from bot.sandbox.fields import Fields, field, find_chat, number
from bot.sandbox.limits import PERIODS
from bot.sandbox.listeners import Hold
from bot.sandbox.methods import METHODS
from bot.sandbox.profile import SWITCHES
from bot.sandbox.world import World

# A limit below is one call in 1,000 periods; above this it is no limit any more.
LEAST_LIMIT, MOST_LIMIT = 0.001, 100_000
MAX_SECONDS = 3600


async def set_switches(world: World, fields: Fields, _hold: Hold) -> dict[str, bool]:
    """POST /sandbox/bot: what @BotFather switches; a switch that is not named goes on."""
    switches = {name: field(fields, name, bool, True) for name in SWITCHES}
    world.profile.switches = switches
    world.events.send("bot", world.bot_shown())
    return switches


async def restart_bot(world: World, _fields: Fields, _hold: Hold) -> dict[str, bool]:
    """POST /sandbox/bot/restart: the bot that runs here ends, and begins anew."""
    if world.restart is None:
        raise ControlError(400, "No bot runs here that could be restarted.")
    world.restart()
    return {"restarting": True}


def set_limits(world: World, fields: Fields) -> dict[str, float | None]:
    """POST /sandbox/limits: new limits in the place of all that were there."""
    world.limits.set({name: number(fields, name, LEAST_LIMIT, MOST_LIMIT) for name in PERIODS})
    return world.limits.shown()


def add_fault(world: World, fields: Fields) -> dict[str, Any]:
    """POST /sandbox/faults: one more fault; fields that its kind has no use for become null."""
    kind = field(fields, "kind", str)
    if kind not in KINDS:
        raise ControlError(400, f'"kind" must be one of {", ".join(KINDS)}.')
    method = field(fields, "method", str, None)
    if method is not None and method.lower() not in METHODS.keys() | {"getupdates"}:
        raise ControlError(400, '"method" must be a method that the sandbox has, or null.')
    chat = field(fields, "chat", int, None)
    if chat is not None:
        find_chat(world, chat)
    times = field(fields, "times", int, None)
    if times is not None and times < 1:
        raise ControlError(400, '"times" must be at least 1, or null.')
    share = number(fields, "share", 0, 1)
    seconds = number(fields, "seconds", 0, MAX_SECONDS)
    of_calls = kind in CALL_KINDS
    return world.faults.add(
        kind,
        method if of_calls else None,
        chat if of_calls else None,
        times,
        1 if share is None else share,
        _seconds(kind, seconds),
    )


def _seconds(kind: str, given: float | None) -> float | None:
    if kind not in SECONDS:
        return None
    return SECONDS[kind] if given is None else given


def remove_fault(world: World, fault_id: int) -> None:
    """DELETE /sandbox/faults/<id>: switch it off."""
    try:
        world.faults.remove(fault_id)
    except KeyError:
        raise ControlError(404, f"There is no fault {fault_id}.") from None
