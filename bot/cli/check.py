"""``article-bot check``: faults in the corpus."""

import argparse

from bot.config import Settings
from bot.corpus.loader import Corpus, find_corpus, load_corpus
from bot.errors import CorpusError, Fault
from bot.retrieval.index import Index
from bot.retrieval.samples import is_answered
from bot.views.terminal import count_of_articles


def add_arguments(_: argparse.ArgumentParser) -> None:
    """The command takes no arguments."""


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Look for faults in the corpus.

    Checks the articles, reactions and aliases, and that each article answers its
    sample questions. Prints file, line, problem and a hint for each fault; the exit
    code is 1 if there are any.

    Examples:
        article-bot check
    """
    folder = find_corpus(settings.corpus_dir)
    try:
        corpus = load_corpus(folder)
    except CorpusError as error:
        print(error)
        return 1
    faults = _unanswered_questions(corpus)
    for fault in faults:
        print(fault)
    if not faults:
        print(f"{folder}: {count_of_articles(corpus)}, no faults.")
    return 1 if faults else 0


def _unanswered_questions(corpus: Corpus) -> list[Fault]:
    index = Index(corpus.articles, corpus.aliases)
    return [
        Fault(
            located.file,
            line,
            f"The sample question {question!r} gets no answer.",
            "Use words that are in the article, or add aliases.",
        )
        for located in corpus.located
        for question, line in zip(located.article.questions, located.question_lines, strict=True)
        if not is_answered(index, located.article, question)
    ]
