"""What a bot says about itself: name, commands and descriptions, and the methods for them."""

import json
import re
from typing import Any

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.params import Params

Commands = list[dict[str, str]]

MAX_COMMANDS = 100
# Texts by their method's suffix: (field of the answer, most characters).
TEXTS = {
    "name": ("name", 64),
    "description": ("description", 512),
    "shortdescription": ("short_description", 120),
}
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}|")
# What @BotFather switches on and off for a bot; all are on at first.
SWITCHES = ("inline", "inline_feedback", "guest", "privacy")
# What each scope must name.
_SCOPES: dict[str, tuple[str, ...]] = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


class Profile:
    """The bot's own account.

    user: what messages carry as `from`. switches: by name, as in SWITCHES.
    """

    def __init__(self, bot_id: int) -> None:
        self.user: dict[str, Any] = {
            "id": bot_id,
            "is_bot": True,
            "first_name": "Article bot",
            "username": "article_sandbox_bot",
        }
        self.switches = dict.fromkeys(SWITCHES, True)
        self._commands: dict[tuple[str, str], Commands] = {}
        self._texts: dict[tuple[str, str], str] = {}

    def me(self) -> dict[str, Any]:
        """The answer to getMe."""
        return {
            **self.user,
            "can_join_groups": True,
            "can_read_all_group_messages": not self.switches["privacy"],
            "supports_inline_queries": self.switches["inline"],
            "supports_guest_queries": self.switches["guest"],
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def shown(self) -> dict[str, Any]:
        """The bot for the page: the user, and what readers with no language of their own see.

        scopes: the commands by scope and language, for chats of all kinds. descriptions: by
        language.
        """
        scopes: dict[str, dict[str, Commands]] = {}
        for (scope, code), commands in self._commands.items():
            scopes.setdefault(json.loads(scope)["type"], {})[code] = commands
        return {
            **self.me(),
            "commands": self._commands.get(_DEFAULT_KEY, []),
            "description": self._texts.get(("description", ""), ""),
            "short_description": self._texts.get(("shortdescription", ""), ""),
            "scopes": scopes,
            "descriptions": {
                code: text for (kind, code), text in self._texts.items() if kind == "description"
            },
        }

    def text(self, kind: str, language: str) -> str:
        """The text of `kind` (a key of TEXTS) in exactly this language; "" when there is none."""
        if kind == "name" and not language:
            return str(self.user["first_name"])
        return self._texts.get((kind, language), "")

    def set_text(self, kind: str, language: str, text: str) -> None:
        """Set a text; an empty one takes it away. ApiError when it is too long."""
        field, limit = TEXTS[kind]
        if len(text) > limit:
            raise bad_request(f"bot {field.replace('_', ' ')} is too long")
        if kind == "name" and not language:
            # A new object, so that messages already sent keep the name they were sent under.
            self.user = {**self.user, "first_name": text or "Article bot"}
        self._texts[kind, language] = text

    def commands(self, params: Params) -> Commands:
        """The commands set for exactly the scope and the language that `params` name."""
        return self._commands.get(_key(params), [])

    def set_commands(self, params: Params) -> None:
        """Set the commands of a scope and a language; ApiError when one is not allowed."""
        commands = params.nested("commands")
        if not isinstance(commands, list):
            raise bad_request("can't parse commands: expected an Array of BotCommand")
        if len(commands) > MAX_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        self._commands[_key(params)] = [_parse_command(command) for command in commands]

    def delete_commands(self, params: Params) -> None:
        """Take away the commands of a scope and a language."""
        self._commands.pop(_key(params), None)


_DEFAULT_KEY = (json.dumps({"type": "default"}), "")


def _key(params: Params) -> tuple[str, str]:
    scope = params.nested("scope")
    if scope is None:
        scope = {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if not isinstance(kind, str) or kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    for name in _SCOPES[kind]:
        if not scope.get(name):
            raise bad_request(f"can't parse BotCommandScope: {name} is empty")
    named = {name: str(scope[name]) for name in _SCOPES[kind]}
    return json.dumps({"type": kind, **named}), language(params)


def language(params: Params) -> str:
    """The call's language_code, "" when it has none; ApiError when it is not two letters."""
    code = params.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _parse_command(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    command, description = value.get("command"), value.get("description")
    if not isinstance(command, str) or not isinstance(description, str):
        raise bad_request("can't parse BotCommand: command and description must be Strings")
    if not _COMMAND.fullmatch(command):
        raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description}
