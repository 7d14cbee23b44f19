"""The paths of the control interface below /sandbox/, and what each does."""

import re
from collections.abc import Mapping

from bot.sandbox.control import (
    admin,
    bot_links,
    inline_mode,
    reader_messages,
    readers,
    shared_chat_actions,
    taps,
)
from bot.sandbox.control.control_handler import Action, ControlHandler, EventsHandler
from bot.sandbox.control.request_fields import Fields, field
from bot.sandbox.http import Route, Site


def _after(fields: Fields) -> int:
    return field(fields, "after", int, 0)


GET_PATHS: dict[str, Action] = {
    "state": lambda world, _: world.state(),
    "calls": lambda world, fields: {"calls": world.calls.after(_after(fields))},
    "calls/answers": lambda world, fields: {"calls": world.calls.answered_after(_after(fields))},
    "totals": lambda world, _: world.calls.totals(),
    "limits": lambda world, _: world.limits.for_page(),
    "faults": lambda world, _: {"faults": world.faults.for_page()},
    "publish": lambda world, _: {"command": world.publish_command()},
    "chats/<chat>/messages": reader_messages.read,
}
POST_PATHS: dict[str, Action] = {
    "messages": reader_messages.send,
    "messages/edit": reader_messages.edit,
    "messages/delete": reader_messages.delete,
    "taps": taps.tap,
    "links": bot_links.follow,
    "inline_queries": inline_mode.ask,
    "inline_queries/choose": inline_mode.choose,
    "inline_messages": inline_mode.add_message,
    "readers": readers.add,
    "readers/<reader>": readers.change,
    "readers/<reader>/block": readers.block,
    "groups": shared_chat_actions.add_group,
    "groups/<chat>/add": shared_chat_actions.add_bot,
    "groups/<chat>/remove": shared_chat_actions.remove_bot,
    "groups/<chat>/migrate": shared_chat_actions.migrate,
    "groups/<chat>/topics": shared_chat_actions.open_topic,
    "groups/<chat>/topics/close": shared_chat_actions.close_topic,
    "channels": shared_chat_actions.add_channel,
    "bot": admin.set_switches,
    "bot/restart": admin.restart_bot,
    "limits": admin.set_limits,
    "faults": admin.add_fault,
    "updates": admin.push_update,
    "updates/renumber": admin.renumber_updates,
}
DELETE_PATHS: dict[str, Action] = {
    "faults": admin.clear_faults,
    "faults/<fault>": admin.remove_fault,
}
METHODS: dict[str, Mapping[str, Action]] = {
    "GET": GET_PATHS,
    "POST": POST_PATHS,
    "DELETE": DELETE_PATHS,
}


def control_routes(site: Site) -> list[Route]:
    """Return the routes of the control interface; the last one takes all other paths."""
    actions: dict[str, dict[str, Action]] = {}
    for method, paths in METHODS.items():
        for path, action in paths.items():
            actions.setdefault(path, {})[method] = action
    return [
        ("/sandbox/events", EventsHandler, {"site": site}),
        *(
            (f"/sandbox/{_pattern(path)}", ControlHandler, {"site": site, "actions": by_method})
            for path, by_method in actions.items()
        ),
        ("/sandbox/.*", ControlHandler, {"site": site}),
    ]


def _pattern(path: str) -> str:
    """Return the regular expression of a path in which `<name>` stands for an id."""
    return re.sub(r"<(\w+)>", r"(?P<\1>-?\\d{1,18})", path)
