"""Answers, counts and measurements as text for a terminal, or as data for JSON. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

from bot.corpus.loader import Corpus
from bot.retrieval.answer import Answer, Match, Verdict
from bot.retrieval.evaluation import Report


def answer_json(question: str, found: Answer | None) -> dict[str, object]:
    """Return an answer as data for JSON; docs/retrieval.md lists the fields.

    Args:
        question: The question as asked.
        found: What was found; None if the question contains no word.
    """
    answer: dict[str, object] = {
        "question": question,
        "verdict": str(found.verdict if found else Verdict.NOT_IN_ARTICLE),
        **dict.fromkeys(("article", "passage", "sentence", "score")),
        "confidence": round(found.best.confidence, 3) if found else None,
    }
    if found is not None and found.verdict is not Verdict.NOT_IN_ARTICLE:
        passage, (start, end) = found.best.passage, found.best.sentence
        answer["article"] = {"id": found.article.id, "title": found.article.title}
        answer["passage"] = {
            "kind": str(passage.kind),
            "number": passage.number,
            "of": passage.total,
            "text": passage.text,
        }
        answer["sentence"] = passage.text[start:end]
        answer["score"] = round(found.best.score, 3)
    return answer


def answer_text(found: Answer | None, corpus: Corpus, bold: bool) -> str:
    """Return an answer as text.

    Args:
        found: What was found; None if the question contains no word.
        corpus: The corpus that was searched.
        bold: Whether the terminal can show bold; if not, the sentence is **marked**.
    """
    if found is None or found.verdict is Verdict.NOT_IN_ARTICLE:
        article = found.article if found else corpus.articles[0]
        asks = "".join(f"\n  {question}" for question in article.questions[:2])
        several = len(corpus.articles) > 1
        no = (
            "I couldn't find that in any article here."
            if several
            else "I couldn't find that in the article."
        )
        about = "The nearest is about" if several else "It is about"
        return f"{no}\n\n{about}: {article.title}\nYou could ask:{asks}"
    if found.verdict is Verdict.UNSURE:
        closest = "\n\n".join(_passage(match, "", "") for match in found.matches)
        intro = "I'm not sure the article answers that. The closest passages:"
        return f"{found.article.title}\n\n{intro}\n\n{closest}"
    marks = ("\033[1m", "\033[0m") if bold else ("**", "**")
    return f"{found.article.title}\n\n{_passage(found.best, *marks)}"


def _passage(match: Match, before: str, after: str) -> str:
    text, (start, end) = match.passage.text, match.sentence
    marked = text[:start] + before + text[start:end] + after + text[end:]
    number, total = match.passage.number, match.passage.total
    place = "Introduction" if number is None else f"Paragraph {number} of {total}"
    return f"{marked}\n\n{place}"


def report_table(reports: Sequence[Report]) -> str:
    """Return a table with a row for each question set."""
    head = (
        "file articles questions top-1 top-3 MRR sentence given-passage AUROC answered-at-5%-false"
    )
    rows = [head.split()]
    for report in reports:
        # The columns are the fields of a report, in the same order.
        file, articles, questions, *shares = astuple(report)
        shown = ["-" if share is None else f"{share:.1%}" for share in shares]
        shown[5] = "-" if report.auroc is None else f"{report.auroc:.4f}"
        rows.append([Path(file).name, str(articles), str(questions), *shown])
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
