"""What admins are told: previews, the list of articles, an article's page, reports. No I/O."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.corpus.article import Article
from bot.errors import Fault
from bot.views.admin_callbacks import AdminAction, AdminButton
from bot.views.callback_data import ArticleButton
from bot.views.i18n import Translator, long_date
from bot.views.outgoing import InlineButton, OutgoingMessage, Row
from bot.views.rich_text import TEXT_LIMIT, EntityType, Piece, RichText, cut, cut_at_word

PER_PAGE = 8
"""Articles on a page of the list."""
TOP = 20
"""Articles in the statistics."""
BEGINNING = 600
"""UTF-16 units of a text that a preview shows."""
MAX_URL = 300
"""UTF-16 units of an address that a preview shows."""
MAX_NAMED = 20
"""Articles that a report names."""
ROOM = TEXT_LIMIT - 600
"""UTF-16 units of a list that may be long; the rest is left for what stands around it."""


@dataclass(frozen=True)
class Post:
    """A post of an article. ``url``: where it can be read; None if that is not known."""

    channel: str
    url: str | None = None


def preview(
    translator: Translator, article: Article, file: str, key: str, replaced_in: str | None
) -> OutgoingMessage:
    """Return an article that may be added, with the buttons that decide it.

    Args:
        translator: The language to speak.
        article: The article as the bot will read it.
        file: The name that its file will have.
        key: Of the preview.
        replaced_in: The folder in which the file that it replaces is kept; None if it is new.
    """
    text = _described(translator, article)
    text.add("\n" + translator.text("admin_file", file=file) + "\n")
    beginning = "\n".join(article.paragraphs[:3])
    text.add(cut_at_word(beginning, BEGINNING), EntityType.BLOCKQUOTE)
    if article.url is not None:
        text.add("\n" + cut(article.url, MAX_URL))
    if replaced_in is None:
        text.add("\n\n" + translator.text("admin_add_question"))
    else:
        question = translator.text("admin_replace_question", file=file, folder=replaced_in)
        text.add("\n\n" + question)
    add = "admin_add" if replaced_in is None else "admin_replace"
    row = [
        _button(translator.text(add), AdminAction.ADD, key),
        _button(translator.text("admin_cancel"), AdminAction.CANCEL, key),
    ]
    return _message(text, [row])


def _described(translator: Translator, article: Article) -> RichText:
    """Return headline, author, date, language and length of an article."""
    unknown = translator.text("admin_unknown")
    date = long_date(article.published, translator.code) if article.published else unknown
    language = translator.language(article.language) or article.language
    text = RichText().add(cut(article.title, 300), EntityType.BOLD)
    lines = (
        translator.text("admin_author", author=article.author or unknown),
        translator.text("admin_date", date=date),
        translator.text("admin_language", language=language),
        translator.text("admin_paragraphs", count=len(article.paragraphs)),
    )
    return text.add("\n" + "\n".join(lines))


def added(
    translator: Translator, article: Article, is_new: bool, in_use: bool, can_publish: bool
) -> OutgoingMessage:
    """Return that an article was added.

    Args:
        translator: The language to speak.
        article: The article.
        is_new: Whether no file was replaced.
        in_use: Whether the bot answers from it.
        can_publish: Whether there is a channel to publish it in.
    """
    title = Piece(article.title, (EntityType.BOLD,))
    text = translator.rich_text("admin_added" if is_new else "admin_replaced", title=title)
    if not in_use:
        text.add("\n" + translator.text("admin_not_yet"))
        return _message(text)
    row = [_open(translator, article)]
    if can_publish:
        row.append(_button(translator.text("admin_publish"), AdminAction.PUBLISH, article.id))
    return _message(text, [row])


def refused(translator: Translator, key: str, reason: str) -> OutgoingMessage:
    """Return what was not done, and why. ``key``: of the sentence before the reason."""
    return OutgoingMessage(cut(f"{translator.text(key)}\n{reason}", TEXT_LIMIT))


def article_list(translator: Translator, articles: Sequence[Article], page: int) -> OutgoingMessage:
    """Return a page of the articles, each as a button.

    Args:
        translator: The language to speak.
        articles: All articles, sorted by ``title_key``.
        page: From 0; the last page is shown instead of one that is not there.
    """
    pages = max(1, -(-len(articles) // PER_PAGE))
    page = min(page, pages - 1)
    text = translator.text("admin_list", count=len(articles))
    rows = [
        [_button(cut(article.title, 60), AdminAction.MANAGE, article.id)]
        for article in articles[page * PER_PAGE : (page + 1) * PER_PAGE]
    ]
    if pages > 1:
        text += "\n" + translator.text("admin_page", number=page + 1, of=pages)
        turns = (("◀", page - 1), ("▶", page + 1))
        rows.append([_button(sign, AdminAction.LIST, n) for sign, n in turns if 0 <= n < pages])
    return OutgoingMessage(text, rows=rows)


def article_page(
    translator: Translator,
    article: Article,
    file: str,
    votes: int | None,
    posts: Sequence[Post] | None,
    articles: Sequence[Article],
    note: str = "",
) -> OutgoingMessage:
    """Return what is known of an article, with what can be done with it.

    Args:
        translator: The language to speak.
        article: The article.
        file: Its file, as seen from the folder of the corpus.
        votes: Votes of all readers; None if the database failed.
        posts: Its posts; None if the database failed.
        articles: All articles, sorted by ``title_key``.
        note: What has just been done; "" for nothing.
    """
    text = RichText().add(f"{cut(note, ROOM // 2)}\n\n" if note else "")
    text.join(_described(translator, article))
    text.add("\n" + translator.text("admin_passages", count=article.passage_count))
    text.add("\n" + translator.text("admin_id", id=article.id))
    text.add("\n" + translator.text("admin_file", file=file))
    if votes is None or posts is None:
        text.add("\n" + translator.text("admin_no_database"))
    else:
        text.add("\n" + translator.text("admin_votes", count=votes))
        text.add("\n" + translator.text("admin_posts" if posts else "admin_no_posts"))
        for number, post in enumerate(posts):
            text.add(", " if number else " ").add(Piece(post.channel, url=post.url))
    position = bisect_left(articles, title_key(article), key=title_key)
    page = position // PER_PAGE if article in articles[position : position + 1] else 0
    id_ = article.id
    publish = _button(translator.text("admin_publish"), AdminAction.PUBLISH, id_)
    remove = _button(translator.text("admin_remove"), AdminAction.REMOVE, id_)
    back = _button(translator.text("admin_back"), AdminAction.LIST, page)
    return _message(text, [[_open(translator, article), publish], [remove, back]])


def remove_question(
    translator: Translator, article: Article, file: str, folder: str
) -> OutgoingMessage:
    """Ask whether to remove an article. ``folder``: where its file is kept."""
    title = Piece(article.title, (EntityType.BOLD,))
    text = translator.rich_text("admin_remove_question", title=title, file=file, folder=folder)
    remove = _button(translator.text("admin_remove"), AdminAction.CONFIRM_REMOVE, article.id)
    back = _button(translator.text("admin_back"), AdminAction.MANAGE, article.id)
    return _message(text, [[remove, back]])


def removed(translator: Translator, article: Article, file: str) -> OutgoingMessage:
    """Return that an article was removed. ``file``: where its file is now."""
    title = Piece(article.title, (EntityType.BOLD,))
    text = translator.rich_text("admin_removed", title=title)
    text.add("\n" + translator.text("admin_restore", file=file))
    return _message(text, [[_button(translator.text("admin_back"), AdminAction.LIST, 0)]])


def reloaded(
    translator: Translator,
    changes: Mapping[str, Sequence[str]],
    faults: Sequence[Fault],
    articles: int,
) -> OutgoingMessage:
    """Return what was found when the files were looked at.

    Args:
        translator: The language to speak.
        changes: Key of a text -> the ids that it names.
        faults: What is wrong in files, which are named as seen from the corpus.
        articles: How many there are now.
    """
    lines = [
        translator.text(key, names=translator.joined(_named(ids)))
        for key, ids in changes.items()
        if ids
    ]
    lines = lines or [translator.text("admin_no_changes")]
    lines.append(translator.text("admin_list", count=articles))
    if faults:
        lines += ["", translator.text("admin_faults"), *map(str, faults)]
    return OutgoingMessage(cut("\n".join(lines), TEXT_LIMIT))


def faults_text(faults: Sequence[Fault]) -> str:
    """Return a line for each fault, as far as they fit into a message."""
    return cut("\n".join(map(str, faults)), ROOM)


def stats(
    translator: Translator,
    totals: Mapping[str, Mapping[str, int]],
    articles: Sequence[Article],
    messages: int,
) -> OutgoingMessage:
    """Return how many votes there are.

    Args:
        translator: The language to speak.
        totals: Article id -> reaction id -> votes, also of articles that are gone.
        articles: All articles.
        messages: Messages whose counts are kept up to date.
    """
    titles = {article.id: article.title for article in articles}
    votes = {id_: sum(counts.values()) for id_, counts in totals.items()}
    top = sorted((id_ for id_ in votes if votes[id_]), key=lambda id_: (-votes[id_], id_))[:TOP]
    lines = [
        translator.text("admin_list", count=len(articles)),
        translator.text("admin_votes", count=sum(votes.values())),
        translator.text("admin_messages", count=messages),
        "",
    ]
    for id_ in top:
        title = cut_at_word(titles.get(id_, id_), 100)
        lines.append(translator.text("admin_votes_line", votes=votes[id_], title=title))
    return OutgoingMessage(cut("\n".join(lines).strip(), TEXT_LIMIT))


def _named(ids: Sequence[str]) -> list[str]:
    more = [f"… ({len(ids)})"] if len(ids) > MAX_NAMED else []
    return [*ids[:MAX_NAMED], *more]


def title_key(article: Article) -> tuple[str, str]:
    """Return what articles are sorted by: the headline."""
    return article.title.casefold(), article.id


def _open(translator: Translator, article: Article) -> InlineButton:
    data = ArticleButton(article.id).data
    return InlineButton(translator.text("admin_open"), data)


def _button(text: str, action: AdminAction, target: str | int) -> InlineButton:
    return InlineButton(text, AdminButton(action, str(target)).data)


def _message(text: RichText, rows: Sequence[Row] = ()) -> OutgoingMessage:
    return OutgoingMessage(text.text, text.entities, rows or None)
