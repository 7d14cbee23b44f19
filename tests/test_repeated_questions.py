"""What many readers ask is searched once, and yet answered from the articles as they are."""

from dataclasses import replace

from bot.corpus.loader import load_corpus
from bot.retrieval.index import Index
from bot.retrieval.query import parse_query
from tests.support.corpora import ROOT

CORPUS = load_corpus(ROOT / "corpus")
QUESTION = "what did the US agree to?"


def test_the_same_question_has_the_same_answer() -> None:
    """It is not even made again; another question, or another scope, has its own."""
    index = Index(CORPUS.articles, CORPUS.aliases)
    answer = index.answer(parse_query(QUESTION))
    assert index.answer(parse_query(QUESTION)) is answer
    assert index.answer(parse_query("who has to approve it?")) is not answer
    assert index.answer(parse_query(QUESTION), CORPUS.articles[0].id) is not answer


def test_the_answer_shows_the_article_as_it_is_now() -> None:
    """Also if only something was changed that is not searched."""
    index = Index(CORPUS.articles, CORPUS.aliases)
    index.answer(parse_query(QUESTION))
    index.replace_articles([replace(each, author="Somebody Else") for each in CORPUS.articles])
    answer = index.answer(parse_query(QUESTION))
    assert answer is not None
    assert answer.article.author == "Somebody Else"
