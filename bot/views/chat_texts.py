"""What the bot says of itself: help, greetings, toasts, languages. Pure, as messages are."""

from collections.abc import Sequence

from telegram import BotCommand, InlineKeyboardMarkup, MessageEntity

from bot.corpus.article import Article
from bot.corpus.loader import Reaction
from bot.store.base import Change, VoteResult
from bot.views.answers import NEAREST_QUESTIONS, START_QUESTIONS, OutgoingMessage, headline
from bot.views.i18n import Languages, Translator
from bot.views.keyboards import article_rows, language_rows, question_rows
from bot.views.rich_text import RichText, cut

TOAST_LIMIT = 200
"""Characters of the answer to a button's press."""
PRIVATE_COMMANDS = ("article", "help", "privacy", "forget", "start")
GROUP_COMMANDS = ("ask", "article", "language", "help", "privacy", "forget")
"""Commands as they are listed in chats of each kind; all work everywhere."""


def commands(words: Translator, names: Sequence[str]) -> tuple[BotCommand, ...]:
    """Return commands with what they do."""
    return tuple(BotCommand(name, words.text(f"command_{name}")) for name in names)


def start(
    words: Translator, articles: Sequence[Article], note: str | None = None, group: bool = False
) -> OutgoingMessage:
    """Return what the bot is about, with three sample questions to tap.

    note: what to say first, about why the conversation begins anew; None for nothing. group:
    whether others read it, and a question must be a reply.
    """
    text = RichText().add(f"{note}\n\n" if note else "")
    if len(articles) == 1:
        text.add(words.text("start_one") + "\n\n")
        text.add(headline(articles[0]))
        rows = question_rows(articles[0], START_QUESTIONS)
    else:
        few = len(articles) <= START_QUESTIONS
        text.add(words.text("start_few" if few else "start_many", count=len(articles)) + "\n")
        rows = []
        for article in articles[:START_QUESTIONS]:
            text.add("\n• ").add(headline(article))
            rows += question_rows(article, 1)
    text.add("\n\n" + words.text("start_how_group" if group else "start_how"))
    return OutgoingMessage(text.text, text.entities, InlineKeyboardMarkup(rows))


def help_text(
    words: Translator, reactions: Sequence[Reaction], username: str, inline: bool, group: bool
) -> OutgoingMessage:
    """Return how to ask and react, and the commands.

    username: the bot's, without "@". inline: whether it answers inline. group: whether a group
    asks, where other commands are useful.
    """
    text = RichText().add(words.text("help_ask_title") + "\n", MessageEntity.BOLD)
    text.add(words.text("help_ask"))
    text.add("\n" + words.text("help_group", bot=f"@{username}"))
    if inline:
        text.add("\n" + words.text("help_inline", bot=f"@{username}"))
    text.add("\n\n").add(words.text("help_react_title") + "\n", MessageEntity.BOLD)
    names = words.joined([f"{reaction.emoji} {words.label(reaction)}" for reaction in reactions])
    text.add(words.text("help_react", reactions=names) + "\n")
    for command in commands(words, GROUP_COMMANDS if group else PRIVATE_COMMANDS):
        name, description = f"/{command.command}", command.description
        text.add("\n" + words.text("command_line", command=name, description=description))
    return OutgoingMessage(text.text, text.entities)


def privacy(words: Translator) -> OutgoingMessage:
    """Return what is stored of a reader."""
    return OutgoingMessage(words.text("privacy") + "\n\n" + words.text("privacy_forget"))


def forgotten(words: Translator, votes: int) -> OutgoingMessage:
    """Return what /forget removed."""
    return OutgoingMessage(words.text("forgotten" if votes else "forgotten_none", count=votes))


def small_talk(words: Translator, kind: str | None, articles: Sequence[Article]) -> OutgoingMessage:
    """Return a short friendly word. kind: "greeting", "thanks", or None for what is no text."""
    if kind == "thanks":
        return OutgoingMessage(words.text("thanks"))
    said = "hello" if kind == "greeting" else "only_words"
    number = "one" if len(articles) == 1 else "several"
    text = words.rich(f"{said}_{number}", title=headline(articles[0]))
    text.add("\n\n" + words.text("for_example"))
    keyboard = InlineKeyboardMarkup(question_rows(articles[0], NEAREST_QUESTIONS))
    return OutgoingMessage(text.text, text.entities, keyboard)


def article_list(words: Translator, articles: Sequence[Article]) -> OutgoingMessage:
    """Return a button for every article, as far as they can be listed."""
    keyboard = InlineKeyboardMarkup(article_rows(articles))
    return OutgoingMessage(words.text("which_article"), keyboard=keyboard)


def greeting(words: Translator, articles: Sequence[Article], username: str) -> OutgoingMessage:
    """Return what the bot says when it comes into a group. username: without "@"."""
    count = len(articles)
    if count == 1:
        text = words.rich("greeting_one", bot=f"@{username}", title=headline(articles[0]))
    else:
        text = words.rich("greeting_several", bot=f"@{username}", count=count)
    text.add("\n\n" + words.text("greeting_more"))
    return OutgoingMessage(text.text, text.entities)


def set_language(words: Translator, languages: Languages, unknown: bool) -> OutgoingMessage:
    """Return a button for each language. unknown: whether another one was asked for."""
    key = "language_unknown" if unknown else "language_which"
    return OutgoingMessage(words.text(key), keyboard=InlineKeyboardMarkup(language_rows(languages)))


def toast(words: Translator, press: VoteResult, reactions: Sequence[Reaction]) -> str:
    """Return what a press did, in at most TOAST_LIMIT characters."""
    choice, previous = (
        next((words.label(r) for r in reactions if r.id == name), name or "")
        for name in (press.choice, press.previous)
    )
    if press.change is Change.TAKEN_BACK:
        said = words.text("toast_taken_back", previous=previous)
    elif press.change is Change.CHANGED:
        said = words.text("toast_changed", choice=choice, previous=previous)
    elif press.choice is None:
        said = words.text("toast_taken_back_already")
    else:
        said = words.text("toast_voted", choice=choice)
    return cut(said, TOAST_LIMIT)


def what_to_ask(words: Translator, username: str) -> OutgoingMessage:
    """Return how to ask, for who called the bot and said nothing. username: without "@"."""
    return OutgoingMessage(words.text("ask_what", bot=f"@{username}"))
