"""The paths of the control interface below /sandbox/, and what each does."""

import re

from aiohttp import web

from bot.sandbox.chaos.limits import PERIODS
from bot.sandbox.control import admin, reader_messages, reader_queries, readers_and_chats
from bot.sandbox.control.control_handler import Action, Endpoint, control_handler, events
from bot.sandbox.control.request_fields import Fields, field
from bot.sandbox.state.bot_account import SWITCHES


def _after(fields: Fields) -> int:
    return field(fields, "after", int, 0)


def _takes(fields: str, action: Action) -> Endpoint:
    return Endpoint(action, tuple(fields.split()))


PATHS: dict[str, dict[str, Endpoint]] = {
    "state": {"GET": _takes("", lambda world, _: world.state())},
    "calls": {
        "GET": _takes("after", lambda world, fields: {"calls": world.calls.after(_after(fields))})
    },
    "calls/answers": {
        "GET": _takes(
            "after", lambda world, fields: {"calls": world.calls.answered_after(_after(fields))}
        )
    },
    "totals": {"GET": _takes("", lambda world, _: world.calls.totals())},
    "chats/<chat>/messages": {"GET": _takes("after wait", reader_messages.read)},
    "messages": {
        "POST": _takes(
            "reader chat text photo sticker document caption reply_to quote reply_to_chat topic as",
            reader_messages.send,
        )
    },
    "messages/edit": {"POST": _takes("reader chat message_id text", reader_messages.edit)},
    "messages/delete": {"POST": _takes("reader chat message_id", reader_messages.delete)},
    "links": {"POST": _takes("reader url chat", reader_messages.follow)},
    "taps": {
        "POST": _takes("reader chat message_id data wait callback_query_id", reader_queries.tap)
    },
    "inline_queries": {"POST": _takes("reader query offset chat wait", reader_queries.ask)},
    "inline_queries/choose": {
        "POST": _takes("reader chat inline_query_id result_id feedback as", reader_queries.choose)
    },
    "inline_messages": {
        "POST": _takes("reader chat text reply_markup", reader_queries.add_message)
    },
    "readers": {"POST": _takes("first_name language_code", readers_and_chats.add_reader)},
    "readers/<reader>": {
        "POST": _takes("first_name language_code", readers_and_chats.change_reader)
    },
    "readers/<reader>/block": {"POST": _takes("blocked", readers_and_chats.block_bot)},
    "groups": {"POST": _takes("title readers kind forum admins bot", readers_and_chats.add_group)},
    "groups/<chat>/add": {"POST": _takes("reader", readers_and_chats.add_bot)},
    "groups/<chat>/remove": {"POST": _takes("reader", readers_and_chats.remove_bot)},
    "groups/<chat>/migrate": {"POST": _takes("", readers_and_chats.migrate)},
    "groups/<chat>/topics": {"POST": _takes("name", readers_and_chats.open_topic)},
    "groups/<chat>/topics/close": {"POST": _takes("topic", readers_and_chats.close_topic)},
    "channels": {
        "POST": _takes("title username readers discussion bot", readers_and_chats.add_channel)
    },
    "bot": {"POST": Endpoint(admin.set_switches, SWITCHES)},
    "bot/restart": {"POST": _takes("", admin.restart_bot)},
    "limits": {
        "GET": _takes("", lambda world, _: world.limits.for_page()),
        "POST": Endpoint(admin.set_limits, tuple(PERIODS)),
    },
    "faults": {
        "GET": _takes("", lambda world, _: {"faults": world.faults.for_page()}),
        "POST": _takes("kind method chat times share seconds", admin.add_fault),
        "DELETE": _takes("", admin.clear_faults),
    },
    "faults/<fault>": {"DELETE": _takes("", admin.remove_fault)},
    "updates": {"POST": _takes("update", admin.push_update)},
    "updates/renumber": {"POST": _takes("first", admin.renumber_updates)},
}
"""What there is, by path and HTTP method; `<name>` stands for an id, and becomes a field."""


def control_routes() -> list[web.RouteDef]:
    """Return the routes of the control interface."""
    routes = [web.get("/sandbox/events", events, allow_head=False)]
    for path, endpoints in PATHS.items():
        pattern = re.sub(r"<(\w+)>", r"{\1:-?\\d{1,18}}", f"/sandbox/{path}")
        routes += [
            web.route(method, pattern, control_handler(endpoint))
            for method, endpoint in endpoints.items()
        ]
    return routes
