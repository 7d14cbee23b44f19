"""The bot's account: its user, its switches at @BotFather, its commands and descriptions."""

import json
from typing import Any

Commands = list[dict[str, str]]
SWITCHES = ("inline", "inline_feedback", "guest", "privacy")
"""What @BotFather switches on and off for a bot; all are on at first."""
DEFAULT_SCOPE = json.dumps({"type": "default"})

_DEFAULT_NAME = "Article bot"


class BotAccount:
    """The bot's account.

    Attributes:
        user: the bot as a User, as in a message's `from`.
        switches: whether each of SWITCHES is on.
        commands: by the scope as JSON and the language ("" for none).
        admins: ids of the readers who are admins of the article bot, for the page to tell.
        is_multilingual: whether the article bot answers questions in other languages than the
            article's, for the demo to ask one.
    """

    def __init__(self, bot_id: int) -> None:
        self.user: dict[str, Any] = {
            "id": bot_id,
            "is_bot": True,
            "first_name": _DEFAULT_NAME,
            "username": "article_sandbox_bot",
        }
        self.switches = dict.fromkeys(SWITCHES, True)
        self.commands: dict[tuple[str, str], Commands] = {}
        self.admins: set[int] = set()
        self.is_multilingual = False
        self._texts = {("name", ""): _DEFAULT_NAME}

    def me(self) -> dict[str, Any]:
        """Return the answer to getMe."""
        return {
            **self.user,
            "can_join_groups": True,
            "can_read_all_group_messages": not self.switches["privacy"],
            "supports_inline_queries": self.switches["inline"],
            "supports_guest_queries": self.switches["guest"],
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def for_page(self) -> dict[str, Any]:
        """Return the bot as the control interface shows it.

        `commands` and the descriptions are those without a language. `scopes` has the commands by
        the scope and the language; a scope is its type and its ids, as "default" or "chat:1001".
        `descriptions` are by language.
        """
        scopes: dict[str, dict[str, Commands]] = {}
        for (scope, language), commands in self.commands.items():
            name = ":".join(json.loads(scope).values())
            scopes.setdefault(name, {})[language] = commands
        return {
            **self.me(),
            "commands": self.commands.get((DEFAULT_SCOPE, ""), []),
            "description": self.text("description", ""),
            "short_description": self.text("short_description", ""),
            "scopes": scopes,
            "admins": sorted(self.admins),
            "is_multilingual": self.is_multilingual,
            "descriptions": {
                language: text
                for (kind, language), text in self._texts.items()
                if kind == "description"
            },
        }

    def text(self, kind: str, language: str) -> str:
        """Return a text in exactly this language; "" for none.

        kind: "name", "description" or "short_description".
        """
        return self._texts.get((kind, language), "")

    def set_text(self, kind: str, language: str, text: str) -> None:
        """Set a text; an empty one removes it, and brings back the first name."""
        if kind == "name" and not language:
            text = text or _DEFAULT_NAME
            # A new object: messages that were sent keep the name of that time.
            self.user = {**self.user, "first_name": text}
        self._texts[kind, language] = text
