"""What the bot says about itself: start, help, privacy, greetings, toasts. No I/O."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.corpus.article import Article
from bot.corpus.reactions import Reaction
from bot.store.base import Change, VoteResult
from bot.views.answers import START_QUESTIONS, headline, how_to_ask
from bot.views.i18n import Languages, Translator
from bot.views.keyboards import (
    MAX_ARTICLES_LISTED,
    article_rows,
    language_rows,
    question_rows,
)
from bot.views.outgoing import OutgoingMessage
from bot.views.rich_text import EntityType, RichText, cut

if TYPE_CHECKING:
    from telegram import BotCommand

TOAST_LIMIT = 200
"""Characters of the short notice that answers a tap."""
MAX_NAME_SHOWN = 100
"""UTF-16 units of an unknown name that is repeated."""
PRIVATE_COMMANDS = ("article", "help", "privacy", "forget", "start")
"""Commands listed in private chats. Every command works in every chat."""
ADMIN_COMMANDS = ("articles", "reload", "stats")
"""Commands listed besides in the private chats of admins, and handled only there."""
GROUP_COMMANDS = ("ask", "article", "language", "help", "privacy", "forget")
"""Commands listed in groups."""


def commands(translator: Translator, names: Sequence[str]) -> "tuple[BotCommand, ...]":
    """Return commands with their descriptions."""
    from telegram import BotCommand  # noqa: PLC0415 - see outgoing.markup

    return tuple(BotCommand(name, translator.text(f"command_{name}")) for name in names)


def start(
    translator: Translator,
    articles: Sequence[Article],
    note: str | None = None,
    in_group: bool = False,
) -> OutgoingMessage:
    """Return what the bot is about, with sample questions to tap.

    Args:
        translator: The language to speak.
        articles: All articles.
        note: What to say first, for example that a link is outdated; None for nothing.
        in_group: Whether it is said in a group, where a question must be a reply.
    """
    text = RichText().add(f"{note}\n\n" if note else "")
    if len(articles) == 1:
        text.add(translator.text("start_one") + "\n\n")
        text.add(headline(articles[0]))
        rows = question_rows(articles[0], START_QUESTIONS)
    else:
        few = len(articles) <= START_QUESTIONS
        text.add(translator.text("start_few" if few else "start_many", count=len(articles)) + "\n")
        rows = []
        for article in articles[:START_QUESTIONS]:
            text.add("\n• ").add(headline(article))
            rows += question_rows(article, 1)
    how = how_to_ask(translator, in_group, can_tap=bool(rows))
    text.add(f"\n\n{translator.text('start_how')} {how}")
    return OutgoingMessage(text.text, text.entities, rows)


def help_text(
    translator: Translator,
    reactions: Sequence[Reaction],
    username: str,
    has_inline_mode: bool,
    in_group: bool,
    is_admin: bool = False,
) -> OutgoingMessage:
    """Return how to ask and react, and the commands.

    Args:
        translator: The language to speak.
        reactions: The reactions that readers can tap.
        username: The bot's, without "@".
        has_inline_mode: Whether the bot answers inline queries.
        in_group: Whether it is said in a group, where other commands are listed.
        is_admin: Whether it is said to an admin in private, who has more commands.
    """
    text = RichText().add(translator.text("help_ask_title") + "\n", EntityType.BOLD)
    text.add(translator.text("help_ask"))
    text.add("\n" + translator.text("help_group", bot=f"@{username}"))
    if has_inline_mode:
        text.add("\n" + translator.text("help_inline", bot=f"@{username}"))
    text.add("\n\n").add(translator.text("help_react_title") + "\n", EntityType.BOLD)
    names = translator.joined(
        [f"{reaction.emoji} {translator.label(reaction)}" for reaction in reactions]
    )
    text.add(translator.text("help_react", reactions=names) + "\n")
    listed: tuple[str, ...] = GROUP_COMMANDS if in_group else PRIVATE_COMMANDS
    if is_admin:
        listed += ADMIN_COMMANDS
        text.add("\n" + translator.text("admin_help") + "\n")
    for command in commands(translator, listed):
        name, description = f"/{command.command}", command.description
        text.add("\n" + translator.text("command_line", command=name, description=description))
    return OutgoingMessage(text.text, text.entities)


def privacy(translator: Translator) -> OutgoingMessage:
    """Return what is stored about a reader."""
    return OutgoingMessage(translator.text("privacy") + "\n\n" + translator.text("privacy_forget"))


def forgotten(translator: Translator, votes: int) -> OutgoingMessage:
    """Return what /forget removed. ``votes``: how many."""
    return OutgoingMessage(translator.text("forgotten" if votes else "forgotten_none", count=votes))


def article_list(
    translator: Translator, articles: Sequence[Article], unknown: str = ""
) -> OutgoingMessage:
    """Return a button for each article, at most MAX_ARTICLES_LISTED, and how to find others.

    Args:
        translator: The language to speak.
        articles: All articles.
        unknown: What was taken for an article's name and is none; "" for nothing.
    """
    text = translator.text("which_article")
    if unknown:
        name = cut(unknown, MAX_NAME_SHOWN)
        text = translator.text("article_unknown", name=name) + "\n\n" + text
    if len(articles) > MAX_ARTICLES_LISTED:
        shown, of = MAX_ARTICLES_LISTED, len(articles)
        text += "\n\n" + translator.text("which_more", shown=shown, of=of)
    return OutgoingMessage(text, rows=article_rows(articles))


def group_greeting(
    translator: Translator, articles: Sequence[Article], username: str
) -> OutgoingMessage:
    """Return what the bot says when it is added to a group. ``username``: without "@"."""
    bot, count = f"@{username}", len(articles)
    if count == 1:
        text = translator.rich_text("greeting_one", bot=bot, title=headline(articles[0]))
    else:
        text = translator.rich_text("greeting_several", bot=bot, count=count)
    text.add("\n\n" + translator.text("greeting_more"))
    return OutgoingMessage(text.text, text.entities)


def choose_language(
    translator: Translator, languages: Languages, is_unknown: bool
) -> OutgoingMessage:
    """Return a button for each language. ``is_unknown``: whether an unknown one was asked for."""
    text = translator.text("language_unknown" if is_unknown else "language_which")
    return OutgoingMessage(text, rows=language_rows(languages))


def toast(translator: Translator, result: VoteResult, reactions: Sequence[Reaction]) -> str:
    """Return what a tap did, in at most TOAST_LIMIT characters."""
    choice, previous = (
        next((reaction.emoji for reaction in reactions if reaction.id == name), name or "")
        for name in (result.choice, result.previous)
    )
    if result.change is Change.TAKEN_BACK:
        text = translator.text("toast_taken_back", previous=previous)
    elif result.change is Change.CHANGED:
        text = translator.text("toast_changed", choice=choice, previous=previous)
    elif result.choice is None:
        text = translator.text("toast_taken_back_already")
    else:
        text = translator.text("toast_voted", choice=choice)
    return cut(text, TOAST_LIMIT)


def what_to_ask(translator: Translator, username: str) -> OutgoingMessage:
    """Return how to ask, for a mention without a question. ``username``: without "@"."""
    return OutgoingMessage(translator.text("ask_what", bot=f"@{username}"))
