"""Answers, counts and measurements as text for a terminal, or as data for JSON. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bot.corpus.loader import Corpus
from bot.retrieval.answer import Answer, Verdict
from bot.retrieval.intents import Intent
from bot.retrieval.query import Query
from bot.retrieval.question_language import is_other_language
from bot.store.base import NO_VOTES
from bot.store.retention import KeptRows
from bot.views import chat_texts, small_talk
from bot.views.answers import ArticleView, Scope
from bot.views.callback_data import ArticleButton, QuestionButton, parse
from bot.views.i18n import Translator
from bot.views.outgoing import OutgoingMessage
from bot.views.rich_text import EntityType

if TYPE_CHECKING:
    from bot.retrieval.evaluation import Report


def answer_json(question: str, intent: Intent | None, found: Answer | None) -> dict[str, object]:
    """Return an answer as data for JSON; docs/retrieval.md lists the fields.

    Args:
        question: The question as asked.
        intent: What it is, if it is no question to the text.
        found: What was found; None if nothing was searched.
    """
    answer: dict[str, object] = {
        "question": question,
        "intent": intent,
        "verdict": str(found.verdict if found else Verdict.NOT_IN_ARTICLE),
        **dict.fromkeys(("article", "other_language", "passage", "sentence", "score")),
        "confidence": round(found.best.confidence, 3) if found else None,
    }
    if found is not None and found.verdict is not Verdict.NOT_IN_ARTICLE:
        passage, (start, end) = found.best.passage, found.best.sentence
        answer["article"] = {"id": found.article.id, "title": found.article.title}
        answer["other_language"] = found.is_other_language
        answer["passage"] = {
            "kind": str(passage.kind),
            "number": passage.number,
            "of": passage.total,
            "text": passage.text,
        }
        answer["sentence"] = passage.text[start:end]
        answer["score"] = round(found.best.score, 3)
    return answer


def answer_text(
    query: Query, found: Answer | None, corpus: Corpus, translator: Translator, bold: bool
) -> str:
    """Return what the bot says in a private chat, as text.

    Args:
        query: The question.
        found: What was found; None if nothing was searched.
        corpus: The corpus that was searched.
        translator: The language to speak.
        bold: Whether the terminal can show bold; if not, the answering sentence is **marked**.
    """
    message = _message(query, found, corpus, translator)
    offered = [
        f"  {button.text}"
        for row in message.rows or ()
        for button in row
        if isinstance(parse(str(button.data)), QuestionButton | ArticleButton)
    ]
    text = message.text
    if found is not None and found.verdict is Verdict.ANSWERED:
        text = _marked(message, ("\033[1m", "\033[0m") if bold else ("**", "**"))
    for key in ("your_reaction", "what_reaction"):
        # There is nothing to tap here.
        text = text.removesuffix(translator.text(key)).rstrip()
    return "\n".join([text, *offered])


def _message(
    query: Query, found: Answer | None, corpus: Corpus, translator: Translator
) -> OutgoingMessage:
    articles = corpus.articles
    scope = Scope.ALL if len(articles) > 1 else Scope.ONE
    if query.intent in small_talk.FACTS:
        if len(articles) > 1:
            return chat_texts.article_list(translator, articles)
        return small_talk.fact(query.intent, translator, articles[0])
    if query.intent in (Intent.SUMMARY, Intent.MORE):
        if len(articles) > 1:
            return chat_texts.start(translator, articles)
        view = ArticleView(translator, corpus.reactions, articles[0], NO_VOTES, scope)
        return view.about(is_answer=True)
    if found is None:
        return small_talk.reply(query.intent, translator, articles, query.text)
    view = ArticleView(translator, corpus.reactions, found.article, NO_VOTES, scope)
    is_other = not found.is_other_language and is_other_language(query.text, found.article)
    return view.answer(found, query.text, is_other)


def _marked(message: OutgoingMessage, marks: tuple[str, str]) -> str:
    """Return a message's text with the answering sentence between marks.

    It is the first bold part of the quotation, as what is bold in the article itself comes later.
    """
    text, entities = message.text.encode("utf-16-le"), message.entities
    quoted = [each for each in entities if each.type == EntityType.BLOCKQUOTE]
    for entity in entities:
        start, end = entity.offset, entity.offset + entity.length
        is_quoted = any(each.offset <= start < each.offset + each.length for each in quoted)
        if entity.type == EntityType.BOLD and is_quoted:
            parts = text[: 2 * start], text[2 * start : 2 * end], text[2 * end :]
            before, sentence, after = (part.decode("utf-16-le") for part in parts)
            return before + marks[0] + sentence + marks[1] + after
    return message.text


_HEADS = [
    *("file", "articles", "questions", "top-1", "top-3", "MRR", "sentence", "given-passage"),
    *("AUROC", "answered-at-5%-false", "answered-own", "answered-foreign"),
    *("impossible", "impossible-answered", "corpus-AUROC", "corpus-own", "corpus-foreign"),
]


def _shown(name: str, value: object) -> str:
    """Return a figure of a report for its table."""
    if value is None:
        return "-"
    if not isinstance(value, float):
        return str(value)
    return f"{value:.4f}" if name.endswith("auroc") else f"{value:.1%}"


def report_table(reports: "Sequence[Report]") -> str:
    """Return a table with a row for each question set."""
    rows = [_HEADS]
    for report in reports:
        # The columns are the fields of a report, in the same order.
        shown = [_shown(name, value) for name, value in asdict(report).items()]
        rows.append([Path(report.file).name, *shown[1:]])
    return _aligned(rows)


def stats_json(totals: Mapping[str, Mapping[str, int]], corpus: Corpus) -> list[dict[str, object]]:
    """Return the counts of every article as data for JSON, articles of the corpus first.

    Args:
        totals: Article id -> reaction id -> votes.
        corpus: The current corpus; articles that are no longer in it come last.
    """
    titles = {article.id: article.title for article in corpus.articles}
    shown = [reaction.id for reaction in corpus.reactions]
    ids = [*titles, *sorted(totals.keys() - titles.keys())]
    return [
        {
            "article": id_,
            "title": titles.get(id_),
            "votes": sum(totals.get(id_, {}).values()),
            "counts": {**dict.fromkeys(shown, 0), **totals.get(id_, {})},
        }
        for id_ in ids
    ]


def stats_table(totals: Mapping[str, Mapping[str, int]], corpus: Corpus) -> str:
    """Return a table with a row for each article; see ``stats_json``.

    Reactions that are no longer offered have a column if they have votes.
    """
    labels = {reaction.id: reaction.label for reaction in corpus.reactions}
    used = {reaction for counts in totals.values() for reaction in counts}
    columns = [*labels, *sorted(used - labels.keys())]
    ids = [article.id for article in corpus.articles]
    ids += sorted(totals.keys() - set(ids))
    rows = [["article", *(labels.get(column, column) for column in columns), "votes"]]
    for id_ in ids:
        counts = totals.get(id_, {})
        cells = [str(counts.get(column, 0)) for column in columns]
        rows.append([id_, *cells, str(sum(counts.values()))])
    return _aligned(rows)


def kept_json(kept: Sequence[KeptRows]) -> list[dict[str, object]]:
    """Return how much the database holds, as data for JSON; times are in seconds since 1970."""
    return [asdict(each) for each in kept]


def kept_table(kept: Sequence[KeptRows], now: float) -> str:
    """Return a table with a row for each table of the database.

    Args:
        kept: How much each holds.
        now: The time, in seconds since 1970.
    """
    rows = [["kept", "rows", "oldest", "deleted after"]]
    for each in kept:
        age = "-" if each.oldest is None else _duration(max(0.0, now - each.oldest))
        limit = "-" if each.kept_for is None else _duration(each.kept_for)
        rows.append([each.table, str(each.rows), age, limit])
    return _aligned(rows)


def _duration(seconds: float) -> str:
    """Return "5 min", "23 h" or "90 days", rounded down."""
    if seconds >= 2 * 86_400:
        return f"{seconds // 86_400:.0f} days"
    return f"{seconds // 3_600:.0f} h" if seconds >= 3_600 else f"{seconds // 60:.0f} min"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if n else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def count_of_articles(corpus: Corpus) -> str:
    """Return "1 article", "2 articles" and so on."""
    count = len(corpus.articles)
    return "1 article" if count == 1 else f"{count} articles"
