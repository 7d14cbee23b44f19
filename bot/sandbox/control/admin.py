"""What tests and operators do with the sandbox itself: switches, limits, faults, updates."""

from typing import Any

from bot.sandbox.api.methods import LOWER_CASE_METHODS
from bot.sandbox.api_errors import ControlError
from bot.sandbox.chaos.faults import CALL_KINDS, DEFAULT_SECONDS, UPDATE_KINDS
from bot.sandbox.chaos.limits import PERIODS
from bot.sandbox.control.request_fields import Fields, field, find, number
from bot.sandbox.state.bot_account import SWITCHES
from bot.sandbox.state.world import World

# A limit from one call in 1,000 periods to more than any bot makes.
MIN_LIMIT, MAX_LIMIT = 0.001, 100_000
MAX_SECONDS = 3600


def set_switches(world: World, fields: Fields) -> dict[str, bool]:
    """POST bot: what @BotFather switches; a switch that is not given is switched on."""
    switches = {name: field(fields, name, bool, True) for name in SWITCHES}
    world.bot.switches = switches
    world.send_bot()
    return switches


def restart_bot(world: World, _fields: Fields) -> dict[str, bool]:
    """POST bot/restart: stop the bot that runs in this process, and start it again."""
    if world.restart is None:
        raise ControlError(400, "No bot runs here that could be restarted.")
    world.restart()
    return {"restarting": True}


def set_limits(world: World, fields: Fields) -> dict[str, float | None]:
    """POST limits: replace all limits."""
    world.limits.set({name: number(fields, name, MIN_LIMIT, MAX_LIMIT, None) for name in PERIODS})
    return world.limits.for_page()


def add_fault(world: World, fields: Fields) -> dict[str, Any]:
    """POST faults: switch a fault on; fields that its kind does not use become null."""
    kind = field(fields, "kind", str)
    if kind not in CALL_KINDS + UPDATE_KINDS:
        raise ControlError(400, f'"kind" must be one of {", ".join(CALL_KINDS + UPDATE_KINDS)}.')
    method = field(fields, "method", str, None)
    if method is not None and method.lower() not in LOWER_CASE_METHODS.keys() | {"getupdates"}:
        raise ControlError(400, '"method" must be a method that the sandbox has, or null.')
    chat = field(fields, "chat", int, None)
    if chat is not None:
        find(world.chats, chat, "chat")
    times = field(fields, "times", int, None)
    if times is not None and times < 1:
        raise ControlError(400, '"times" must be at least 1, or null.')
    default = DEFAULT_SECONDS.get(kind)
    seconds = number(fields, "seconds", 0, MAX_SECONDS, default)
    of_calls = kind in CALL_KINDS
    return world.faults.add(
        kind=kind,
        method=method if of_calls else None,
        chat=chat if of_calls else None,
        times=times,
        share=number(fields, "share", 0, 1, 1),
        seconds=None if default is None else seconds,
    )


def remove_fault(world: World, fields: Fields) -> dict[str, Any]:
    """DELETE faults/<fault>: switch a fault off; the answer has those that stay."""
    fault = find(world.faults.by_id, fields["fault"], "fault")
    world.faults.remove(fault)
    return {"faults": world.faults.for_page()}


def clear_faults(world: World, _fields: Fields) -> dict[str, Any]:
    """DELETE faults: switch all faults off."""
    world.faults.clear()
    return {"faults": world.faults.for_page()}


def push_update(world: World, fields: Fields) -> dict[str, Any]:
    """POST updates: queue any update as it is, except for its update_id."""
    update = field(fields, "update", dict)
    query = update.get("callback_query")
    if isinstance(query, dict) and isinstance(query.get("id"), str):
        sender = query.get("from")
        reader = sender.get("id") if isinstance(sender, dict) else None
        world.callback_queries.open(query["id"], reader if isinstance(reader, int) else 0)
    return {"update_id": world.updates.push_raw(update)}


def renumber_updates(world: World, fields: Fields) -> dict[str, Any]:
    """POST updates/renumber: continue with the id "first", as after a week without updates."""
    first = field(fields, "first", int)
    if first < 1 or len(world.updates):
        raise ControlError(400, '"first" must be above 0, and no update may be pending.')
    world.updates.renumber(first)
    return {"first": first}
