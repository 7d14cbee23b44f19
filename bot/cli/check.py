"""``article-bot check``: faults in the corpus."""

import argparse

from bot.cli.corpus import build_index, read_corpus
from bot.config import Settings
from bot.corpus.loader import Corpus, find_corpus
from bot.errors import CorpusError, Fault
from bot.views.corpus_report import count_of, faults_text, notes_text, summary, unread_text


def add_arguments(_: argparse.ArgumentParser) -> None:
    """The command takes no arguments."""


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Look for faults in the corpus.

    Checks the articles, reactions and aliases, and that each article answers its
    sample questions. Prints file, line, problem and a hint for each fault, and what
    was left out or detected; the exit code is 1 if there are faults.

    Examples:
        article-bot check
    """
    folder = find_corpus(settings.corpus_dir)
    try:
        corpus = read_corpus(settings)
    except CorpusError as error:
        print(faults_text(error.faults))
        print(f"{folder}: {count_of(len(error.faults), 'fault')}.")
        return 1
    faults = _unanswered_questions(settings, corpus)
    texts = (faults_text(faults), notes_text(corpus.located), unread_text(corpus.unread, folder))
    for text in filter(None, texts):
        print(text)
    found = count_of(len(faults), "fault") if faults else "no faults"
    print(f"{folder}: {summary(corpus)}, {found}.")
    return 1 if faults else 0


def _unanswered_questions(settings: Settings, corpus: Corpus) -> list[Fault]:
    # Indexing takes time, and most articles have no sample questions.
    asked = [each for each in corpus.located if each.article.questions]
    if not asked:
        return []
    index = build_index(settings, corpus)
    answered = index.answered_samples(located.article for located in asked)
    return [
        Fault(
            located.file,
            line,
            f"The sample question {question!r} gets no answer.",
            "Use words that are in the article, or add aliases.",
        )
        for located in asked
        for question, line, is_answered in zip(
            located.article.questions,
            located.question_lines,
            answered[located.article.id],
            strict=True,
        )
        if not is_answered
    ]
