"""What the bot says: answers and counts -> text, entities and keyboard. No I/O, no client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.article import Article
from bot.callbacks import ArticleButton
from bot.corpus import Reaction
from bot.keyboards import question_rows, reaction_rows, turn_row
from bot.passages import Answer, Match, Verdict
from bot.reactions import Change, Press
from bot.rich_text import TEXT_LIMIT, RichText, cut, cut_around, units

TOAST_LIMIT = 200
"""Characters of the answer to a button's press."""
NEAREST_QUESTIONS, START_QUESTIONS = 2, 3
"""Sample questions offered where the article has no answer, and at the start."""
ORDINALS = ("1st", "2nd", "3rd")
MAX_LISTED = 20
"""Articles listed as buttons; more would be no list to read."""

COMMANDS = (
    BotCommand("article", "The article and everybody's reactions"),
    BotCommand("help", "How to ask and react"),
    BotCommand("privacy", "What is stored about you"),
    BotCommand("forget", "Remove your reactions"),
    BotCommand("start", "What this bot is about"),
)
SHORT_DESCRIPTION = "Ask about the article; the answer comes in the article's own words."
DESCRIPTION = (
    "Ask a question about the article and get the passage that answers it, word for word. "
    "When the article does not say, you are told so. React, and see everybody's reactions."
)

COULD_NOT_COUNT = "Could not count that, please tap again."
COULD_NOT_FORGET = "Could not remove that now, please try again in a moment."
OLD_BUTTON = "This button is out of date. Ask again for a fresh one."
OLD_REACTION = "This reaction is no longer offered. Tap one of the others."
FAILED = "Something went wrong here. Please try again in a moment."


@dataclass(frozen=True)
class Rendered:
    """A message to send.

    keyboard: None for none. article_id: whose counts the keyboard shows; None when it shows none.
    """

    text: str
    entities: Sequence[MessageEntity] = ()
    keyboard: InlineKeyboardMarkup | None = None
    article_id: str | None = None


def answer(
    found: Answer,
    reactions: Sequence[Reaction],
    counts: Mapping[str, int],
    asked: str | None = None,
    several: bool = False,
) -> Rendered:
    """Return the passage with the answering sentence in bold, or that the article does not say.

    asked: the question, where the chat does not show it already. several: whether other articles
    were searched too.
    """
    if found.verdict is Verdict.NOT_IN_ARTICLE:
        return not_in_article(found.article, asked, several)
    if found.verdict is Verdict.UNSURE:
        return closest(found, reactions, counts, asked)
    return matched(found.article, found.matches, 0, reactions, counts, asked)


def matched(
    article: Article,
    matches: Sequence[Match],
    position: int,
    reactions: Sequence[Reaction],
    counts: Mapping[str, int],
    asked: str | None = None,
) -> Rendered:
    """Return one of the passages that answer, with buttons to turn to the others.

    position: of the passage to show among the matches, from 0.
    """
    text = _headed(article, asked)
    match = matches[position]
    place = _place(match)
    if len(matches) > 1:
        place += f" · {ORDINALS[position]} of {len(matches)} matches"
    room = TEXT_LIMIT - units(text.text) - units(place) - 1
    _quote(text, match, room, bold=True)
    text.add("\n").add(place, MessageEntity.ITALIC)
    rows = reaction_rows(article.id, reactions, counts)
    if len(matches) > 1:
        rows.append(turn_row(article, matches, position))
    return Rendered(text.text, text.entities, InlineKeyboardMarkup(rows), article.id)


def closest(
    found: Answer,
    reactions: Sequence[Reaction],
    counts: Mapping[str, int],
    asked: str | None = None,
) -> Rendered:
    """Return the nearest passages, plainly not as the answer."""
    text = _headed(found.article, asked)
    several = len(found.matches) > 1
    text.add("\nI am not sure that the article answers this. ")
    text.add("These passages are the closest:" if several else "The closest passage:")
    room = (TEXT_LIMIT - units(text.text)) // len(found.matches)
    for match in found.matches:
        place = _place(match)
        _quote(text.add("\n"), match, room - units(place) - 2, bold=False)
        text.add("\n").add(place, MessageEntity.ITALIC)
    keyboard = InlineKeyboardMarkup(reaction_rows(found.article.id, reactions, counts))
    return Rendered(text.text, text.entities, keyboard, found.article.id)


def _place(match: Match) -> str:
    return f"Paragraph {match.passage.number} of {match.passage.of}"


def _quote(text: RichText, match: Match, room: int, bold: bool) -> None:
    passage, (start, end) = cut_around(match.passage.text, match.sentence, room)
    begin = text.end
    text.add(passage, MessageEntity.BLOCKQUOTE)
    if bold:
        text.mark(begin + start, begin + end, MessageEntity.BOLD)


def asked_above(text: str, article: Article) -> str | None:
    """Return the question that a message of matched() shows above the headline, if it does."""
    above, _, rest = text.partition("\n\n")
    return above if rest.startswith(article.title) else None


def not_in_article(article: Article, asked: str | None = None, several: bool = False) -> Rendered:
    """Return that the article does not say, with what it is about and what it does answer.

    several: whether it is but the nearest of the articles that were searched.
    """
    text = RichText()
    if asked is not None:
        text.add(f"{asked}\n\n", MessageEntity.ITALIC)
    if several:
        text.add("No article here says that.\n\nThe nearest is about: ")
    else:
        text.add("The article does not say.\n\nIt is about: ")
    _headline(text, article)
    text.add("\n\nYou could ask:")
    keyboard = InlineKeyboardMarkup(question_rows(article, NEAREST_QUESTIONS))
    return Rendered(text.text, text.entities, keyboard)


def about(article: Article, reactions: Sequence[Reaction], counts: Mapping[str, int]) -> Rendered:
    """Return headline, standfirst and reactions."""
    text = _headed(article)
    text.add(cut(article.standfirst, TEXT_LIMIT // 2), MessageEntity.BLOCKQUOTE)
    byline = [article.author] if article.author else []
    byline += [f"{article.published:%d %B %Y}".lstrip("0")] if article.published else []
    if byline:
        text.add("\n").add(" · ".join(byline), MessageEntity.ITALIC)
    keyboard = InlineKeyboardMarkup(reaction_rows(article.id, reactions, counts))
    return Rendered(text.text, text.entities, keyboard, article.id)


def article_list(articles: Sequence[Article]) -> Rendered:
    """Return a button for every article, at most MAX_LISTED."""
    rows = [
        [InlineKeyboardButton(cut(article.title, 60), callback_data=ArticleButton(article.id).data)]
        for article in articles[:MAX_LISTED]
    ]
    return Rendered("Which article?", keyboard=InlineKeyboardMarkup(rows))


def start(articles: Sequence[Article]) -> Rendered:
    """Return what the bot is about, with three sample questions to tap."""
    text = RichText().add("Ask me about ")
    if len(articles) == 1:
        text.add("this article:\n\n")
        _headline(text, articles[0])
        rows = question_rows(articles[0], START_QUESTIONS)
    else:
        few = len(articles) <= START_QUESTIONS
        text.add("these articles:\n" if few else f"any of {len(articles)} articles, such as:\n")
        rows = []
        for article in articles[:START_QUESTIONS]:
            _headline(text.add("\n• "), article)
            rows += question_rows(article, 1)
    text.add(
        "\n\nI answer in the article's own words, and say so when it does not say. "
        "Write a question, or tap one:"
    )
    return Rendered(text.text, text.entities, InlineKeyboardMarkup(rows))


def help_text(reactions: Sequence[Reaction]) -> Rendered:
    """Return how to ask and react, and the commands."""
    text = RichText()
    text.add("Ask", MessageEntity.BOLD)
    text.add(
        " in your own words, as in “what did they agree to?”. You get the passage of the article "
        "that answers, the answering sentence in bold, and where it stands.\n\n"
    )
    text.add("React", MessageEntity.BOLD)
    names = ", ".join(f"{reaction.emoji} {reaction.label}" for reaction in reactions)
    text.add(
        f" with the buttons below an answer: {names}. Every reader has one vote for an "
        "article: tap another to change it, the same to take it back. All see the same counts.\n"
    )
    for command in COMMANDS:
        text.add(f"\n/{command.command} – {command.description}")
    return Rendered(text.text, text.entities)


PRIVACY = Rendered(
    "When you react, the bot stores which reaction you gave to which article, under a code made "
    "from your Telegram id with a secret key, not under your name or id. For a day it also "
    "remembers that a tap was counted, so that none counts twice. To keep the counts below its "
    "answers fresh, it stores in which chats they are. Your questions are stored only until they "
    "are answered.\n"
    "\n/forget removes your reactions, and what is stored of this chat."
)


def forgotten(votes: int) -> Rendered:
    """Return what /forget removed."""
    if votes == 0:
        return Rendered("No reaction of yours is stored.")
    what = "Your reaction is" if votes == 1 else f"Your {votes} reactions are"
    return Rendered(f"{what} removed.")


def small_talk(kind: str | None, articles: Sequence[Article]) -> Rendered:
    """Return a short friendly word. kind: "greeting", "thanks", or None for what is no text."""
    if kind == "thanks":
        return Rendered("You are welcome! Ask on whenever you like.")
    hello = "Hello!" if kind == "greeting" else "I can only read words."
    text = RichText().add(f"{hello} Ask me something about ")
    _headline(text, articles[0])
    if len(articles) > 1:
        text.add(" or another /article")
    text.add("\n\nFor example:")
    keyboard = InlineKeyboardMarkup(question_rows(articles[0], NEAREST_QUESTIONS))
    return Rendered(text.text, text.entities, keyboard)


UNKNOWN_COMMAND = Rendered("I do not know that command. /help lists those that I know.")


def toast(press: Press, reactions: Sequence[Reaction]) -> str:
    """Return what a press did, in at most TOAST_LIMIT characters."""
    labels = {reaction.id: reaction.label for reaction in reactions}
    choice = labels.get(press.choice or "", press.choice)
    previous = labels.get(press.previous or "", press.previous)
    if press.change is Change.TAKEN_BACK:
        return f"{previous} taken back."
    if press.change is Change.CHANGED:
        return f"{choice} instead of {previous}. Tap again to take it back."
    if choice is None:
        return "Taken back already."
    return f"{choice} it is. Tap again to take it back."


def _headed(article: Article, asked: str | None = None) -> RichText:
    text = RichText()
    if asked is not None:
        text.add(f"{asked}\n\n", MessageEntity.ITALIC)
    _headline(text, article)
    return text.add("\n")


def _headline(text: RichText, article: Article) -> None:
    text.add(article.title, MessageEntity.BOLD, url=article.url)
