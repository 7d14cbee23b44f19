"""Methods about the bot's account: commands, name and descriptions, by scope and language."""

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from bot.sandbox.api.parameters import Params
from bot.sandbox.api.target_chats import named_chat
from bot.sandbox.api_errors import bad_request, expect
from bot.sandbox.state.bot_account import Commands
from bot.sandbox.state.world import World

MAX_COMMANDS = 100
MAX_LENGTHS = {"name": 64, "description": 512, "short_description": 120}
"""The most characters of each text."""

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}|")
# The fields that each scope must have.
_SCOPES: dict[str, tuple[str, ...]] = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


def _scope(world: World, params: Params) -> tuple[str, str]:
    """Return the scope as JSON, with its ids as strings, and the language."""
    scope = params.nested("scope")
    if scope is None:
        scope = {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if not isinstance(kind, str) or kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    for name in _SCOPES[kind]:
        if not scope.get(name):
            raise bad_request(f"can't parse BotCommandScope: {name} is empty")
    fields = {name: str(scope[name]) for name in _SCOPES[kind]}
    if "chat_id" in fields:
        fields["chat_id"] = str(named_chat(world, Params(fields)).id)
    return json.dumps({"type": kind, **fields}), _language(params)


def _language(params: Params) -> str:
    """Return the language_code, "" when absent; ApiError when it is not two letters."""
    code = params.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _parse_command(value: object) -> dict[str, str]:
    given = expect(dict, value, "BotCommand")
    command, description = given.get("command"), given.get("description")
    if not isinstance(command, str) or not isinstance(description, str):
        raise bad_request("can't parse BotCommand: command and description must be Strings")
    if not _COMMAND.fullmatch(command):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description}


def _set_commands(world: World, params: Params) -> bool:
    commands = expect(list, params.nested("commands"), "commands")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.bot.commands[_scope(world, params)] = [_parse_command(command) for command in commands]
    world.send_bot()
    return True


def _get_commands(world: World, params: Params) -> Commands:
    return world.bot.commands.get(_scope(world, params), [])


def _delete_commands(world: World, params: Params) -> bool:
    world.bot.commands.pop(_scope(world, params), None)
    world.send_bot()
    return True


def _set_text(kind: str, world: World, params: Params) -> bool:
    language, text = _language(params), params.text(kind)
    if len(text) > MAX_LENGTHS[kind]:
        raise bad_request(f"bot {kind.replace('_', ' ')} is too long")
    world.bot.set_text(kind, language, text)
    world.send_bot()
    return True


def _get_text(kind: str, world: World, params: Params) -> dict[str, str]:
    return {kind: world.bot.text(kind, _language(params))}


ACCOUNT_METHODS: dict[str, Callable[[World, Params], Any]] = {
    "getMe": lambda world, _params: world.bot.me(),
    "setMyCommands": _set_commands,
    "getMyCommands": _get_commands,
    "deleteMyCommands": _delete_commands,
    "setMyName": partial(_set_text, "name"),
    "getMyName": partial(_get_text, "name"),
    "setMyDescription": partial(_set_text, "description"),
    "getMyDescription": partial(_get_text, "description"),
    "setMyShortDescription": partial(_set_text, "short_description"),
    "getMyShortDescription": partial(_get_text, "short_description"),
}
