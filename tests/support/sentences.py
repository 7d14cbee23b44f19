"""What the bot says, taken from its own texts: a test names a sentence instead of quoting it."""

import yaml

from bot.corpus.loader import DATA
from bot.views.i18n import read_languages

EMOJI = {
    fields["label"]: fields["emoji"]
    for fields in yaml.safe_load((DATA / "reactions.yaml").read_text(encoding="utf-8")).values()
}
"""Label of a reaction -> its emoji, which toasts name it by."""


def said(key: str, language: str = "en", **values: str | int) -> str:
    """Return the text of a key of bot/data/i18n, with values filled in."""
    return read_languages().of(language).text(key, **values)


def voted(choice: str) -> str:
    """Return the toast for a first vote, such as voted("Love")."""
    return said("toast_voted", choice=EMOJI[choice])


def changed(choice: str, previous: str) -> str:
    """Return the toast for a changed vote."""
    return said("toast_changed", choice=EMOJI[choice], previous=EMOJI[previous])


def taken_back(previous: str) -> str:
    """Return the toast for a vote that is taken back."""
    return said("toast_taken_back", previous=EMOJI[previous])


NOT_IN_ARTICLE = said("not_in_article")
NEXT, PREVIOUS = said("turn_next"), said("turn_previous")
NOT_IN_ANY = said("not_in_any")
OLD_BUTTON, ARTICLE_EDITED = said("old_button"), said("article_edited")
SEARCH_ALL = said("search_all")
ASK_ABOUT = said("ask_about")
WHAT_TO_ASK = said("ask_what", bot="").split("?")[0]
FORGOTTEN = said("forgotten", count=1)
NOTHING_FORGOTTEN = said("forgotten_none")
WELCOME = said("thanks")
ASK_ONE, ASK_FEW = said("start_one"), said("start_few")
UNKNOWN_COMMAND = said("unknown_command")
ASK_HERE = said("reply_or_tap")
_ENGLISH = read_languages().of("en")
ARTICLE_IS_IN_ENGLISH = _ENGLISH.text("article_is_in", language="English")
SEARCHED_IN_ENGLISH = _ENGLISH.text("could_ask_in", language="English")
