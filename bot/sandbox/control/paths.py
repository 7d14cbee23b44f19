"""The paths of the control interface below /sandbox/, and what each does."""

import re

from bot.sandbox.control import admin, reader_messages, reader_queries, readers_and_chats
from bot.sandbox.control.control_handler import Action, ControlHandler, EventsHandler
from bot.sandbox.control.request_fields import Fields, field
from bot.sandbox.http import Route, Site


def _after(fields: Fields) -> int:
    return field(fields, "after", int, 0)


PATHS: dict[str, dict[str, Action]] = {
    "state": {"GET": lambda world, _: world.state()},
    "calls": {"GET": lambda world, fields: {"calls": world.calls.after(_after(fields))}},
    "calls/answers": {
        "GET": lambda world, fields: {"calls": world.calls.answered_after(_after(fields))}
    },
    "totals": {"GET": lambda world, _: world.calls.totals()},
    "publish": {"GET": lambda world, _: {"command": world.publish_command()}},
    "chats/<chat>/messages": {"GET": reader_messages.read},
    "messages": {"POST": reader_messages.send},
    "messages/edit": {"POST": reader_messages.edit},
    "messages/delete": {"POST": reader_messages.delete},
    "links": {"POST": reader_messages.follow},
    "taps": {"POST": reader_queries.tap},
    "inline_queries": {"POST": reader_queries.ask},
    "inline_queries/choose": {"POST": reader_queries.choose},
    "inline_messages": {"POST": reader_queries.add_message},
    "readers": {"POST": readers_and_chats.add_reader},
    "readers/<reader>": {"POST": readers_and_chats.change_reader},
    "readers/<reader>/block": {"POST": readers_and_chats.block_bot},
    "groups": {"POST": readers_and_chats.add_group},
    "groups/<chat>/add": {"POST": readers_and_chats.add_bot},
    "groups/<chat>/remove": {"POST": readers_and_chats.remove_bot},
    "groups/<chat>/migrate": {"POST": readers_and_chats.migrate},
    "groups/<chat>/topics": {"POST": readers_and_chats.open_topic},
    "groups/<chat>/topics/close": {"POST": readers_and_chats.close_topic},
    "channels": {"POST": readers_and_chats.add_channel},
    "bot": {"POST": admin.set_switches},
    "bot/restart": {"POST": admin.restart_bot},
    "limits": {"GET": lambda world, _: world.limits.for_page(), "POST": admin.set_limits},
    "faults": {
        "GET": lambda world, _: {"faults": world.faults.for_page()},
        "POST": admin.add_fault,
        "DELETE": admin.clear_faults,
    },
    "faults/<fault>": {"DELETE": admin.remove_fault},
    "updates": {"POST": admin.push_update},
    "updates/renumber": {"POST": admin.renumber_updates},
}
"""The actions by path and HTTP method; `<name>` stands for an id, and becomes a field."""


def control_routes(site: Site) -> list[Route]:
    """Return the routes of the control interface; the last one takes all other paths."""
    routes: list[Route] = [("/sandbox/events", EventsHandler, {"site": site})]
    for path, actions in {**PATHS, ".*": {}}.items():
        pattern = re.sub(r"<(\w+)>", r"(?P<\1>-?\\d{1,18})", path)
        routes.append((f"/sandbox/{pattern}", ControlHandler, {"site": site, "actions": actions}))
    return routes
